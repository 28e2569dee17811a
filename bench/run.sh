#!/usr/bin/env bash
# Benchmarks by name; results as JSON lines, appended to bench/results/history.jsonl; JMH's raw results in bench/results/raw.
#   bench/run.sh NAME... [--threads 1,2] [--forks 5] [--warmup 5] [--iterations 5] [--millis 300] [--param 'shape=A;B']
#                        [--profile gc] [--history FILE|none] [--raw DIR]
# NAME: matmul attention cached-attention nearest-code sample rms-norm layer-norm qk-norm-rope group-norm linear-cross-entropy conv2d
#       train-step decode-step, or all. bench/run.sh without a name lists them. See also bench/openblas and bench/torch-cpu.
set -u
. "$(dirname -- "$(readlink -f "$0")")/java.sh"
case " $* " in
    *" --history "*) ;;
    *) set -- "$@" --history "$BENCH/results/history.jsonl" ;;
esac
case " $* " in
    *" --raw "*) ;;
    *) set -- "$@" --raw "$BENCH/results/raw" ;;
esac
bench_java --sun-misc-unsafe-memory-access=allow org.xprompt4j.bench.jmh.BenchmarkRun "$@"
