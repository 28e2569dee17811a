package org.xprompt4j.nn.chameleon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionMask;

/** The probe's probabilities are those that the engine attends with. */
class AttentionProbeTest {
    private static final int SEQ = 11;
    private static final int HIDDEN = 24;
    private static final int HEADS = 6;
    private static final int KV_HEADS = 2;
    private static final int DIM = HIDDEN / HEADS;

    @Test
    void weightedValuesAreWhatTheEnginesAttentionGives() {
        for (boolean swin : new boolean[] {false, true}) {
            try (Backend backend = Backends.open("cpu"); MemoryScope scope = backend.openScope("probe test")) {
                Chameleon model = new Chameleon(ChameleonConfig.of(40, HIDDEN, 32, 2, HEADS, KV_HEADS).withSwinNorm(swin));
                model.initialise(scope, 5);
                // Large projections make uneven attention; with no feed-forward a pre-norm block adds what it attended to, and nothing else.
                model.parameters().forEach((name, parameter) -> {
                    if (name.contains("q_norm") || name.contains("k_norm")) {
                        backend.scale(parameter.value(), 1.7f, parameter.value());
                    } else if (name.contains("_proj")) {
                        backend.scale(parameter.value(), name.contains("down_proj") ? 0 : 20, parameter.value());
                    }
                });
                AttentionMask mask = AttentionMask.segmented(new int[] {4, 2, 5}, new boolean[][] {{true, false, false}, {true, true, false}, {false, true, true}});
                Philox random = new Philox(3, swin ? 1 : 0);
                Tensor ids = scope.of(IntStream.range(0, SEQ).map(i -> random.nextInt(40)).toArray(), 1, SEQ);
                Tensor positions = scope.of(IntStream.range(7, 7 + SEQ).toArray(), 1, SEQ);
                Ops ops = new Ops(backend, scope);
                int[] queries = {0, 5, 10, 6};
                float[][][][] p = AttentionProbe.probabilities(ops, model, ids, positions, mask, queries);
                assertThat(p).hasDimensions(2, HEADS);
                for (float[][][] layer : p) {
                    for (float[][] head : layer) {
                        for (int i = 0; i < queries.length; i++) {
                            double sum = 0;
                            for (int j = 0; j < SEQ; j++) {
                                sum += head[i][j];
                                assertThat(head[i][j] > 0).as("query %d sees %d", queries[i], j).isEqualTo(mask.allows(queries[i], j));
                            }
                            assertThat(sum).isBetween(1 - 1e-5, 1 + 1e-5);
                        }
                    }
                }
                if (!swin) {
                    compare(backend, scope, model, ids, positions, mask, queries, p[0]);
                }
            }
        }
    }

    /** Block 0 gives x + Wo Σ p v; v from the cache, p from the probe. */
    private static void compare(Backend backend, MemoryScope scope, Chameleon model, Tensor ids, Tensor positions, AttentionMask mask, int[] queries,
            float[][][] p) {
        Ops ops = new Ops(backend, scope);
        KvCache cache = new KvCache(backend, scope, model.config(), 1, SEQ);
        List<Tensor> states = model.hiddenStates(ops, model.embed(ops, ids), Pass.prefill(positions, mask, cache));
        float[] v = cache.values(0).toFloatArray();
        float[] before = states.get(0).toFloatArray();
        float[] after = states.get(1).toFloatArray();
        float[] wo = model.parameters().get("model.layers.0.self_attn.o_proj.weight").value().toFloatArray();
        double worst = 0;
        double largest = 0;
        for (int i = 0; i < queries.length; i++) {
            double[] mixed = new double[HIDDEN];
            for (int c = 0; c < HIDDEN; c++) {
                int kvHead = c / DIM / (HEADS / KV_HEADS);
                for (int j = 0; j < SEQ; j++) {
                    mixed[c] += p[c / DIM][i][j] * v[(j * KV_HEADS + kvHead) * DIM + c % DIM];
                }
            }
            for (int o = 0; o < HIDDEN; o++) {
                double added = 0;
                for (int c = 0; c < HIDDEN; c++) {
                    added += wo[o * HIDDEN + c] * mixed[c];
                }
                int at = queries[i] * HIDDEN + o;
                worst = Math.max(worst, Math.abs(before[at] + added - after[at]));
                largest = Math.max(largest, Math.abs(added));
            }
        }
        assertThat(worst).as("largest error, of %.3g at most", largest).isLessThan(1e-5 * largest);
        assertThat(largest).isGreaterThan(0.1);
    }
}
