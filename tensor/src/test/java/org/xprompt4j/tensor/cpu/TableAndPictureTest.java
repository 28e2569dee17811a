package org.xprompt4j.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;

class TableAndPictureTest {
    @Test
    void embeddingAndItsGradient() {
        long seed = 15;
        Philox random = new Philox(seed, 1);
        try (Agreement agreement = new Agreement(seed)) {
            for (int dim : new int[] {1, Lanes.COUNT - 1, Lanes.COUNT + 1, 127, 128, 301}) {
                int[] ids = new int[203];
                for (int i = 0; i < ids.length; i++) {
                    ids[i] = random.nextInt(17);
                }
                Tensor id = agreement.scope.of(ids, ids.length);
                Tensor table = agreement.normal(17, dim);
                Tensor half = agreement.scope.allocate(DType.BF16, 17, dim);
                agreement.oracle.copy(table, half);
                Tensor dOut = agreement.normal(ids.length, dim);
                agreement.check("embedding " + dim, 0, run -> run.backend().embedding(table, id, run.out(0)), agreement.poison(ids.length, dim));
                agreement.check("embedding BF16 " + dim, 0, run -> run.backend().embedding(half, id, run.out(0)), agreement.poison(ids.length, dim));
                agreement.check("embeddingBackward " + dim, 1e-5, run -> run.backend().embeddingBackward(id, dOut, run.out(0)),
                        agreement.normal(17, dim));
            }
            Tensor bad = agreement.scope.of(new int[] {3, 17}, 2);
            assertThatThrownBy(() -> agreement.vectors.embedding(agreement.normal(17, 4), bad, agreement.poison(2, 4)))
                    .hasMessageContaining("id 17 at index 1");
        }
    }

    @Test
    void nearestCodes() {
        try (Agreement agreement = new Agreement(16)) {
            for (int[] shape : new int[][] {{1, 1, 1}, {65, 7, 8}, {130, 600, 8}, {33, 257, 19}}) {
                Tensor z = agreement.normal(shape[0], shape[2]);
                Tensor codebook = agreement.normal(shape[1], shape[2]);
                Tensor expected = agreement.scope.allocate(DType.I32, shape[0]);
                Tensor actual = agreement.scope.allocate(DType.I32, shape[0]);
                agreement.oracle.nearestCode(z, codebook, expected);
                agreement.vectors.nearestCode(z, codebook, actual);
                assertThat(actual.toIntArray()).as("seed %d, %d codes", agreement.seed, shape[1]).isEqualTo(expected.toIntArray());
            }
        }
    }

    @Test
    void theFirstOfEqualCodesWins() {
        try (Agreement agreement = new Agreement(17)) {
            float[] one = agreement.normal(1, 12).toFloatArray();
            float[] book = new float[700 * 12];
            for (int i = 0; i < book.length; i++) {
                book[i] = i / 12 % 300 < 5 ? 9 : one[i % 12]; // codes 5.. are all the same, in three blocks
            }
            Tensor codes = agreement.scope.allocate(DType.I32, 1);
            agreement.vectors.nearestCode(agreement.scope.of(one, 1, 12), agreement.scope.of(book, 700, 12), codes);
            assertThat(codes.toIntArray()).containsExactly(5);
        }
    }

    @Test
    void resampling() {
        try (Agreement agreement = new Agreement(18)) {
            for (int channels : new int[] {1, 3, Lanes.COUNT, Lanes.COUNT + 1, 40}) {
                Tensor small = agreement.normal(2, 3, 5, channels);
                Tensor large = agreement.normal(2, 6, 10, channels);
                agreement.check("upsampleNearest", 0, run -> run.backend().upsampleNearest(small, run.out(0)), agreement.poison(2, 6, 10, channels));
                agreement.check("averagePool", 1e-6, run -> run.backend().averagePool(large, run.out(0)), agreement.poison(2, 3, 5, channels));
                agreement.check("upsampleNearestBackward", 1e-6, run -> run.backend().upsampleNearestBackward(large, run.out(0)),
                        agreement.normal(2, 3, 5, channels));
                agreement.check("averagePoolBackward", 1e-6, run -> run.backend().averagePoolBackward(small, run.out(0)),
                        agreement.normal(2, 6, 10, channels));
            }
        }
    }
}
