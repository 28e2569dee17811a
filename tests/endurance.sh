#!/usr/bin/env bash
# The long forms of the endurance tests; the short ones run with mvn verify.
#   tests/endurance.sh soak [STEPS] [GENERATIONS]   memory over 10,000 training steps and 1,000 generations; writes docs/soak.csv and docs/soak.png
#   tests/endurance.sh kills [KILLS] [SEED]         trainings killed (SIGKILL) 50 times at moments drawn from the seed; ends must be byte-equal
# Needs what mvn -DskipTests package builds.
set -eu
. "$(dirname -- "$0")/java.sh"
flags=(-XX:+UseSerialGC --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED -Djava.awt.headless=true -cp "$path")
case ${1-} in
    # The heap is fixed and touched at the start, so that what the process gains later is native.
    soak) exec "$jdk/bin/java" -Xms128m -Xmx128m -XX:+AlwaysPreTouch "${flags[@]}" org.xprompt4j.tests.endurance.Soak "${2-10000}" "${3-1000}" "$home/docs" ;;
    kills)
        work=$(mktemp -d)
        trap 'rm -rf "$work"' EXIT
        "$jdk/bin/java" -Xmx128m "${flags[@]}" org.xprompt4j.tests.endurance.KilledTraining "$work" "${2-50}" "${3-20261123}" ;;
    *) sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
