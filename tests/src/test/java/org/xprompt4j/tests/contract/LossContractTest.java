package org.xprompt4j.tests.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.xprompt4j.tests.contract.Workbench.sum;
import static org.xprompt4j.tests.contract.Workbench.wide;

import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.CrossEntropySpec;
import org.xprompt4j.tests.Closeness;
import org.xprompt4j.tests.reference.Differences;
import org.xprompt4j.tests.reference.ReferenceMatrix;

/** What a training step needs at its ends: embedding, linear + cross entropy. */
class LossContractTest extends BackendContract {
    @Test
    void embeddingTakesRows() {
        for (int trial = 0; trial < 12; trial++) {
            int rows = bench.awkward();
            int dim = bench.awkward();
            int n = bench.awkward();
            Tensor table = bench.input(trial % 2 == 0 ? DType.F32 : DType.BF16, rows, dim);
            Tensor ids = bench.ids(n, rows);
            Tensor out = bench.output(n, dim);
            backend.embedding(table, ids, out);
            double[] expected = new double[n * dim];
            for (int i = 0; i < expected.length; i++) {
                expected[i] = wide(table)[ids.toIntArray()[i / dim] * dim + i % dim];
            }
            Closeness.of(bench.describe("embedding"), expected, out.toFloatArray()).within(0, 0);
        }
    }

    @Test
    void embeddingBackwardAddsRowsInOrder() {
        Tensor ids = bench.of(new int[] {2, 0, 2, 2, 4}, 5);
        Tensor dOut = bench.input(5, 17);
        Tensor dTable = bench.input(5, 17);
        float[] expected = dTable.toFloatArray();
        for (int i = 0; i < 5 * 17; i++) {
            expected[ids.toIntArray()[i / 17] * 17 + i % 17] += dOut.toFloatArray()[i]; // float32 in this order, to the bit
        }
        backend.embeddingBackward(ids, dOut, dTable);
        assertThat(dTable.toFloatArray()).as(bench.describe("embeddingBackward")).containsExactly(expected);
    }

