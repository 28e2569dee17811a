#!/usr/bin/env bash
# Measures the GPU's works against what the machine can do, cuBLAS and PyTorch, in under eight minutes. Writes JSON lines, a Markdown
# table and rooflines.
#   bench/gpu-report.sh [--device cuda|ptx] [--sizes full|tiny] [--only matmul,attention,...] [--out DIR] [--history FILE|none]
#                       [--limit SECONDS] [--python python3|none] [--cublas FILE|none]
# Needs what was built (bench/target) and a Java 25 runtime in JAVA_HOME, no Maven and no network. Python with PyTorch and cuBLAS are
# compared with where they are found. --device ptx runs everything at tiny sizes on the emulator, without timing.
set -u
BENCH=$(cd -- "$(dirname -- "$(readlink -f "${BASH_SOURCE[0]}")")" >/dev/null && pwd -P)
HOME_FOLDER=$(dirname "$BENCH")

fail() {
    echo "gpu-report: $*" >&2
    exit 2
}

java=${JAVA_HOME:+$JAVA_HOME/bin/java}
java=${java:-$(command -v java)} || fail "no Java found; set JAVA_HOME to a Java 25 runtime"
[ -x "$java" ] || fail "$java is not there; set JAVA_HOME to a Java 25 runtime"
"$java" --version 2>/dev/null | head -n 1 | grep -qE '(^| )25([.+ ]|$)' || fail "$java is not of version 25; set JAVA_HOME to a Java 25 runtime"

# Jars of a package build; else the classes of every module and the other libraries.
path=$BENCH/target/xprompt4j-bench-0.1.0.jar:$BENCH/target/lib/*
if [ ! -f "$BENCH/target/xprompt4j-bench-0.1.0.jar" ]; then
    path=$BENCH/target/lib/*
    for module in bench xprompt vqvae nn kernels-cuda tensor; do
        path=$HOME_FOLDER/$module/target/classes:$path
    done
fi
[ -d "$BENCH/target/lib" ] || fail "nothing is built; run 'mvn -pl bench -am -Dmaven.test.skip=true package' here or where Maven is, and bring bench/target"

python=python3
given=
for argument in "$@"; do
    [ "$given" != --python ] || python=$argument
    given=$argument
done
packages=
[ "$python" = none ] || packages=$("$python" -c 'import os, nvidia; print(list(nvidia.__path__)[0])' 2>/dev/null)
commit=$(git -C "$HOME_FOLDER" rev-parse --short HEAD 2>/dev/null || echo unknown)
case " $* " in
    *" --out "*) ;;
    *) set -- "$@" --out "$BENCH/results/gpu" ;;
esac
unset JDK_JAVA_OPTIONS JAVA_TOOL_OPTIONS
# shellcheck disable=SC2086 # BENCH_JAVA_OPTS is a list of words
exec "$java" -XX:+UseSerialGC -Xmx8g -Djava.awt.headless=true --add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED \
    "-Dxprompt4j.bench.commit=$commit" "-Dxprompt4j.bench.home=$BENCH" "-Dxprompt4j.bench.python.packages=$packages" ${BENCH_JAVA_OPTS-} \
    -cp "$path" org.xprompt4j.bench.gpu.GpuReport "$@" 2> >(grep -v '^WARNING: Using incubator modules: jdk.incubator.vector$' >&2)
