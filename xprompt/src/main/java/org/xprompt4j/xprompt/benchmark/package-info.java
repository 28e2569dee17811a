/**
 * What was measured, read from the history that the benchmarks append to, as a roofline and as tables.
 *
 * <p>Read {@link org.xprompt4j.xprompt.benchmark.BenchmarkHistory} first.
 */
package org.xprompt4j.xprompt.benchmark;
