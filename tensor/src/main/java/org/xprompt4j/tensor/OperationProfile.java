package org.xprompt4j.tensor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What operations cost, added up by name: calls, seconds, floating-point operations, bytes. A {@link ProfilingBackend} fills
 * one; {@link #table} prints it. Not thread-safe: programs call a backend from one thread.
 */
public final class OperationProfile {
    /** The costs of all calls of one operation. */
    public static final class Cost {
        private final String operation;
        private long calls;
        private long nanos;
        private long flops;
        private long bytes;

        private Cost(String operation) {
            this.operation = operation;
        }

        /** Name of the method of {@link Backend}. */
        public String operation() {
            return operation;
        }

        /** How often it was called. */
        public long calls() {
            return calls;
        }

        /** Time spent in it, in seconds. */
        public double seconds() {
            return nanos * 1e-9;
        }

        /** Multiplications and additions of the operation's definition; 0 where it is all movement of memory. */
        public long flops() {
            return flops;
        }

        /** Bytes of the operands, each read or written once; gradients that are added to count twice. */
        public long bytes() {
            return bytes;
        }
    }

    private final Map<String, Cost> costs = new LinkedHashMap<>();
    private long started = System.nanoTime();

    /** Adds one call. */
    void add(String operation, long nanos, long flops, long bytes) {
        Cost cost = costs.computeIfAbsent(operation, Cost::new);
        cost.calls++;
        cost.nanos += nanos;
        cost.flops += flops;
        cost.bytes += bytes;
    }

    /** Forgets everything: call it after warm-up. */
    public void reset() {
        costs.clear();
        started = System.nanoTime();
    }

    /** One entry per operation, the most expensive first. */
    public List<Cost> costs() {
        List<Cost> sorted = new ArrayList<>(costs.values());
        sorted.sort(Comparator.comparingLong((Cost cost) -> cost.nanos).reversed().thenComparing(Cost::operation));
        return sorted;
    }

    /** Seconds in operations, all together. */
    public double seconds() {
        return costs.values().stream().mapToLong(cost -> cost.nanos).sum() * 1e-9;
    }

    /** Floating-point operations of all calls. */
    public long flops() {
        return costs.values().stream().mapToLong(Cost::flops).sum();
    }

    /**
     * A table in plain text, one line per operation, and the time between operations. The share is of the wall-clock time
     * since {@link #reset}; GFLOP/s and GB/s are those of the operation while it runs.
     *
     * @param units by how many the calls, times and sums are divided, such as the number of steps that were profiled
     */
    public String table(int units) {
        double wall = (System.nanoTime() - started) * 1e-9;
        StringBuilder text = new StringBuilder();
        text.append(String.format(Locale.ROOT, "%-28s %9s %10s %7s %9s %9s %8s%n", "operation", "calls", "ms", "share", "GFLOP", "GFLOP/s", "GB/s"));
        for (Cost cost : costs()) {
            line(text, cost.operation, Double.toString((double) cost.calls / units), cost.seconds(), wall, units, cost.flops, cost.bytes);
        }
        line(text, "between operations", "", Math.max(0, wall - seconds()), wall, units, 0, 0);
        line(text, "all", "", wall, wall, units, flops(), 0);
        return text.toString();
    }

    private static void line(StringBuilder text, String name, String calls, double seconds, double wall, int units, long flops, long bytes) {
        String work = flops == 0 ? String.format("%9s %9s", "", "")
                : String.format(Locale.ROOT, "%9.3f %9.1f", flops * 1e-9 / units, flops * 1e-9 / seconds);
        String traffic = bytes == 0 ? "" : String.format(Locale.ROOT, "%.1f", bytes * 1e-9 / seconds);
        text.append(String.format(Locale.ROOT, "%-28s %9s %10.3f %6.1f%% %s %8s%n", name, calls, seconds * 1e3 / units, 100 * seconds / wall, work, traffic));
    }
}
