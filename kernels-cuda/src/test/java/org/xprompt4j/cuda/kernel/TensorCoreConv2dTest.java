package org.xprompt4j.cuda.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xprompt4j.cuda.driver.EmulatedDriver;
import org.xprompt4j.cuda.emulator.CheckLevel;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Conv2dSpec;

/** Convolution on the tensor cores and its gradients against float64 over operands that bf16 holds: channels of any number, strides, lopsided padding. */
class TensorCoreConv2dTest {
    private static final double TOLERANCE = 3e-6; // of the sum of absolute terms: float sums

    private static Kernels kernels;

    /** Float64 results and the sums of their absolute terms. */
    private record Sums(double[] value, double[] magnitude) {
        static Sums from(float[] begin) {
            Sums sums = new Sums(new double[begin.length], new double[begin.length]);
            for (int i = 0; i < begin.length; i++) {
                sums.add(i, begin[i]);
            }
            return sums;
        }

        void add(int at, double term) {
            value[at] += term;
            magnitude[at] += Math.abs(term);
        }

        void close(String what, Tensor actual) {
            double rounding = actual.dtype() == DType.BF16 ? 1.001 / 256 : 0;
            float[] values = actual.toFloatArray();
            double worst = 0;
            for (int i = 0; i < values.length; i++) {
                double error = Math.abs(values[i] - value[i]) / (TOLERANCE * magnitude[i] + 1e-6 + rounding * Math.abs(value[i]));
                worst = error > worst || error != error ? error : worst;
            }
            assertThat(worst).as("share of the tolerance used by " + what).isLessThan(1);
        }
    }

    @BeforeAll
    static void open() {
        kernels = new Kernels(new EmulatedDriver(CheckLevel.CHECK), Precision.BF16);
    }

    @AfterAll
    static void close() {
        kernels.close();
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1, 1, 1, 1, 1, 0, 0, F32", "2, 7, 5, 3, 9, 3, 1, 1, 1, F32", "1, 9, 11, 8, 17, 3, 2, 0, 1, BF16", "2, 6, 7, 17, 3, 4, 1, 2, 1, BF16",
            "1, 8, 13, 5, 70, 1, 1, 0, 0, F32", "3, 5, 9, 70, 12, 5, 3, 2, 2, F32", "2, 23, 29, 16, 130, 3, 1, 1, 1, BF16"})
    void forwardAndGradients(int batch, int height, int width, int in, int out, int kernel, int stride, int before, int after, DType type) {
        Philox random = new Philox(20_261_126, batch * 1000L + in);
        Conv2dSpec spec = new Conv2dSpec(stride, before, after, after, before);
        int oh = (int) spec.outHeight(height, kernel);
        int ow = (int) spec.outWidth(width, kernel);
        float[] x = Bf16Numbers.normal(random, batch * height * width * in, 1);
        float[] w = Bf16Numbers.normal(random, out * in * kernel * kernel, 1);
        float[] bias = Bf16Numbers.normal(random, out, 1);
        float[] residual = Bf16Numbers.normal(random, batch * oh * ow * out, 1);
        float[] dOut = Bf16Numbers.normal(random, residual.length, 1);
        float[] dXBefore = Bf16Numbers.normal(random, x.length, 1);
        float[] dWBefore = Bf16Numbers.normal(random, w.length, 1);
        Sums result = Sums.from(residual);
        Sums dX = Sums.from(dXBefore);
        Sums dW = Sums.from(dWBefore);
        for (int p = 0; p < batch * oh * ow; p++) {
            int top = p / ow % oh * stride - spec.top();
            int left = p % ow * stride - spec.left();
            for (int o = 0; o < out; o++) {
                result.add(p * out + o, bias[o]);
            }
            for (int ij = 0; ij < kernel * kernel; ij++) {
                int y = top + ij / kernel;
                int xx = left + ij % kernel;
                if (y < 0 || y >= height || xx < 0 || xx >= width) {
                    continue;
                }
                int pixel = ((p / ow / oh) * height + y) * width + xx;
                for (int c = 0; c < in; c++) {
                    for (int o = 0; o < out; o++) {
                        int at = (o * in + c) * kernel * kernel + ij;
                        result.add(p * out + o, (double) x[pixel * in + c] * w[at]);
                        dX.add(pixel * in + c, (double) dOut[p * out + o] * w[at]);
                        dW.add(at, (double) dOut[p * out + o] * x[pixel * in + c]);
                    }
                }
            }
        }
        try (MemoryScope scope = new MemoryScope("test", kernels.pool())) {
            Tensor picture = scope.allocate(type, batch, height, width, in).set(x);
            Tensor weight = scope.allocate(type, out, in, kernel, kernel).set(w);
            Tensor y = scope.allocate(type, batch, oh, ow, out);
            Conv2d.forward(kernels, spec, picture, weight, scope.of(bias, out), scope.allocate(type, batch, oh, ow, out).set(residual), y);
            result.close("out", y);
            Tensor gradient = scope.allocate(type, batch, oh, ow, out).set(dOut);
            Tensor dPicture = scope.allocate(type, batch, height, width, in).set(dXBefore);
            Tensor dWeight = scope.of(dWBefore, out, in, kernel, kernel);
            Tensor dBias = scope.of(new float[out], out);
            Conv2d.backward(kernels, spec, picture, weight, gradient, dPicture, dWeight, dBias);
            Sums bias64 = Sums.from(new float[out]);
            for (int i = 0; i < dOut.length; i++) {
                bias64.add(i % out, dOut[i]);
            }
            bias64.close("dBias", dBias);
            dX.close("dX", dPicture);
            dW.close("dWeight", dWeight);
        }
    }
}
