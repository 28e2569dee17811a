package org.xprompt4j.tests.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Tensor;

/**
 * A device with random data. Every tensor lies at an odd offset between NaNs: a kernel that reads beside its inputs gets NaN,
 * one that writes beside its outputs is found by {@link #requireMargins}. Outputs hold NaN, gradients random numbers.
 */
final class Workbench implements AutoCloseable {
    /** Sizes around vector widths and primes. */
    static final int[] AWKWARD = {1, 2, 3, 5, 7, 8, 9, 13, 15, 16, 17, 29, 31, 32, 33, 37};

    private static final int MARGIN = 5; // elements before and behind

    final Backend backend;
    final MemoryScope scope;
    private final DType activations;
    private final long seed;
    private final Philox random;
    private final List<Tensor> margins = new ArrayList<>();

    Workbench(String device, long seed) {
        this(Backends.open(device), seed);
    }

    Workbench(Backend backend, long seed) {
        this(backend, seed, DType.F32);
    }

    /** F32 or BF16 for {@link #activation}: two benches of one seed then hold the same numbers in different types. */
    Workbench(Backend backend, long seed, DType activations) {
        this.activations = activations;
        this.backend = backend;
        this.scope = backend.openScope("workbench");
        this.seed = seed;
        this.random = new Philox(seed, 0);
    }

    /** The seed of this run, from the system property or fixed. */
    static long seed() {
        return Long.getLong("xprompt4j.test.seed", 20_250_611L);
    }

    /** A description for messages, with the seed. */
    String describe(String what) {
        return what + " on " + backend.device() + " (seed " + seed + ")";
    }

    int awkward() {
        return AWKWARD[random.nextInt(AWKWARD.length)];
    }

    int between(int low, int high) {
        return low + random.nextInt(high - low + 1);
    }

    /** Standard normal numbers. */
    float[] normal(long count) {
        return random.gaussians(Math.toIntExact(count));
    }

    /** An F32 tensor of normal numbers. */
    Tensor input(long... dims) {
        return place(DType.F32, dims).set(normal(Shape.of(dims).numel()));
    }

    /** A tensor of normal numbers rounded to a type. */
    Tensor input(DType dtype, long... dims) {
        return place(dtype, dims).set(normal(Shape.of(dims).numel()));
    }

    /** An activation of normal numbers that BF16 can hold. */
    Tensor activation(long... dims) {
        float[] rounded = scope.allocate(DType.BF16, dims).set(normal(Shape.of(dims).numel())).toFloatArray();
        return place(activations, dims).set(rounded);
    }

    /** An activation to be written: NaN everywhere. */
    Tensor activationOutput(long... dims) {
        return output(activations, dims);
    }

    /** An I8 tensor of whole numbers from -127 to 127. */
    Tensor int8Input(long... dims) {
        float[] values = new float[Math.toIntExact(Shape.of(dims).numel())];
        for (int i = 0; i < values.length; i++) {
            values[i] = between(-127, 127);
        }
        return place(DType.I8, dims).set(values);
    }

    /** An F32 tensor of these values. */
    Tensor of(float[] values, long... dims) {
        return place(DType.F32, dims).set(values);
    }

    /** An I32 tensor of these values. */
    Tensor of(int[] values, long... dims) {
        return place(DType.I32, dims).set(values);
    }

    /** An I32 vector of numbers below a bound. */
    Tensor ids(int count, int bound) {
        int[] values = new int[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextInt(bound);
        }
        return of(values, count);
    }

    /** An output: NaN everywhere. */
    Tensor output(long... dims) {
        return output(DType.F32, dims);
    }

    private Tensor output(DType dtype, long... dims) {
        float[] values = new float[Math.toIntExact(Shape.of(dims).numel())];
        Arrays.fill(values, Float.NaN);
        return place(dtype, dims).set(values);
    }

    /** An integer output: -7 everywhere. */
    Tensor intOutput(long... dims) {
        int[] values = new int[Math.toIntExact(Shape.of(dims).numel())];
        Arrays.fill(values, -7);
        return of(values, dims);
    }

    private Tensor place(DType dtype, long... dims) {
        long numel = Shape.of(dims).numel();
        Tensor room = scope.allocate(dtype, numel + 2 * MARGIN);
        if (dtype.isFloating()) {
            float[] values = new float[Math.toIntExact(room.numel())];
            Arrays.fill(values, Float.NaN);
            room.set(values);
            margins.add(room);
        }
        return room.slice(0, MARGIN, MARGIN + numel).reshape(dims);
    }

    /** Fails when something was written before or behind a tensor. */
    void requireMargins(String what) {
        for (Tensor room : margins) {
            assertThat(room.slice(0, 0, MARGIN).toFloatArray()).as(describe(what) + " wrote before " + room).containsOnly(Float.NaN);
            assertThat(room.slice(0, room.numel() - MARGIN, room.numel()).toFloatArray()).as(describe(what) + " wrote behind " + room)
                    .containsOnly(Float.NaN);
        }
    }

    /** The elements as float64. */
    static double[] wide(Tensor tensor) {
        return wide(tensor.toFloatArray());
    }

    static double[] wide(float[] values) {
        double[] out = new double[values.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = values[i];
        }
        return out;
    }

    /** a + factor · b. */
    static double[] sum(double[] a, double factor, double[] b) {
        double[] out = new double[a.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = a[i] + factor * b[i];
        }
        return out;
    }

    @Override
    public void close() {
        scope.close();
        backend.close();
    }
}
