/**
 * JMH benchmarks, one class for an operation, named as the method of {@code Backend} or the job that it measures. Each compares its
 * results with the scalar oracle before it is timed and refuses when they are wrong.
 *
 * <p>Read {@link org.xprompt4j.bench.jmh.OperationBenchmark} first, then {@link org.xprompt4j.bench.jmh.BenchmarkRun}.
 */
package org.xprompt4j.bench.jmh;
