#!/usr/bin/env bash
# Runs every test that is tagged "gpu" on the GPU, one line a group of tests, in under eight minutes: what each operation must do, the
# reference's own values, training steps, generation in two stages, and the same PTX on GPU and emulator.
#   kernels-cuda/gpu-check.sh [JAVA_FOLDER] [--device cuda|ptx] [--only NAME,NAME...]
# Needs what was built and a Java 25 runtime, in JAVA_HOME or the folder given; no Maven, no network. Built means, where Maven is,
# 'mvn -DskipTests package'; bring along */target/classes, tests/target/test-classes and tests/target/lib.
# --device ptx runs the same on the emulator, without a GPU. --only takes parts of the groups' names, such as Matmul,SameTokens.
# Exit code: 0 all passed; 1 something failed; 2 it could not begin, with one line that says why: no GPU, no Java, nothing built.
set -u
HOME_FOLDER=$(dirname "$(cd -- "$(dirname -- "$(readlink -f "${BASH_SOURCE[0]}")")" >/dev/null && pwd -P)")

fail() {
    echo "gpu-check: $*" >&2
    exit 2
}

java_home=${JAVA_HOME-}
case ${1-} in
    -h | --help)
        sed -n '2,9s/^# //p' "${BASH_SOURCE[0]}"
        exit 0
        ;;
    '' | --*) ;;
    *)
        java_home=$1
        shift
        ;;
esac
if [ -n "$java_home" ]; then
    java=$java_home/bin/java
else
    java=$(command -v java) || fail "no Java found; set JAVA_HOME to a Java 25 runtime or give its folder"
fi
[ -x "$java" ] || fail "$java is not there; set JAVA_HOME to a Java 25 runtime or give its folder"
"$java" --version 2>/dev/null | head -n 1 | grep -qE '(^| )25([.+ ]|$)' || fail "$java is not of version 25; set JAVA_HOME to a Java 25 runtime or give its folder"

path=$HOME_FOLDER/tests/target/test-classes
for module in xprompt vqvae nn kernels-cuda tensor; do
    path=$path:$HOME_FOLDER/$module/target/classes
done
for folder in ${path//:/ }; do
    [ -d "$folder" ] || fail "$folder is not there; run 'mvn -DskipTests package' where Maven is and bring it"
done
ls "$HOME_FOLDER"/tests/target/lib/junit-platform-launcher-*.jar >/dev/null 2>&1 \
    || fail "$HOME_FOLDER/tests/target/lib holds no JUnit; run 'mvn -DskipTests package' where Maven is and bring it"

unset JDK_JAVA_OPTIONS JAVA_TOOL_OPTIONS
# shellcheck disable=SC2086 # GPU_CHECK_JAVA_OPTS is a list of words
exec "$java" -XX:+UseSerialGC -Xmx4g -Djava.awt.headless=true --add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED \
    ${GPU_CHECK_JAVA_OPTS-} -cp "$path:$HOME_FOLDER/tests/target/lib/*" org.xprompt4j.tests.gpu.GpuCheck "$@" \
    2> >(grep -v '^WARNING: Using incubator modules: jdk.incubator.vector$' >&2)
