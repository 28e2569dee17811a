package org.xprompt4j.bench.openblas;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

import org.xprompt4j.bench.Arguments;
import org.xprompt4j.bench.CommandLine;
import org.xprompt4j.bench.Spread;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.file.JsonWriter;
import org.xprompt4j.tensor.op.Epilogue;

/**
 * One virtual machine of the comparison. Both products are computed of the same operands and compared; then they are timed turn
 * by turn, each turn at least {@link #TURN_NANOS} long, so that whatever the machine does meanwhile meets both. Rounds in which other processes or this machine's compiler
 * took the processors are measured again.
 */
final class GemmFork {
    static final Set<String> OPTIONS = Set.of("threads", "shapes", "rounds", "library", "forks", "history");

    private static final long TURN_NANOS = 20_000_000;
    private static final int WARM_UPS = 2; // measurements of every shape that are thrown away
    private static final long SHAPE_WARM_UP_NANOS = 150_000_000;
    /** With several threads a turn begins untimed: the system takes some time to spread the side's threads over the cores. */
    private static final long SETTLE_NANOS = 40_000_000;

    /** A round counts as quiet when both sides had this share of the processors that they asked for and nothing was compiled meanwhile. */
    private static final double QUIET_SHARE = 0.93;
    private static final int MOST_ROUNDS = 2; // times the rounds wanted
    private static final OperatingSystemMXBean PROCESS = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final CompilationMXBean COMPILER = ManagementFactory.getCompilationMXBean(); // null where all is interpreted

    /** One side's turn: seconds of a product, processor time over wall time over threads, and whether the compiler finished something. */
    private record Turn(double seconds, double processorShare, boolean compiled) {
    }

    private record Round(Turn ours, Turn theirs) {
        double processorShare() {
            return Math.min(ours.processorShare, theirs.processorShare);
        }

        boolean compiled() {
            return ours.compiled || theirs.compiled;
        }

        boolean isQuiet() {
            return processorShare() >= QUIET_SHARE && !compiled();
        }
    }

    private final Backend backend;
    private final OpenBlas openBlas;
    private final int threads;
    private final int rounds;

    private GemmFork(Backend backend, OpenBlas openBlas, int threads, int rounds) {
        this.backend = backend;
        this.openBlas = openBlas;
        this.threads = threads;
        this.rounds = rounds;
    }

    public static void main(String[] args) {
        CommandLine.run("openblas", () -> {
            Arguments arguments = Arguments.parse(args, OPTIONS);
            int threads = arguments.integer("threads", 1, 1, 4096);
            OpenBlas openBlas = OpenBlas.load(arguments.string("library", null));
            openBlas.setThreads(threads);
            List<GemmShape> shapes = GemmShape.of(arguments.string("shapes", "all"));
            try (Backend backend = Backends.open("cpu")) {
                GemmFork fork = new GemmFork(backend, openBlas, threads, arguments.integer("rounds", 5, 1, 1000));
                for (int i = 0; i < WARM_UPS; i++) {
                    shapes.forEach(fork::measure); // so that the compiler has seen each kind of operand before the first is timed
                }
                for (GemmShape shape : shapes) {
                    System.out.println(JsonWriter.compact(fork.measure(shape)));
                }
            }
        });
    }

    /** The operands of one shape. */
    private record Operands(Tensor a, Tensor b, Tensor ours, Tensor theirs) { // a, b as stored; results [m, n]
        static Operands of(MemoryScope scope, GemmShape shape) {
            return new Operands(random(scope, 1, shape.a()), random(scope, 2, shape.b()), zeros(scope, shape), zeros(scope, shape));
        }

        private static Tensor random(MemoryScope scope, long stream, long... dims) {
            Philox random = new Philox(20_261_123, stream);
            Tensor tensor = scope.allocate(DType.F32, dims);
            float[] values = new float[Math.toIntExact(tensor.numel())];
            for (int i = 0; i < values.length; i++) {
                values[i] = 2 * random.nextFloat() - 1;
            }
            return tensor.set(values);
        }

        private static Tensor zeros(MemoryScope scope, GemmShape shape) {
            Tensor tensor = scope.allocate(DType.F32, shape.m(), shape.n());
            tensor.segment().fill((byte) 0);
            return tensor;
        }
    }

