package org.xprompt4j.bench.jmh;

import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;

/**
 * What every benchmark of an operation has: the device, the oracle, operands, and the comparison that comes before any timing.
 * A subclass declares its sizes as {@code @Param}, makes operands in {@link #prepare}, compares in {@link #check}, and says in
 * {@link #work} how much there is to do.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public abstract class OperationBenchmark {
    private static final long SEED = 20_261_123;

    /** The device that is measured; set before {@link #setUp} to measure another. */
    Backend backend;
    private Backend oracle;
    private MemoryScope scope;
    private long stream;

    /** A result, once for the measured device and once for the oracle. */
    final class Output {
        private final String name;
        private final Tensor measured;
        private final Tensor expected;

        private Output(String name, DType dtype, long... dims) {
            this.name = name;
            measured = scope.allocate(dtype, dims);
            expected = scope.allocate(dtype, dims);
        }

        /** The tensor that a device writes. */
        Tensor of(Backend device) {
            return device == oracle ? expected : measured;
        }
    }

    /** Makes the operands, then compares. */
    @Setup
    public final void setUp() {
        if (backend == null) {
            backend = Backends.open("cpu");
        }
        oracle = Backends.open("scalar");
        scope = oracle.openScope("benchmark"); // host memory, which both devices address
        prepare();
        check();
    }

    @TearDown
    public final void tearDown() {
        release();
        scope.close();
        oracle.close();
        backend.close();
    }

    /** Makes operands and results. */
    abstract void prepare();

    /** Compares with the oracle; throws when a result is wrong. */
    abstract void check();

    /** The work of one call of a benchmark method; a function of the parameters alone, asked before and without {@link #setUp}. */
    public abstract Work work(String method);

    /** Closes what {@link #prepare} opened beside tensors. */
    void release() {
    }

    /** Uniform numbers in (-1, 1). */
    final Tensor random(long... dims) {
        Philox random = new Philox(SEED, stream++);
        Tensor tensor = scope.allocate(DType.F32, dims);
        float[] values = new float[Math.toIntExact(tensor.numel())];
        for (int i = 0; i < values.length; i++) {
            values[i] = 2 * random.nextFloat() - 1;
        }
        return tensor.set(values);
    }

    /** Whole numbers from 0 to below a bound. */
    final Tensor indices(int bound, int count) {
        Philox random = new Philox(SEED, stream++);
        int[] values = new int[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextInt(bound);
        }
        return scope.of(values, count);
    }

    /** 0, 1, 2, ... */
    final Tensor ascending(int count) {
        int[] values = new int[count];
        Arrays.setAll(values, i -> i);
        return scope.of(values, count);
    }

    /** One number many times. */
    final Tensor repeated(int value, int count) {
        int[] values = new int[count];
        Arrays.fill(values, value);
        return scope.of(values, count);
    }

    /** The same numbers, rounded to another type. */
    final Tensor as(DType dtype, Tensor x) {
        if (x.dtype() == dtype) {
            return x;
        }
        Tensor rounded = scope.allocate(dtype, x.shape());
        oracle.copy(x, rounded);
        return rounded;
    }

    final Output output(String name, long... dims) {
        return new Output(name, DType.F32, dims);
    }

    final Output intOutput(String name, long... dims) {
        return new Output(name, DType.I32, dims);
    }

    /**
     * Runs an operation on both devices from zeroed results and compares.
     *
     * @param relative allowed error as a share of the largest expected element; whole numbers must be equal
     */
    final void compare(double relative, Consumer<Backend> operation, Output... outputs) {
        for (Output output : outputs) {
            output.measured.segment().fill((byte) 0);
            output.expected.segment().fill((byte) 0);
        }
        operation.accept(oracle);
        operation.accept(backend);
        for (Output output : outputs) {
            requireClose(getClass().getSimpleName() + " " + output.name, output.expected.toFloatArray(), output.measured.toFloatArray(),
                    output.expected.dtype() == DType.F32 ? relative : 0);
        }
    }

    /** The device of plain loops. */
    final Backend oracle() {
        return oracle;
    }

    /** Throws unless all elements agree to a share of the largest expected one. */
    static void requireClose(String what, float[] expected, float[] measured, double relative) {
        double largest = 0;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        double bound = relative * largest;
        int worst = 0;
        double error = -1;
        for (int i = 0; i < expected.length; i++) {
            double off = Math.abs((double) expected[i] - measured[i]);
            if (!(off <= error)) { // NaN counts as worst
                error = off;
                worst = i;
            }
            if (Double.isNaN(off)) {
                break;
            }
        }
        if (!(error <= bound)) {
            throw new IllegalStateException(String.format(Locale.ROOT,
                    "%s is wrong, so nothing is timed: element %d of %d is %.9g, the oracle says %.9g; error %.3g, allowed %.3g",
                    what, worst, expected.length, measured[worst], expected[worst], error, bound));
        }
    }

    /** The whole numbers of a shape such as {@code 1067x384}. */
    static int[] sizes(String shape, int count) {
        String[] parts = shape.split("x");
        if (parts.length != count) {
            throw new IllegalArgumentException("shape '" + shape + "' needs " + count + " sizes between x");
        }
        return Arrays.stream(parts).mapToInt(Integer::parseInt).toArray();
    }
}
