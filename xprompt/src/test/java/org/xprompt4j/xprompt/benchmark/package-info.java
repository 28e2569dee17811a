/** Tests of the reports on measurements. Read {@link org.xprompt4j.xprompt.benchmark.BenchmarkHistoryTest} first. */
package org.xprompt4j.xprompt.benchmark;
