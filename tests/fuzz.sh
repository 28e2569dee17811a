#!/usr/bin/env bash
# Searches for inputs that break the readers, guided by coverage. See tests/README.md.
#   tests/fuzz.sh [SECONDS] [TARGET...]   seconds a target (default 3600), targets by name: json, npy, picture ... (default all)
#   tests/fuzz.sh --seeds                 makes the good files again that the search starts from
# A finding ends its target with 77; its input lies in run/fuzz/TARGET/crash-*. Copy it to
# tests/src/test/resources/org/xprompt4j/tests/fuzz/CLASSInputs/METHOD/ and fix the reader: mvn verify replays it from then on.
set -eu
cd -- "$(dirname -- "$0")/.."
repository=$PWD
JAVA25_HOME=$(./xp --find-jdk)
package=org.xprompt4j.tests.fuzz
sources=tests/src/test/java/${package//./\/}
inputs=$repository/tests/src/test/resources/${package//./\/}
work=${FUZZ_WORK:-$repository/run/fuzz}
mkdir -p "$work"

mvn -B -q -ntp -pl tests -am test-compile dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile="$work/class-path" >&2
classes=$repository/tests/target/test-classes:$(cat "$work/class-path")
flags=(--add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow
    -XX:+EnableDynamicAgentLoading -Xmx1g -Djava.awt.headless=true)

if [ "${1:-}" = --seeds ]; then
    exec "$JAVA25_HOME/bin/java" "${flags[@]}" -cp "$classes" $package.Seeds "$inputs" "$repository"
fi

seconds=3600
if [[ ${1:-} =~ ^[0-9]+$ ]]; then
    seconds=$1
    shift
fi
known=$(basename -s FuzzTest.java -a $sources/*FuzzTest.java)
targets=${*:-$known}
status=0
for target in $targets; do
    class=$(grep -ix -- "$target" <<<"$known") || { echo "fuzz.sh: '$target' is no target; known are" $known >&2; exit 2; }
    mkdir -p "$work/$class/corpus"
    echo "== $class, $seconds s"
    code=0
    (cd "$work/$class" && exec "$JAVA25_HOME/bin/java" "${flags[@]}" -cp "$classes" com.code_intelligence.jazzer.Jazzer \
        --target_class=$package."${class}FuzzTest" --keep_going=1 \
        '--instrumentation_includes=org.xprompt4j.**:com.sun.imageio.plugins.**:com.twelvemonkeys.imageio.**:com.fasterxml.jackson.**' \
        '--instrumentation_excludes=org.xprompt4j.tests.**' '--custom_hook_excludes=**' \
        --disabled_hooks=com.code_intelligence.jazzer.sanitizers.RegexRoadblocks `# it fails itself where an expression runs out of stack` \
        -max_total_time="$seconds" -max_len=8192 -timeout=300 -rss_limit_mb=4096 -print_final_stats=1 \
        corpus "$inputs/${class}FuzzTestInputs") >"$work/$class/log" 2>&1 || code=$?
    runs=$(sed -n 's/^stat::number_of_executed_units: //p' "$work/$class/log" | tail -1)
    printf '{"target": "%s", "seconds": %s, "inputs": %s, "exit": %s, "date": "%s"}\n' \
        "$class" "$seconds" "${runs:-null}" "$code" "$(date -u +%FT%TZ)" | tee -a "$work/history.jsonl"
    if [ "$code" != 0 ]; then
        grep -a -m 3 -A 12 '^== Java Exception' "$work/$class/log" || tail -20 "$work/$class/log"
        status=77
    fi
done
exit $status
