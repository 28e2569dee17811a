package org.xprompt4j.nn.chameleon;

import java.util.List;

import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionMask;

/**
 * Who looks at whom in a trained model. The engine never holds a matrix of scores; for explaining, the probabilities of a few chosen
 * tokens are computed again by plain code, from the keys that a pass leaves in its cache and the queries of those tokens alone. Memory grows
 * with tokens times chosen tokens, never with the square of the tokens.
 */
public final class AttentionProbe {
    private AttentionProbe() {
    }

    /**
     * Attention of chosen tokens in every layer and head.
     *
     * @param ids [1, seq] I32
     * @param positions [1, seq] I32
     * @param mask of seq tokens over themselves
     * @param queries sequence indices of the tokens that look
     * @return probabilities [layers][heads][queries][seq]; those of a query sum to 1, and are 0 where the mask forbids
     */
    public static float[][][][] probabilities(Ops ops, Chameleon model, Tensor ids, Tensor positions, AttentionMask mask, int[] queries) {
        ChameleonConfig config = model.config();
        int seq = ids.size(1);
        if (ids.dim(0) != 1 || ops.isTraining()) {
            throw new IllegalArgumentException("the probe reads one sequence without a tape, got ids " + ids);
        }
        float[][][][] out = new float[config.layers()][][][];
        try (MemoryScope scope = ops.backend().openScope("attention probe")) {
            Ops own = new Ops(ops.backend(), scope);
            KvCache cache = new KvCache(ops.backend(), scope, config, 1, seq);
            List<Tensor> inputs = model.hiddenStates(own, model.embed(own, ids), Pass.prefill(positions, mask, cache)); // [layers + 1]
            Tensor rows = scope.of(queries, 1, queries.length);
            int[] all = positions.toIntArray();
            int[] chosen = new int[queries.length];
            for (int i = 0; i < chosen.length; i++) {
                chosen[i] = all[queries[i]];
            }
            Tensor places = scope.of(chosen, 1, chosen.length);
            for (int layer = 0; layer < out.length; layer++) {
                Tensor x = own.embedding(inputs.get(layer).reshape(seq, config.hiddenSize()), rows); // [1, queries, hidden]
                float[] q = model.layer(layer).queries(own, x, places).toFloatArray(); // [queries, heads, headDim]
                float[] k = cache.keys(layer).toFloatArray(); // [seq, kvHeads, headDim]
                out[layer] = heads(config, q, k, mask, queries);
            }
        }
        return out;
    }

    private static float[][][] heads(ChameleonConfig config, float[] q, float[] k, AttentionMask mask, int[] queries) {
        int heads = config.heads();
        int kvHeads = config.kvHeads();
        int dim = config.headDim();
        float[][][] out = new float[heads][queries.length][];
        for (int h = 0; h < heads; h++) {
            int kvHead = h / (heads / kvHeads);
            for (int i = 0; i < queries.length; i++) {
                double[] scores = new double[mask.keys()];
                double max = Double.NEGATIVE_INFINITY;
                for (int j = 0; j < scores.length; j++) {
                    scores[j] = mask.allows(queries[i], j) ? dot(q, (i * heads + h) * dim, k, (j * kvHeads + kvHead) * dim, dim) / Math.sqrt(dim)
                            : Double.NEGATIVE_INFINITY;
                    max = Math.max(max, scores[j]);
                }
                out[h][i] = softmax(scores, max);
            }
        }
        return out;
    }

    private static double dot(float[] a, int aAt, float[] b, int bAt, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += (double) a[aAt + i] * b[bAt + i];
        }
        return sum;
    }

    private static float[] softmax(double[] scores, double max) {
        double sum = 0;
        for (double score : scores) {
            sum += Math.exp(score - max);
        }
        float[] out = new float[scores.length];
        for (int j = 0; j < out.length; j++) {
            out[j] = (float) (Math.exp(scores[j] - max) / sum);
        }
        return out;
    }
}
