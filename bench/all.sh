#!/usr/bin/env bash
# Measures every table of README.md anew, piece by piece, the most important first; results go to bench/results/history.jsonl.
#   bench/all.sh --list      prints the pieces
#   bench/all.sh [PIECE...]  runs these, or all; each takes two to four minutes on two cores
# Pieces that need a library or a Python that is missing, or that fail, are named at the end; the exit code is 1 then.
set -u
BENCH_FOLDER=$(cd -- "$(dirname -- "$(readlink -f "$0")")" >/dev/null && pwd -P)
HISTORY=$BENCH_FOLDER/results/history.jsonl
SHORT=(--forks 5 --warmup 4 --iterations 4 --millis 200)

# NAME and command of each piece.
pieces() {
    cat <<'END'
decode            torch-cpu --only decode --forks 5 --repeat 2
train             torch-cpu --only train --forks 5 --repeat 3
vqgan             torch-cpu --only vqgan --forks 5 --repeat 3
gemm-square-1     openblas --threads 1 --shapes square --forks 5 --rounds 3
gemm-square-2     openblas --threads 2 --shapes square --forks 5 --rounds 3
gemm-training-1   openblas --threads 1 --shapes training --forks 5 --rounds 3
gemm-training-2   openblas --threads 2 --shapes training --forks 5 --rounds 3
length-1067       run.sh attention --threads 1 --forks 5 --warmup 3 --iterations 3 --millis 300 --param tokens=1067;2048
length-4096       run.sh attention --threads 1 --forks 5 --warmup 2 --iterations 3 --millis 300 --param tokens=4096
length-8192       run.sh attention --threads 1 --forks 5 --warmup 1 --iterations 2 --millis 300 --param tokens=8192
length-16384      run.sh attention --threads 1 --forks 3 --warmup 1 --iterations 1 --millis 300 --param tokens=16384
attention         run.sh attention SHORT
cached-attention  run.sh cached-attention SHORT
nearest-code      run.sh nearest-code linear-cross-entropy SHORT
sample            run.sh sample SHORT
norms             run.sh rms-norm layer-norm SHORT
head-norms        run.sh qk-norm-rope group-norm SHORT
conv2d            run.sh conv2d SHORT
matmul            run.sh matmul SHORT
decode-step       run.sh decode-step SHORT
END
}

run_piece() {
    local name=$1 words
    read -ra words <<<"$2"
    [ "${words[-1]}" = SHORT ] && words=("${words[@]:0:${#words[@]}-1}" "${SHORT[@]}")
    echo "== $name: bench/${words[*]}" >&2
    "$BENCH_FOLDER/${words[0]}" "${words[@]:1}" --history "$HISTORY"
}

if [ "${1-}" = --list ]; then
    pieces
    exit 0
fi
wanted=" $* "
skipped=()
while read -r name command; do
    [ $# -eq 0 ] || [[ $wanted == *" $name "* ]] || continue
    wanted=${wanted/ $name / }
    run_piece "$name" "$command" </dev/null || skipped+=("$name")
done < <(pieces)
if [ $# -gt 0 ] && [ -n "${wanted// /}" ]; then
    echo "bench/all.sh: no such piece:$wanted(see bench/all.sh --list)" >&2
    exit 2
fi
if [ ${#skipped[@]} -gt 0 ]; then
    echo "bench/all.sh: not measured: ${skipped[*]} (the lines above say why)" >&2
    exit 1
fi
