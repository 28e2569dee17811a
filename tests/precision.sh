#!/usr/bin/env bash
# The loss of one small recipe in f32 and bf16, on the CPU and on the GPU's kernels; writes docs/precision.csv and docs/precision.png.
#   tests/precision.sh [STEPS] [DEVICE]     200 steps on ptx (emulated; minutes) or cuda
# Needs what mvn -DskipTests package builds.
set -eu
home=$(cd -- "$(dirname -- "$0")/.." && pwd -P)
jdk=$("$home/xp" --find-jdk)
path=$home/tests/target/test-classes
for module in tensor nn vqvae xprompt kernels-cuda; do
    path=$path:$home/$module/target/classes
done
if [ ! -d "$home/tests/target/test-classes" ] || [ ! -d "$home/xprompt/target/lib" ]; then
    echo "precision.sh: nothing is built; run first: mvn -DskipTests package" >&2
    exit 2
fi
exec "$jdk/bin/java" -XX:+UseSerialGC -Xmx1g --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED -Djava.awt.headless=true \
    -cp "$path:$home/xprompt/target/lib/*" org.xprompt4j.tests.precision.LossInBothPrecisions "${1-200}" "${2-ptx}" "$home/docs"
