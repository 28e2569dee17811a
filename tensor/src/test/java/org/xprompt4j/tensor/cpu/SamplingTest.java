package org.xprompt4j.tensor.cpu;

import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.SamplingSpec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SamplingTest {
    @ParameterizedTest
    @CsvSource({"0,0,1,0,301", "1,0,1,0,301", "0.7,20,1,4,250", "1.3,0,0.9,4,250", "1,50,0.5,7,200", "1,1,1,0,301", "2,0,0.0001,0,301", "1,300,0.99,0,301",
            "0.01,5,0.3,300,1", "1,1000,1,0,301"})
    void drawsTheTokensOfTheOracle(float temperature, int topK, float topP, int first, int allowed) {
        try (Agreement a = new Agreement(topK + 1)) {
            int rows = 64;
            int vocab = 301;
            Tensor full = a.normal(rows, vocab);
            float[] rounded = full.toFloatArray();
            for (int i = 0; i < rounded.length; i++) {
                rounded[i] = Math.round(4 * rounded[i]) / 2f; // many ties
            }
            full.set(rounded);
            Tensor image = a.normal(rows, vocab);
            Tensor none = a.normal(rows, vocab);
            SamplingSpec spec = new SamplingSpec(temperature, topK, topP, first, allowed, 5, 1.5f, 3f);
            int[] streams = new int[rows];
            int[] positions = new int[rows];
            for (int r = 0; r < rows; r++) {
                streams[r] = r % 3 - 1;
                positions[r] = 100_000_000 + r;
            }
            Tensor stream = a.scope.allocate(DType.I32, rows).set(streams);
            Tensor position = a.scope.allocate(DType.I32, rows).set(positions);
            for (Tensor[] guidance : new Tensor[][] {{null, null}, {null, none}, {image, none}}) {
                Tensor expected = a.scope.allocate(DType.I32, rows);
                Tensor actual = a.scope.allocate(DType.I32, rows);
                a.oracle.sample(spec, full, guidance[0], guidance[1], stream, position, expected);
                a.vectors.sample(spec, full, guidance[0], guidance[1], stream, position, actual);
                assertThat(actual.toIntArray()).as("guidance %s", Arrays.toString(guidance)).isEqualTo(expected.toIntArray());
                Tensor alone = a.scope.allocate(DType.I32, 1);
                a.vectors.sample(spec, full.slice(0, 9, 10), guidance[0] == null ? null : guidance[0].slice(0, 9, 10),
                        guidance[1] == null ? null : guidance[1].slice(0, 9, 10), stream.slice(0, 9, 10), position.slice(0, 9, 10), alone);
                assertThat(alone.toIntArray()[0]).isEqualTo(actual.toIntArray()[9]);
            }
        }
    }

    @Test
    void selectsEveryRank() {
        Philox random = new Philox(3, 3);
        for (int n = 1; n < 60; n++) {
            float[] values = new float[n];
            for (int i = 0; i < n; i++) {
                values[i] = random.nextInt(8) == 0 ? Float.NaN : 1 + random.nextInt(10);
            }
            float[] sorted = values.clone();
            Arrays.sort(sorted);
            for (int rank = 0; rank < n; rank++) {
                assertThat(Float.valueOf(Sampling.select(values.clone(), n, rank))).as("rank %d of %s", rank, Arrays.toString(values))
                        .isEqualTo(Float.valueOf(sorted[rank]));
            }
        }
    }

    @Test
    void refusesRowsWithoutChoice() {
        try (Agreement a = new Agreement(1)) {
            Tensor logits = a.scope.allocate(DType.F32, 1, 4);
            a.oracle.fill(logits, Float.NEGATIVE_INFINITY);
            Tensor zero = a.scope.allocate(DType.I32, 1).set(0);
            SamplingSpec spec = new SamplingSpec(1, 0, 1, 0, 4, 5, 1, 1);
            assertThatThrownBy(() -> a.vectors.sample(spec, logits, null, null, zero, zero, a.scope.allocate(DType.I32, 1)))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("row 0");
        }
    }

    @Test
    void noiseBoundHolds() {
        assertThat(-Math.log(-Math.log(Philox.toUniform(-1)))).isLessThan(16.7);
    }
}
