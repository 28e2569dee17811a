#!/usr/bin/env bash
# The loss of one small recipe in f32 and bf16, on the CPU and on the GPU's kernels; writes docs/precision.csv and docs/precision.png.
#   tests/precision.sh [STEPS] [DEVICE]     200 steps on ptx (emulated; minutes) or cuda
# Needs what mvn -DskipTests package builds.
set -eu
modules="tensor nn vqvae xprompt kernels-cuda"
. "$(dirname -- "$0")/java.sh"
exec "$jdk/bin/java" -XX:+UseSerialGC -Xmx1g --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED -Djava.awt.headless=true \
    -cp "$path" org.xprompt4j.tests.precision.LossInBothPrecisions "${1-200}" "${2-ptx}" "$home/docs"
