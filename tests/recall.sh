#!/usr/bin/env bash
# The long form of RecallTest: the share of true neighbours that an index of pairs finds, and the time of a search.
#   tests/recall.sh [VECTORS] [DIMENSION] [QUERIES]   default 100000 384 200
# Needs what mvn -DskipTests package builds.
set -eu
home=$(cd -- "$(dirname -- "$0")/.." && pwd -P)
jdk=$("$home/xp" --find-jdk)
path=$home/tests/target/test-classes
for module in tensor nn vqvae xprompt; do
    path=$path:$home/$module/target/classes
done
if [ ! -d "$home/tests/target/test-classes" ] || [ ! -d "$home/xprompt/target/lib" ]; then
    echo "recall.sh: nothing is built; run first: mvn -DskipTests package" >&2
    exit 2
fi
exec "$jdk/bin/java" -XX:+UseSerialGC -Xmx2g --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED \
    -cp "$path:$home/xprompt/target/lib/*" org.xprompt4j.tests.retrieval.RecallStudy "${1-100000}" "${2-384}" "${3-200}"
