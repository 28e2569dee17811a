package org.xprompt4j.tests.endurance;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import org.xprompt4j.tensor.MemoryPool;

/**
 * What a process holds after each of many equal rounds, and whether it stays flat after its first half, in which the JVM's
 * compilers still grow. Tensors are counted exactly: not one byte more may be in use from the first fifth on. The heap after a
 * collection and the memory that the system counts (VmRSS) breathe, so the median of the last third is compared with that of the
 * first.
 */
final class MemoryWatch {
    private static final double WARM_UP = 0.2; // share of the samples
    private static final double COMPILED = 0.5; // share after which the resident memory counts

    /**
     * One look.
     *
     * @param used bytes of tensors in use
     * @param reserved bytes that the pool has from the system
     * @param heap bytes of live objects, after a collection
     * @param resident VmRSS of the process in bytes; 0 where the system does not tell
     */
    record Sample(int round, long used, long reserved, long heap, long resident) {
    }

    /**
     * How much may come on top between the thirds.
     *
     * @param heap bytes
     * @param resident bytes
     */
    record Tolerance(long heap, long resident) {
    }

    private final Tolerance tolerance;
    private final List<Sample> samples = new ArrayList<>();

    MemoryWatch(Tolerance tolerance) {
        this.tolerance = tolerance;
    }

    /** Looks now. */
    void look(int round, MemoryPool pool) throws IOException {
        System.gc();
        samples.add(new Sample(round, pool.usedBytes(), pool.reservedBytes(), ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(), resident()));
    }

    List<Sample> samples() {
        return samples;
    }

    private static long resident() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream().filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10).findFirst().orElse(0);
    }

    /** Throws an assertion error that says what grew; else describes what was seen. */
    String requireFlat(String what) {
        List<Sample> warm = samples.subList((int) (samples.size() * WARM_UP), samples.size());
        long used = spread(warm, Sample::used);
        long reserved = growth(warm, Sample::reserved);
        long heap = growth(warm, Sample::heap);
        long resident = growth(samples.subList((int) (samples.size() * COMPILED), samples.size()), Sample::resident);
        String seen = String.format(Locale.ROOT, "%s, rounds %d to %d: tensors %,d bytes, spread %,d; pool %,d bytes, growth %,d; heap %,d bytes, growth %,d; "
                + "resident %,d bytes, growth %,d", what, warm.getFirst().round(), warm.getLast().round(), warm.getLast().used(), used,
                warm.getLast().reserved(), reserved, warm.getLast().heap(), heap, warm.getLast().resident(), resident);
        if (used != 0 || reserved > 0 || heap > tolerance.heap() || resident > tolerance.resident()) {
            throw new AssertionError("memory grows (heap may by " + tolerance.heap() + ", resident by " + tolerance.resident() + "): " + seen);
        }
        return seen;
    }

    private static long spread(List<Sample> samples, ToLongFunction<Sample> of) {
        long[] values = samples.stream().mapToLong(of).sorted().toArray();
        return values[values.length - 1] - values[0];
    }

    private static long growth(List<Sample> samples, ToLongFunction<Sample> of) {
        int third = samples.size() / 3;
        return median(samples.subList(samples.size() - third, samples.size()), of) - median(samples.subList(0, third), of);
    }

    private static long median(List<Sample> samples, ToLongFunction<Sample> of) {
        long[] values = samples.stream().mapToLong(of).sorted().toArray();
        return values[values.length / 2];
    }

    /** The samples as CSV, bytes. */
    String csv(String kind) {
        StringBuilder text = new StringBuilder();
        samples.forEach(s -> text.append(kind).append(',').append(s.round()).append(',').append(s.used()).append(',').append(s.reserved())
                .append(',').append(s.heap()).append(',').append(s.resident()).append('\n'));
        return text.toString();
    }

    /** One column in megabytes, for drawing. */
    double[] megabytes(ToLongFunction<Sample> of) {
        return samples.stream().mapToDouble(s -> of.applyAsLong(s) / 1e6).toArray();
    }

    double[] rounds() {
        return Arrays.stream(samples.stream().mapToInt(Sample::round).toArray()).asDoubleStream().toArray();
    }
}
