/** Tests of the benchmarks: they run, they refuse wrong kernels, and what they measure allocates nothing. Read {@link org.xprompt4j.bench.jmh.SmallBenchmarks} first. */
package org.xprompt4j.bench.jmh;
