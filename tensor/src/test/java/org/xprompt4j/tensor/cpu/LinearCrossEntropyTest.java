package org.xprompt4j.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.CrossEntropySpec;

class LinearCrossEntropyTest {
    @Test
    void awkwardSizesWithIgnoredRows() {
        int[][] shapes = {{1, 1, 1}, {5, 7, 3}, {64, 256, 32}, {67, 257, 33}, {130, 515, 17}, {9, 1030, 300}};
        long seed = 88;
        Philox random = new Philox(seed, 3);
        try (Agreement agreement = new Agreement(seed)) {
            for (int round = 0; round < 2 * shapes.length; round++) {
                int rows = shapes[round / 2][0];
                int vocab = shapes[round / 2][1];
                int dim = shapes[round / 2][2];
                CrossEntropySpec spec = new CrossEntropySpec((round & 1) * 1e-3f);
                int[] labels = new int[rows];
                for (int i = 0; i < rows; i++) {
                    labels[i] = random.nextInt(3) == 0 && rows > 1 ? CrossEntropySpec.IGNORED : random.nextInt(vocab);
                }
                Tensor label = agreement.scope.of(labels, rows);
                Tensor hidden = agreement.normal(rows, dim);
                Tensor weight = agreement.normal(vocab, dim);
                Tensor stored = agreement.scope.allocate((round & 2) == 0 ? DType.F32 : DType.BF16, vocab, dim);
                agreement.oracle.copy(weight, stored);
                String what = "rows " + rows + " vocab " + vocab + " dim " + dim;
                agreement.check("linearCrossEntropy " + what, 1e-5,
                        run -> run.backend().linearCrossEntropy(spec, hidden, stored, label, run.out(0), run.out(1)),
                        agreement.poison(rows), agreement.poison(rows));
                Tensor logSumExp = agreement.poison(rows);
                agreement.oracle.linearCrossEntropy(spec, hidden, stored, label, agreement.poison(rows), logSumExp);
                agreement.check("linearCrossEntropyBackward " + what, 5e-5,
                        run -> run.backend().linearCrossEntropyBackward(spec, hidden, stored, label, logSumExp, 0.7f, null, run.out(0), run.out(1)),
                        agreement.normal(rows, dim), agreement.normal(vocab, dim));
            }
        }
    }

    @Test
    void nothingCounted() {
        try (Agreement agreement = new Agreement(1)) {
            Tensor label = agreement.scope.of(new int[] {CrossEntropySpec.IGNORED, CrossEntropySpec.IGNORED}, 2);
            Tensor hidden = agreement.normal(2, 4);
            Tensor weight = agreement.normal(9, 4);
            agreement.check("no counted row", 0, run -> run.backend().linearCrossEntropy(new CrossEntropySpec(0), hidden, weight, label,
                    run.out(0), run.out(1)), agreement.poison(2), agreement.poison(2));
        }
    }

    @Test
    void aLabelOutsideTheVocabularyIsNamed() {
        try (Agreement agreement = new Agreement(1)) {
            Tensor label = agreement.scope.of(new int[] {0, 9}, 2);
            assertThatThrownBy(() -> agreement.vectors.linearCrossEntropy(new CrossEntropySpec(0), agreement.normal(2, 4), agreement.normal(9, 4),
                    label, agreement.poison(2), agreement.poison(2))).hasMessageContaining("label 9 of row 1");
        }
    }
}