    @Test
    void idsAndLabelsOutsideAreRefused() {
        Tensor table = bench.input(4, 3);
        assertThatThrownBy(() -> backend.embedding(table, bench.of(new int[] {1, 4}, 2), bench.output(2, 3)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("embedding").hasMessageContaining("4");
        assertThatThrownBy(() -> backend.embedding(table, bench.of(new int[] {-1}, 1), bench.output(1, 3)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("-1");
        assertThatThrownBy(() -> backend.linearCrossEntropy(new CrossEntropySpec(0), bench.input(2, 3), table, bench.of(new int[] {0, 4}, 2),
                bench.output(2), bench.output(2))).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("label 4");
        assertThatThrownBy(() -> backend.cachedAttention(1, bench.input(1, 1, 2), bench.input(1, 3, 1, 2), bench.input(1, 3, 1, 2),
                bench.of(new int[] {4}, 1), bench.output(1, 1, 2))).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("length 4");
    }

    private Tensor labels(int rows, int vocab) {
        int[] labels = bench.ids(rows, vocab).toIntArray();
        for (int i = 0; i < rows; i++) {
            labels[i] = bench.between(0, 3) == 0 ? CrossEntropySpec.IGNORED : labels[i];
        }
        labels[bench.between(0, rows - 1)] = 0;
        return bench.of(labels, rows);
    }

    @Test
    void linearCrossEntropy() {
        for (int trial = 0; trial < 24; trial++) {
            int rows = bench.awkward();
            int dim = bench.awkward();
            int vocab = trial < 20 ? bench.awkward() : 1021;
            CrossEntropySpec spec = new CrossEntropySpec(trial % 2 == 0 ? 0 : 0.01f);
            Tensor hidden = bench.input(rows, dim);
            Tensor weight = bench.input(trial % 3 == 0 ? DType.BF16 : DType.F32, vocab, dim);
            Tensor labels = labels(rows, vocab);
            Tensor rowLoss = bench.output(rows);
            backend.linearCrossEntropy(spec, hidden, weight, labels, rowLoss, bench.output(rows));
            Closeness.of(bench.describe("linearCrossEntropy rows " + rows + " dim " + dim + " vocab " + vocab),
                    ReferenceMatrix.crossEntropy(wide(hidden), wide(weight), labels.toIntArray(), dim, spec.zLoss()), rowLoss.toFloatArray())
                    .scaledByLargest().within(2e-6, 1e-5);
        }
    }

    @Test
    void linearCrossEntropyBackward() {
        for (int trial = 0; trial < 10; trial++) {
            int rows = bench.between(1, 9);
            int dim = bench.between(1, 9);
            int vocab = bench.between(2, 20);
            CrossEntropySpec spec = new CrossEntropySpec(trial % 2 == 0 ? 0 : 0.01f);
            Tensor hidden = bench.input(rows, dim);
            Tensor weight = bench.input(vocab, dim);
            Tensor labels = labels(rows, vocab);
            Tensor logSumExp = bench.output(rows);
            backend.linearCrossEntropy(spec, hidden, weight, labels, bench.output(rows), logSumExp);
            Tensor dHidden = trial == 1 ? null : bench.input(rows, dim);
            Tensor dWeight = trial == 2 ? null : bench.input(vocab, dim);
            double[] beforeHidden = dHidden == null ? null : wide(dHidden);
            double[] beforeWeight = dWeight == null ? null : wide(dWeight);
            backend.linearCrossEntropyBackward(spec, hidden, weight, labels, logSumExp, 0.37f / 4, trial == 3 ? null : bench.of(new float[] {4}, 1), dHidden, dWeight);
            double[] each = new double[rows];
            Arrays.fill(each, trial == 3 ? 0.37f / 4 : 0.37f);
            int[] label = labels.toIntArray();
            String what = bench.describe("linearCrossEntropy rows " + rows + " dim " + dim + " vocab " + vocab);
            if (dHidden != null) {
                double[] g = Differences.gradient(v -> ReferenceMatrix.crossEntropy(v, wide(weight), label, dim, spec.zLoss()), wide(hidden), each);
                Closeness.of(what + " dHidden", sum(beforeHidden, 1, g), dHidden.toFloatArray()).scaledByLargest().within(5e-6, 1e-6);
            }
            if (dWeight != null) {
                double[] g = Differences.gradient(v -> ReferenceMatrix.crossEntropy(wide(hidden), v, label, dim, spec.zLoss()), wide(weight), each);
                Closeness.of(what + " dWeight", sum(beforeWeight, 1, g), dWeight.toFloatArray()).scaledByLargest().within(5e-6, 1e-6);
            }
        }
    }

    @Test
    void ignoredRowsTouchNothing() {
        Tensor hidden = bench.of(new float[] {Float.NaN, Float.NaN, 1, 2}, 2, 2);
        Tensor weight = bench.input(3, 2);
        Tensor labels = bench.of(new int[] {CrossEntropySpec.IGNORED, 1}, 2);
        Tensor rowLoss = bench.output(2);
        Tensor logSumExp = bench.output(2);
        Tensor dHidden = bench.of(new float[4], 2, 2);
        Tensor dWeight = bench.of(new float[6], 3, 2);
        backend.linearCrossEntropy(new CrossEntropySpec(0), hidden, weight, labels, rowLoss, logSumExp);
        backend.linearCrossEntropyBackward(new CrossEntropySpec(0), hidden, weight, labels, logSumExp, 1, null, dHidden, dWeight);
        assertThat(rowLoss.toFloatArray()[0]).isZero();
        assertThat(rowLoss.toFloatArray()[1]).isPositive();
        assertThat(dHidden.toFloatArray()).as(bench.describe("dHidden")).startsWith(0, 0).doesNotContain(Float.NaN);
        assertThat(dWeight.toFloatArray()).as(bench.describe("dWeight")).doesNotContain(Float.NaN);
    }
}
