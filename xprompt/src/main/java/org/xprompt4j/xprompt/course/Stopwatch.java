package org.xprompt4j.xprompt.course;

import java.util.function.DoubleSupplier;
import org.xprompt4j.tensor.InvalidInput;

/**
 * Times short loops well enough for a chart: the best of several trials, because whatever else the machine does only ever makes a trial
 * slower. For figures to decide by use the benchmarks, which fork a JVM for each trial.
 */
final class Stopwatch {
    private static double sink; // results end here, so that no compiler drops the work

    private Stopwatch() {
    }

    /** Seconds of one run of {@code work}: the best of some trials of {@code times} runs each. */
    static double best(int trials, int times, DoubleSupplier work) {
        double best = Double.POSITIVE_INFINITY;
        for (int trial = 0; trial < trials; trial++) {
            long start = System.nanoTime();
            double sum = 0;
            for (int i = 0; i < times; i++) {
                sum += work.getAsDouble();
            }
            best = Math.min(best, (System.nanoTime() - start) * 1e-9 / times);
            sink += sum;
        }
        return best;
    }

    /** Everything that was computed, summed up. */
    static double sink() {
        return sink;
    }

    /** @throws InvalidInput where the JVM was started without its vector module */
    static void requireVectors() {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            throw new InvalidInput("this chapter needs the vector module of the JDK; start the JVM with --add-modules jdk.incubator.vector");
        }
    }
}