    private void ours(GemmShape shape, Operands x) {
        backend.matmul(shape.spec(), x.a, x.b, Epilogue.NONE, x.ours);
    }

    private void theirs(GemmShape shape, Operands x) {
        openBlas.sgemm(shape, x.a.segment(), x.b.segment(), x.theirs.segment());
    }

    private Map<String, Object> measure(GemmShape shape) {
        try (MemoryScope scope = backend.openScope("sgemm")) {
            Operands x = Operands.of(scope, shape);
            ours(shape, x);
            theirs(shape, x);
            requireAgreement(shape, x);
            int ourCalls = calls(() -> ours(shape, x));
            int theirCalls = calls(() -> theirs(shape, x));
            List<Round> all = new ArrayList<>();
            int quiet = 0;
            for (int i = 0; quiet < rounds && i < MOST_ROUNDS * rounds; i++) {
                Turn first = i % 2 == 0 ? turn(ourCalls, () -> ours(shape, x)) : turn(theirCalls, () -> theirs(shape, x));
                Turn second = i % 2 == 0 ? turn(theirCalls, () -> theirs(shape, x)) : turn(ourCalls, () -> ours(shape, x));
                Round round = i % 2 == 0 ? new Round(first, second) : new Round(second, first);
                all.add(round);
                quiet += round.isQuiet() ? 1 : 0;
            }
            all.sort(Comparator.comparing(Round::compiled).thenComparing(Comparator.comparingDouble(Round::processorShare).reversed()));
            List<Round> kept = all.subList(0, rounds);
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("m", shape.m());
            line.put("n", shape.n());
            line.put("k", shape.k());
            line.put("order", shape.order());
            line.put("ours_gflops", shape.flops() / median(kept, round -> round.ours.seconds) * 1e-9);
            line.put("openblas_gflops", shape.flops() / median(kept, round -> round.theirs.seconds) * 1e-9);
            line.put("ratio", median(kept, round -> round.theirs.seconds / round.ours.seconds));
            line.put("processor_share", median(kept, Round::processorShare));
            return line;
        }
    }

    /** Both sum k products of numbers below 1; rounding differs by far less than k times 2^-22. */
    private static void requireAgreement(GemmShape shape, Operands x) {
        float[] ours = x.ours.toFloatArray();
        float[] theirs = x.theirs.toFloatArray();
        double bound = shape.k() * 0x1p-22;
        for (int i = 0; i < ours.length; i++) {
            if (!(Math.abs(ours[i] - theirs[i]) <= bound)) {
                throw new IllegalStateException("sgemm " + shape + ": element " + i + " is " + ours[i] + ", OpenBLAS says " + theirs[i]
                        + "; a wrong product is not timed");
            }
        }
    }

    /** Warms a product up and counts how often it fits into a turn. */
    private static int calls(Runnable product) {
        long end = System.nanoTime() + SHAPE_WARM_UP_NANOS;
        long best = Long.MAX_VALUE;
        do {
            long start = System.nanoTime();
            product.run();
            best = Math.min(best, System.nanoTime() - start);
        } while (System.nanoTime() < end);
        return (int) Math.max(1, (TURN_NANOS + best - 1) / best);
    }

    private Turn turn(int calls, Runnable product) {
        long settled = System.nanoTime() + SETTLE_NANOS;
        while (threads > 1 && System.nanoTime() < settled) {
            product.run();
        }
        long compilation = compilationMillis();
        long processor = PROCESS.getProcessCpuTime();
        long start = System.nanoTime();
        for (int i = 0; i < calls; i++) {
            product.run();
        }
        long nanos = System.nanoTime() - start;
        return new Turn(nanos * 1e-9 / calls, (double) (PROCESS.getProcessCpuTime() - processor) / nanos / threads,
                compilationMillis() != compilation);
    }

    private static long compilationMillis() {
        return COMPILER != null && COMPILER.isCompilationTimeMonitoringSupported() ? COMPILER.getTotalCompilationTime() : 0;
    }

    private static double median(List<Round> rounds, ToDoubleFunction<Round> of) {
        return Spread.of(rounds.stream().mapToDouble(of).toArray()).median();
    }
}
