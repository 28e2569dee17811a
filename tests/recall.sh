#!/usr/bin/env bash
# The long form of RecallTest: the share of true neighbours that an index of pairs finds, and the time of a search.
#   tests/recall.sh [VECTORS] [DIMENSION] [QUERIES]   default 100000 384 200
# Needs what mvn -DskipTests package builds.
set -eu
. "$(dirname -- "$0")/java.sh"
exec "$jdk/bin/java" -XX:+UseSerialGC -Xmx2g --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED \
    -cp "$path" org.xprompt4j.tests.retrieval.RecallStudy "${1-100000}" "${2-384}" "${3-200}"
