package org.xprompt4j.bench.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A compiled operation makes next to no objects, counted over all threads: vectors that the compiler boxes would be hundreds of kilobytes. What
 * remains are some objects of the loop over threads and, for attention, of the list of key ranges.
 */
class AllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long PATIENCE_NANOS = 20_000_000_000L; // until the compiler is done, on a machine that others share
    private static final int WINDOW = 300; // operations
    private static final long BYTES_OF_AN_OPERATION = 12_288; // measured: 1.5 to 10 kB

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = {"TRAIN_STEP", "DECODE_STEP", "DECODE_STEP_BF16", "DECODE_STEP_I8"})
    void anOperationAllocatesNextToNothing(SmallBenchmarks small) throws ReflectiveOperationException {
        OperationBenchmark benchmark = small.make();
        benchmark.setUp();
        try {
            for (Method method : small.methods()) {
                double least = Double.POSITIVE_INFINITY;
                long end = System.nanoTime() + PATIENCE_NANOS;
                while (least > BYTES_OF_AN_OPERATION && System.nanoTime() < end) {
                    long before = THREADS.getTotalThreadAllocatedBytes();
                    for (int i = 0; i < WINDOW; i++) {
                        method.invoke(benchmark);
                    }
                    least = Math.min(least, (double) (THREADS.getTotalThreadAllocatedBytes() - before) / WINDOW);
                }
                assertThat(least).as(small + "." + method.getName() + ", bytes allocated by an operation").isLessThanOrEqualTo(BYTES_OF_AN_OPERATION);
            }
        } finally {
            benchmark.tearDown();
        }
    }
}
