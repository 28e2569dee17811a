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
import org.xprompt4j.tensor.op.Activation;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.MatmulSpec;

/** Products on the tensor cores against float64 sums over the same rounded operands: all orders, odd sizes, split sums, epilogues. */
class TensorCoreMatmulTest {
    private static final double TOLERANCE = 2e-6; // of the sum of absolute terms: float sums
    private static final double ROUNDING = 1.001 / 256; // of a result that is written as bf16

    private static Kernels kernels;

    @BeforeAll
    static void open() {
        kernels = new Kernels(new EmulatedDriver(CheckLevel.CHECK), Precision.BF16);
    }

    @AfterAll
    static void close() {
        kernels.close();
    }

    @ParameterizedTest
    @CsvSource({"65, 1, 1", "67, 31, 33", "129, 127, 95", "128, 128, 64", "70, 136, 1100", "131, 8, 40"})
    void allOrders(int m, int n, int k) {
        for (int order = 0; order < 8; order++) {
            MatmulSpec spec = new MatmulSpec((order & 1) != 0, (order & 2) != 0, (order & 4) != 0);
            product(spec, order % 3 == 0 ? DType.BF16 : DType.F32, order % 2 == 0 ? DType.F32 : DType.BF16, m, n, k, null);
        }
    }

    /** The tiles of the emulator's small device are small; here every size is asked for, at sizes just around it. */
    @ParameterizedTest
    @CsvSource({"WIDE, 257, 129, 95, 1", "WIDE, 255, 136, 160, 2", "LARGE, 129, 127, 224, 3", "LARGE, 128, 260, 96, 1", "SMALL, 65, 63, 67, 2",
            "SMALL, 300, 68, 33, 1"})
    void everyTile(TensorTiling.Tile tile, int m, int n, int k, int splits) {
        long perSplit = ((k + splits - 1) / splits + 31) / 32 * 32;
        for (int order = 0; order < 3; order++) {
            product(new MatmulSpec(order == 2, order == 1, false), DType.BF16, DType.F32, m, n, k, new TensorTiling(tile, splits, perSplit));
        }
    }

    private static void product(MatmulSpec spec, DType weightType, DType biasType, int m, int n, int k, TensorTiling tiling) {
        Philox random = new Philox(20_261_123, m * 1_000L + n);
        try (MemoryScope scope = new MemoryScope("test", kernels.pool())) {
            float[] a = random.gaussians(m * k);
            float[] b = random.gaussians(k * n);
            Tensor bias = scope.allocate(biasType, n).set(random.gaussians(n));
            float[] before = random.gaussians(m * n);
            DType activations = tiling == null && weightType == DType.BF16 ? DType.BF16 : DType.F32;
            Tensor out = scope.allocate(activations, m, n).set(before);
            before = out.toFloatArray();
            Epilogue epilogue = spec.accumulate() ? Epilogue.NONE : new Epilogue(bias, Activation.NONE, null, out);
            Tensor left = scope.allocate(activations, spec.transposeA() ? new long[] {k, m} : new long[] {m, k}).set(a);
            Tensor weight = scope.allocate(weightType, spec.transposeB() ? new long[] {n, k} : new long[] {k, n}).set(b);
            if (tiling == null) {
                Matmul.forward(kernels, spec, left, weight, epilogue, out);
            } else {
                TensorCoreMatmul.product(kernels, spec, TensorCoreMatmul.packed(kernels, scope, left), TensorCoreMatmul.packed(kernels, scope, weight), k,
                        epilogue, out, tiling);
            }
            compare(spec, m, n, k, a, b, spec.accumulate() ? new float[n] : bias.toFloatArray(), before, activations == DType.BF16 ? ROUNDING : 0, out.toFloatArray());
        }
    }

    private static void compare(MatmulSpec spec, int m, int n, int k, float[] a, float[] b, float[] bias, float[] before, double rounding,
            float[] actual) {
        double worst = 0;
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                double sum = 0;
                double magnitude = 0;
                for (int p = 0; p < k; p++) {
                    double left = Bf16Numbers.round(a[spec.transposeA() ? p * m + i : i * k + p]);
                    double term = left * Bf16Numbers.round(b[spec.transposeB() ? j * k + p : p * n + j]);
                    sum += term;
                    magnitude += Math.abs(term);
                }
                double expected = sum + bias[j] + before[i * n + j];
                double scale = magnitude + Math.abs(bias[j]) + Math.abs(before[i * n + j]) + 1e-3;
                worst = Math.max(worst, Math.abs(actual[i * n + j] - expected) / (TOLERANCE * scale + rounding * Math.abs(expected)));
            }
        }
        assertThat(worst).as("share of the tolerance used, %s m=%d n=%d k=%d", spec, m, n, k).isLessThan(1);
    }
}
