package org.xprompt4j.tensor.cpu;

import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionMask;
import org.xprompt4j.tensor.op.AttentionSpec;

import static org.assertj.core.api.Assertions.assertThat;

class AttentionTest {
    private static final double TOLERANCE = 1e-5;

    /** IE | XP | TD of these lengths: TD is blind to IE. */
    static AttentionMask prompt(int... lengths) {
        boolean[][] sees = new boolean[lengths.length][lengths.length];
        for (int q = 0; q < lengths.length; q++) {
            for (int k = 0; k < lengths.length; k++) {
                // Kinds repeat IE, XP, TD.
                sees[q][k] = q == k || !(q % 3 == 2 && k % 3 == 0);
            }
        }
        return AttentionMask.segmented(lengths, sees);
    }

    static Stream<AttentionMask> masks() {
        return Stream.of(
                AttentionMask.causal(1), AttentionMask.causal(17), AttentionMask.causal(64), AttentionMask.causal(65), AttentionMask.causal(131),
                AttentionMask.causal(200), AttentionMask.causal(3, 150), AttentionMask.causal(70, 150), AttentionMask.causal(1, 129),
                AttentionMask.full(1, 1), AttentionMask.full(16, 16), AttentionMask.full(5, 67), AttentionMask.full(130, 33), AttentionMask.full(64, 128),
                prompt(10, 32, 50), prompt(100, 32, 107), prompt(0, 3, 60), prompt(65, 0, 66), prompt(64, 32, 0), prompt(70, 5, 1),
                prompt(20, 8, 30, 40, 8, 60), prompt(100, 32, 107).lastQueries(107), prompt(100, 32, 107).lastQueries(120), prompt(90, 7, 60).lastQueries(3));
    }

    static Stream<Arguments> cases() {
        return masks().flatMap(mask -> Stream.of(new int[] {2, 2, 2, 32}, new int[] {1, 6, 2, 20}, new int[] {1, 1, 1, 65})
                .map(s -> Arguments.of(mask, s[0], s[1], s[2], s[3])));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agrees(AttentionMask mask, int batch, int heads, int kvHeads, int dim) {
        try (Agreement a = new Agreement(mask.keys() + dim)) {
            long[] queryDims = {batch, mask.queries(), heads, dim};
            long[] keyDims = {batch, mask.keys(), kvHeads, dim};
            Tensor q = a.normal(queryDims);
            Tensor k = a.normal(keyDims);
            Tensor v = a.normal(keyDims);
            AttentionSpec spec = new AttentionSpec(dim < 100 ? 0.3f : (float) (1 / Math.sqrt(dim)), mask);
            a.check("attention", TOLERANCE, run -> run.backend().attention(spec, q, k, v, run.out(0), run.out(1)),
                    a.poison(queryDims), a.poison(batch, heads, mask.queries()));
            a.check("attention alone", TOLERANCE, run -> run.backend().attention(spec, q, k, v, run.out(0), null), a.poison(queryDims));
            Tensor out = a.poison(queryDims);
            Tensor logSumExp = a.poison(batch, heads, mask.queries());
            a.oracle.attention(spec, q, k, v, out, logSumExp);
            Tensor dOut = a.normal(queryDims);
            a.check("attentionBackward", TOLERANCE, run -> run.backend().attentionBackward(spec, q, k, v, out, logSumExp, dOut,
                    run.out(0), run.out(1), run.out(2)), a.normal(queryDims), a.normal(keyDims), a.normal(keyDims));
            a.check("attentionBackward, dQ alone", TOLERANCE, run -> run.backend().attentionBackward(spec, q, k, v, out, logSumExp, dOut,
                    run.out(0), null, null), a.normal(queryDims));
            a.check("attentionBackward, dV alone", TOLERANCE, run -> run.backend().attentionBackward(spec, q, k, v, out, logSumExp, dOut,
                    null, null, run.out(0)), a.normal(keyDims));
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1,256,512", "2,1,64,128", "1,4,300,128"})
    void pictures(int batch, int heads, int pixels, int dim) {
        agrees(AttentionMask.full(pixels, pixels), batch, heads, heads, dim);
    }

    @ParameterizedTest
    @CsvSource({"1,4,4,32,50", "3,6,2,64,131", "5,2,1,20,7", "2,1,1,128,300"})
    void cached(int batch, int heads, int kvHeads, int dim, int capacity) {
        try (Agreement a = new Agreement(capacity)) {
            Tensor q = a.normal(batch, heads, dim);
            Tensor keys = a.normal(batch, capacity, kvHeads, dim);
            Tensor values = a.normal(batch, capacity, kvHeads, dim);
            int[] lengths = new int[batch];
            for (int b = 0; b < batch; b++) {
                lengths[b] = b == 0 ? capacity : 1 + b * 37 % capacity;
                if (lengths[b] < capacity) { // what lies behind a row's length must not matter
                    a.oracle.fill(keys.slice(0, b, b + 1).slice(1, lengths[b], capacity), Float.NaN);
                    a.oracle.fill(values.slice(0, b, b + 1).slice(1, lengths[b], capacity), Float.NaN);
                }
            }
            Tensor length = a.scope.allocate(DType.I32, batch).set(lengths);
            a.check("cachedAttention", TOLERANCE, run -> run.backend().cachedAttention(0.3f, q, keys, values, length, run.out(0)),
                    a.poison(batch, heads, dim));
            Tensor together = a.poison(batch, heads, dim);
            a.vectors.cachedAttention(0.3f, q, keys, values, length, together);
            for (int b = 0; b < batch; b++) {
                Tensor alone = a.poison(1, heads, dim);
                a.vectors.cachedAttention(0.3f, q.slice(0, b, b + 1), keys.slice(0, b, b + 1), values.slice(0, b, b + 1),
                        length.slice(0, b, b + 1), alone);
                assertThat(alone.toFloatArray()).as("row %d alone", b).isEqualTo(together.slice(0, b, b + 1).toFloatArray());
            }
        }
    }
}
