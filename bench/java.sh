# Sourced by the scripts of this folder: finds JDK 25 as ../xp does, builds what is missing or older than its sources, runs.
# BENCH_JAVA_OPTS adds options of the JVM, BENCH_BUILD=never runs what was built last.
# shellcheck shell=bash

BENCH=$(cd -- "$(dirname -- "$(readlink -f "${BASH_SOURCE[0]}")")" >/dev/null && pwd -P)
HOME_FOLDER=$(dirname "$BENCH")
BENCH_JAR=$BENCH/target/xprompt4j-bench-0.1.0.jar

bench_stale() {
    local built=$BENCH/target/.built
    [ -f "$BENCH_JAR" ] && [ -d "$BENCH/target/lib" ] || return 0
    [ -f "$built" ] || built=$BENCH_JAR # built by mvn itself
    [ -n "$(cd "$HOME_FOLDER" && find pom.xml {tensor,kernels-cuda,nn,vqvae,xprompt,bench}/pom.xml {tensor,kernels-cuda,nn,vqvae,xprompt,bench}/src/main -newer "$built" -print 2>/dev/null | head -n 1)" ]
}

bench_build() {
    if [ "${BENCH_BUILD-}" = never ]; then
        [ -f "$BENCH_JAR" ] && return 0
        echo "bench: nothing is built and BENCH_BUILD=never forbids to build" >&2
        exit 2
    fi
    bench_stale || return 0
    command -v mvn >/dev/null || { echo "bench: Maven is needed to build; install it (apt-get install maven, brew install maven) and run this again" >&2; exit 2; }
    echo "bench: building ..." >&2
    mkdir -p "$BENCH/target"
    touch "$BENCH/target/.begun"
    if ! (cd "$HOME_FOLDER" && JAVA25_HOME=$JDK mvn -B -q -Dmaven.test.skip=true -Dstyle.color=never -pl bench -am package) >"$BENCH/target/build.log" 2>&1; then
        grep '^\[ERROR\]' "$BENCH/target/build.log" | head -n 12 >&2
        echo "bench: the build failed; all of its output is in $BENCH/target/build.log" >&2
        exit 2
    fi
    mv "$BENCH/target/.begun" "$BENCH/target/.built" # as old as the start: what was edited meanwhile is newer
}

# The commit of the sources, with + where they differ from it.
bench_commit() {
    local commit
    commit=$(git -C "$HOME_FOLDER" rev-parse --short HEAD 2>/dev/null) || { echo unknown; return; }
    [ -z "$(git -C "$HOME_FOLDER" status --porcelain -- tensor kernels-cuda nn vqvae 2>/dev/null)" ] || commit=$commit+
    echo "$commit"
}

# bench_java [FLAG...] MAIN ARGS...: prints the java line on standard error and becomes it.
bench_java() {
    JDK=$("$HOME_FOLDER/xp" --find-jdk) || exit 2
    bench_build
    # shellcheck disable=SC2206 # BENCH_JAVA_OPTS is a list of words
    local command=("$JDK/bin/java" -XX:+UseSerialGC -Xmx2g --add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED
        "-Dxprompt4j.bench.commit=$(bench_commit)" "-Dxprompt4j.bench.home=$BENCH" ${BENCH_JAVA_OPTS-} -cp "$BENCH_JAR:$BENCH/target/lib/*" "$@")
    unset JDK_JAVA_OPTIONS JAVA_TOOL_OPTIONS
    unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE # OpenBLAS, also PyTorch's, is compared with what it chooses itself, or with what OpenBlasKernels chooses for it
    { printf '%q' "${command[0]}"; printf ' %q' "${command[@]:1}"; echo; } >&2
    exec "${command[@]}" 2> >(grep -v '^WARNING: Using incubator modules: jdk.incubator.vector$' >&2)
}
