package org.xprompt4j.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.HostStorage;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Tensor;

/** Random and poisoned tensors for the tests of this package, and the comparison with a float64 reference. */
final class HostTensors {
    private final long seed;
    private long stream;

    HostTensors(long seed) {
        this.seed = seed;
    }

    /** Memory whose last byte is the tensor's last: one byte further is an error. */
    Tensor empty(DType dtype, long... dims) {
        Shape shape = Shape.of(dims);
        return Tensor.over(new HostStorage(Arena.ofAuto().allocate(Math.max(1, shape.numel() * dtype.bytes()), 4), "test"), 0, dtype, shape);
    }

    /** Normal values of unit variance. */
    Tensor random(DType dtype, long... dims) {
        Tensor tensor = empty(dtype, dims);
        Philox philox = new Philox(seed, stream++);
        float[] values = new float[Math.toIntExact(tensor.numel())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (philox.nextInt() >> 8) * 0x1p-22f;
        }
        return tensor.set(values);
    }

    Tensor random(long... dims) {
        return random(DType.F32, dims);
    }

    /** An output that must be overwritten. */
    Tensor poisoned(long... dims) {
        Tensor tensor = empty(DType.F32, dims);
        float[] values = new float[Math.toIntExact(tensor.numel())];
        java.util.Arrays.fill(values, Float.NaN);
        return tensor.set(values);
    }

    Tensor ints(int[] values) {
        return empty(DType.I32, values.length).set(values);
    }

    /** |actual - expected| <= atol + rtol · |expected| for every element. */
    static void assertClose(String what, Tensor actual, double[] expected, double atol, double rtol) {
        float[] values = actual.toFloatArray();
        assertThat(values.length).as(what).isEqualTo(expected.length);
        double worst = 0;
        double largest = 0;
        int at = -1;
        for (int i = 0; i < values.length; i++) {
            double error = Math.abs(values[i] - expected[i]);
            double share = error / (atol + rtol * Math.abs(expected[i]));
            largest = Math.max(largest, error);
            if (!(share <= worst)) {
                worst = share;
                at = i;
            }
        }
        assertThat(worst).as("%s: largest error %g, worst element %d is %g, should be %g; share of the tolerance used", what, largest, at,
                at < 0 ? 0 : values[at], at < 0 ? 0 : expected[at]).isLessThanOrEqualTo(1);
    }
}
