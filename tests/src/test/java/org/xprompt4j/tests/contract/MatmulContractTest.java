package org.xprompt4j.tests.contract;

import static org.xprompt4j.tests.contract.Workbench.wide;

import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Activation;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.MatmulSpec;
import org.xprompt4j.tests.Closeness;
import org.xprompt4j.tests.reference.ReferenceMatrix;

/** Products in all orders, types and epilogues. */
class MatmulContractTest extends BackendContract {
    /** Rounding of float32 sums: proportional to the sum of the absolute terms. */
    private static final double RELATIVE = 2e-6;

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"F32", "BF16"})
    void allOrdersOnAwkwardSizes(DType weightType) {
        for (int trial = 0; trial < 60; trial++) {
            MatmulSpec spec = new MatmulSpec(trial % 2 == 1, trial / 2 % 2 == 1, trial / 4 % 2 == 1);
            product(spec, weightType, bench.awkward(), bench.awkward(), bench.awkward());
        }
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"F32", "BF16"})
    void sizesBeyondOneBlock(DType weightType) {
        for (MatmulSpec spec : new MatmulSpec[] {MatmulSpec.NN, MatmulSpec.NT, MatmulSpec.TN, new MatmulSpec(true, true, false)}) {
            product(spec, weightType, 67, 131, 521);
            product(spec.accumulating(), weightType, 129, 65, 259);
            product(spec, weightType, 1, 523, 257);
            product(spec, weightType, 263, 1, 129);
        }
    }

    private void product(MatmulSpec spec, DType weightType, int m, int n, int k) {
        Tensor a = spec.transposeA() ? bench.input(k, m) : bench.input(m, k);
        Tensor b = spec.transposeB() ? bench.input(weightType, n, k) : bench.input(weightType, k, n);
        Tensor out = spec.accumulate() ? bench.input(m, n) : bench.output(m, n);
        double[] before = spec.accumulate() ? wide(out) : new double[m * n];
        backend.matmul(spec, a, b, Epilogue.NONE, out);
        double[] expected = ReferenceMatrix.matmul(wide(a), wide(b), m, n, k, spec.transposeA(), spec.transposeB());
        double[] magnitude = ReferenceMatrix.matmul(absolute(wide(a)), absolute(wide(b)), m, n, k, spec.transposeA(), spec.transposeB());
        Closeness.of(bench.describe("matmul " + spec + " " + weightType + " m=" + m + " n=" + n + " k=" + k),
                Workbench.sum(expected, 1, before), out.toFloatArray())
                .scaledBy(Workbench.sum(magnitude, 1, absolute(before))).within(RELATIVE, 1e-7);
    }

    @Test
    void epilogues() {
        for (int trial = 0; trial < 64; trial++) {
            int m = bench.awkward();
            int n = bench.awkward();
            int k = bench.awkward();
            MatmulSpec spec = new MatmulSpec(trial % 3 == 1, trial % 3 != 2, false);
            Tensor a = spec.transposeA() ? bench.input(k, m) : bench.input(m, k);
            Tensor b = spec.transposeB() ? bench.input(n, k) : bench.input(k, n);
            Tensor bias = (trial & 1) == 0 ? null : (trial & 32) == 0 ? bench.input(n) : bench.input(DType.BF16, n);
            Activation activation = (trial & 2) == 0 ? Activation.NONE : Activation.SILU;
            Tensor multiplier = (trial & 4) == 0 ? null : bench.input(m, n);
            Tensor residual = (trial & 8) == 0 ? null : bench.input(m, n);
            Tensor out = residual != null && (trial & 16) != 0 ? residual : bench.output(m, n); // the residual may be the output
            double[] expected = ReferenceMatrix.matmul(wide(a), wide(b), m, n, k, spec.transposeA(), spec.transposeB());
            for (int i = 0; i < expected.length; i++) {
                double y = expected[i] + (bias == null ? 0 : wide(bias)[i % n]);
                y = activation == Activation.SILU ? y / (1 + Math.exp(-y)) : y;
                y *= multiplier == null ? 1 : wide(multiplier)[i];
                expected[i] = y + (residual == null ? 0 : wide(residual)[i]);
            }
            backend.matmul(spec, a, b, new Epilogue(bias, activation, multiplier, residual), out);
            Closeness.of(bench.describe("matmul epilogue " + trial + " m=" + m + " n=" + n + " k=" + k), expected, out.toFloatArray())
                    .scaledByLargest().within(3e-6, 1e-6);
        }
    }

    @Test
    void int8MatmulWithEpilogues() {
        int[][] large = {{1, 300, 257}, {64, 131, 300}, {65, 259, 193}, {131, 67, 521}}; // m, n, k: both regimes
        for (int trial = 0; trial < 64 + large.length; trial++) {
            int m = trial < 64 ? bench.awkward() : large[trial - 64][0];
            int n = trial < 64 ? bench.awkward() : large[trial - 64][1];
            int k = trial < 64 ? bench.awkward() : large[trial - 64][2];
            Tensor a = bench.input(m, k);
            Tensor weight = bench.int8Input(n, k);
            Tensor scales = bench.input(n);
            Tensor bias = (trial & 1) == 0 ? null : (trial & 32) == 0 ? bench.input(n) : bench.input(DType.BF16, n);
            Activation activation = (trial & 2) == 0 ? Activation.NONE : Activation.SILU;
            Tensor multiplier = (trial & 4) == 0 ? null : bench.input(m, n);
            Tensor residual = (trial & 8) == 0 ? null : bench.input(m, n);
            Tensor out = residual != null && (trial & 16) != 0 ? residual : bench.output(m, n);
            double[] expected = ReferenceMatrix.matmul(wide(a), wide(weight), m, n, k, false, true);
            for (int i = 0; i < expected.length; i++) {
                double y = expected[i] * wide(scales)[i % n] + (bias == null ? 0 : wide(bias)[i % n]);
                y = activation == Activation.SILU ? y / (1 + Math.exp(-y)) : y;
                y *= multiplier == null ? 1 : wide(multiplier)[i];
                expected[i] = y + (residual == null ? 0 : wide(residual)[i]);
            }
            backend.int8Matmul(a, weight, scales, new Epilogue(bias, activation, multiplier, residual), out);
            Closeness.of(bench.describe("int8Matmul " + trial + " m=" + m + " n=" + n + " k=" + k), expected, out.toFloatArray())
                    .scaledByLargest().within(3e-6, 1e-6);
        }
    }

    @Test
    void infinitiesAndNotANumberArePassedOn() {
        Tensor a = bench.of(new float[] {1, Float.NaN, 2, Float.POSITIVE_INFINITY, 0, 1}, 3, 2);
        Tensor b = bench.of(new float[] {1, 2, 3, 4}, 2, 2);
        Tensor out = bench.output(3, 2);
        backend.matmul(MatmulSpec.NT, a, b, Epilogue.NONE, out);
        double inf = Double.POSITIVE_INFINITY;
        Closeness.of(bench.describe("matmul of non-finite numbers"), new double[] {Double.NaN, Double.NaN, inf, inf, 2, 4}, out.toFloatArray()).within(0, 0);
    }

    private static double[] absolute(double[] values) {
        return Arrays.stream(values).map(Math::abs).toArray();
    }
}
