package org.xprompt4j.tests.reference;

/** Softmax attention with a dense mask, and its log-sum-exp. */
public final class ReferenceAttention {
    private ReferenceAttention() {
    }

    /**
     * Sizes of one attention.
     *
     * @param sees [queries][keys]
     */
    public record Sizes(int batch, int heads, int kvHeads, int dim, double scale, boolean[][] sees) {
        public int queries() {
            return sees.length;
        }

        public int keys() {
            return sees[0].length;
        }
    }

    /** q [batch, queries, heads, dim]; k, v [batch, keys, kvHeads, dim]; result as q. */
    public static double[] attention(Sizes s, double[] q, double[] k, double[] v) {
        double[] out = new double[q.length];
        double[] lse = logSumExp(s, q, k);
        for (int b = 0; b < s.batch; b++) {
            for (int h = 0; h < s.heads; h++) {
                for (int i = 0; i < s.queries(); i++) {
                    for (int j = 0; j < s.keys(); j++) {
                        if (s.sees[i][j]) {
                            double p = Math.exp(score(s, q, k, b, h, i, j) - lse[(b * s.heads + h) * s.queries() + i]);
                            for (int c = 0; c < s.dim; c++) {
                                out[qAt(s, b, i, h) + c] += p * v[kAt(s, b, j, h) + c];
                            }
                        }
                    }
                }
            }
        }
        return out;
    }

    /** [batch, heads, queries]. */
    public static double[] logSumExp(Sizes s, double[] q, double[] k) {
        double[] lse = new double[s.batch * s.heads * s.queries()];
        for (int b = 0; b < s.batch; b++) {
            for (int h = 0; h < s.heads; h++) {
                for (int i = 0; i < s.queries(); i++) {
                    double max = Double.NEGATIVE_INFINITY;
                    for (int j = 0; j < s.keys(); j++) {
                        max = s.sees[i][j] ? Math.max(max, score(s, q, k, b, h, i, j)) : max;
                    }
                    double sum = 0;
                    for (int j = 0; j < s.keys(); j++) {
                        sum += s.sees[i][j] ? Math.exp(score(s, q, k, b, h, i, j) - max) : 0;
                    }
                    lse[(b * s.heads + h) * s.queries() + i] = max + Math.log(sum);
                }
            }
        }
        return lse;
    }

    private static double score(Sizes s, double[] q, double[] k, int b, int h, int i, int j) {
        double sum = 0;
        for (int c = 0; c < s.dim; c++) {
            sum += q[qAt(s, b, i, h) + c] * k[kAt(s, b, j, h) + c];
        }
        return s.scale * sum;
    }

    private static int qAt(Sizes s, int b, int i, int h) {
        return ((b * s.queries() + i) * s.heads + h) * s.dim;
    }

    private static int kAt(Sizes s, int b, int j, int h) {
        return ((b * s.keys() + j) * s.kvHeads + h * s.kvHeads / s.heads) * s.dim;
    }
}
