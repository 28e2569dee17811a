package org.xprompt4j.cuda.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xprompt4j.cuda.driver.EmulatedDriver;
import org.xprompt4j.cuda.emulator.CheckLevel;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.CrossEntropySpec;

/** Linear layer with cross entropy on the tensor cores against float64 over the same rounded operands: loss, both gradients, rows that do not count. */
class TensorCoreCrossEntropyTest {
    private static final CrossEntropySpec SPEC = new CrossEntropySpec(1e-3f);
    private static final float SCALE = 0.25f; // half of it comes from the device
    private static final double GRADIENT = Math.scalb(1, -8); // of the sum of absolute terms: dLogits rounded to bf16, and float sums

    /** Random operands and what the layer makes of them, in float64. */
    private static final class Case {
        final int rows;
        final int vocab;
        final int dim;
        final float[] hidden;
        final float[] weight;
        final int[] labels;
        final double[] loss;
        final double[] logSumExp;
        final double[] dHidden;
        final double[] dWeight;
        final double[] hiddenMagnitude;
        final double[] weightMagnitude;

        Case(int rows, int vocab, int dim) {
            Philox random = new Philox(20_261_126, rows * 10_000L + vocab);
            this.rows = rows;
            this.vocab = vocab;
            this.dim = dim;
            hidden = Bf16Numbers.normal(random, rows * dim, 1);
            weight = Bf16Numbers.normal(random, vocab * dim, 2 / Math.sqrt(dim));
            labels = new int[rows];
            loss = new double[rows];
            logSumExp = new double[rows];
            dHidden = new double[rows * dim];
            dWeight = new double[vocab * dim];
            hiddenMagnitude = new double[rows * dim];
            weightMagnitude = new double[vocab * dim];
            for (int r = 0; r < rows; r++) {
                labels[r] = r % 5 == 3 ? CrossEntropySpec.IGNORED : (int) (random.nextFloat() * vocab);
                if (labels[r] == CrossEntropySpec.IGNORED) {
                    Arrays.fill(hidden, r * dim, (r + 1) * dim, Float.NaN); // must reach nothing
                } else {
                    row(r);
                }
            }
        }

        private void row(int r) {
            double[] logits = new double[vocab];
            double mass = 0;
            for (int v = 0; v < vocab; v++) {
                for (int c = 0; c < dim; c++) {
                    logits[v] += (double) hidden[r * dim + c] * weight[v * dim + c];
                }
                mass += Math.exp(logits[v]);
            }
            double z = Math.log(mass);
            logSumExp[r] = z;
            loss[r] = z - logits[labels[r]] + SPEC.zLoss() * z * z;
            for (int v = 0; v < vocab; v++) {
                double d = SCALE * (Math.exp(logits[v] - z) * (1 + 2 * SPEC.zLoss() * z) - (v == labels[r] ? 1 : 0));
                for (int c = 0; c < dim; c++) {
                    dHidden[r * dim + c] += d * weight[v * dim + c];
                    hiddenMagnitude[r * dim + c] += Math.abs(d * weight[v * dim + c]);
                    dWeight[v * dim + c] += d * hidden[r * dim + c];
                    weightMagnitude[v * dim + c] += Math.abs(d * hidden[r * dim + c]);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1, F32", "3, 65, 9, BF16", "67, 131, 40, BF16", "64, 63, 33, F32", "257, 515, 24, F32", "300, 520, 32, BF16"})
    void lossAndGradients(int rows, int vocab, int dim, DType type) {
        Case expected = new Case(rows, vocab, dim);
        try (Kernels kernels = new Kernels(new EmulatedDriver(CheckLevel.CHECK), Precision.BF16);
                MemoryScope scope = new MemoryScope("test", kernels.pool())) {
            Tensor hidden = scope.allocate(type, rows, dim).set(expected.hidden);
            Tensor weight = scope.allocate(type, vocab, dim).set(expected.weight);
            Tensor labels = scope.of(expected.labels, rows);
            Tensor loss = scope.allocate(DType.F32, rows);
            Tensor logSumExp = scope.allocate(DType.F32, rows);
            LinearCrossEntropy.forward(kernels, SPEC, hidden, weight, labels, loss, logSumExp);
            close("loss", expected.loss, null, 0, loss.toFloatArray());
            close("logSumExp", expected.logSumExp, null, 0, logSumExp.toFloatArray());
            Tensor dHidden = scope.allocate(type, rows, dim).set(Bf16Numbers.normal(new Philox(1, 1), rows * dim, 1));
            Tensor dWeight = scope.of(Bf16Numbers.normal(new Philox(1, 2), vocab * dim, 1), vocab, dim);
            double[] hiddenBefore = wide(dHidden.toFloatArray());
            double[] weightBefore = wide(dWeight.toFloatArray());
            LinearCrossEntropy.backward(kernels, SPEC, hidden, weight, labels, logSumExp, 0.5f, scope.of(new float[] {SCALE / 0.5f}, 1), dHidden, dWeight);
            close("dHidden", sum(hiddenBefore, expected.dHidden), expected.hiddenMagnitude, type == DType.BF16 ? 1.001 / 256 : 0, dHidden.toFloatArray());
            close("dWeight", sum(weightBefore, expected.dWeight), expected.weightMagnitude, 0, dWeight.toFloatArray());
        }
    }

    @Test
    void aWrongLabelIsReported() {
        try (Kernels kernels = new Kernels(new EmulatedDriver(CheckLevel.CHECK), Precision.BF16);
                MemoryScope scope = new MemoryScope("test", kernels.pool())) {
            Tensor weight = scope.of(new float[24], 3, 8);
            Tensor hidden = scope.of(new float[16], 2, 8);
            Tensor loss = scope.allocate(DType.F32, 2);
            assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> LinearCrossEntropy.forward(kernels, SPEC, hidden, weight,
                    scope.of(new int[] {0, 3}, 2), loss, scope.allocate(DType.F32, 2)))).hasMessageContaining("label 3 of row 1");
        }
    }

    private static double[] wide(float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }

    private static double[] sum(double[] a, double[] b) {
        double[] sum = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            sum[i] = a[i] + b[i];
        }
        return sum;
    }

    /** magnitude: sums of absolute terms for gradients; null for the forward pass, whose sums are float; rounding: of a result that is bf16. */
    private static void close(String what, double[] expected, double[] magnitude, double rounding, float[] actual) {
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            double allowed = magnitude == null ? 3e-6 * (1 + Math.abs(expected[i])) : GRADIENT * magnitude[i] + 1e-6 * (1 + Math.abs(expected[i]));
            allowed += rounding * Math.abs(expected[i]);
            double error = Math.abs(actual[i] - expected[i]) / allowed;
            worst = error > worst || error != error ? error : worst;
        }
        assertThat(worst).as("share of the tolerance used by " + what).isLessThan(1);
    }
}
