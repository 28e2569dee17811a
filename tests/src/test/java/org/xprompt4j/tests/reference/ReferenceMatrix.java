package org.xprompt4j.tests.reference;

/** Matrix products, cross entropy over a linear layer, and squared distances to a codebook. */
public final class ReferenceMatrix {
    private ReferenceMatrix() {
    }

    /** a [m, k] (or [k, m]) times b [k, n] (or [n, k]). */
    public static double[] matmul(double[] a, double[] b, int m, int n, int k, boolean transposeA, boolean transposeB) {
        double[] out = new double[m * n];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                for (int p = 0; p < k; p++) {
                    out[i * n + j] += a[transposeA ? p * m + i : i * k + p] * b[transposeB ? j * k + p : p * n + j];
                }
            }
        }
        return out;
    }

    /** Loss of each row; hidden [rows, dim], weight [vocab, dim]; negative labels are not counted. */
    public static double[] crossEntropy(double[] hidden, double[] weight, int[] labels, int dim, double zLoss) {
        int vocab = weight.length / dim;
        double[] logits = matmul(hidden, weight, labels.length, vocab, dim, false, true);
        double[] loss = new double[labels.length];
        for (int row = 0; row < labels.length; row++) {
            if (labels[row] >= 0) {
                double z = logSumExp(logits, row * vocab, vocab);
                loss[row] = z - logits[row * vocab + labels[row]] + zLoss * z * z;
            }
        }
        return loss;
    }

    /** log Σ exp of a stretch. */
    public static double logSumExp(double[] values, int from, int length) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < length; i++) {
            max = Math.max(max, values[from + i]);
        }
        double sum = 0;
        for (int i = 0; i < length; i++) {
            sum += Math.exp(values[from + i] - max);
        }
        return max + Math.log(sum);
    }

    /** Squared distances [rows, codes]; z [rows, dim], codebook [codes, dim]. */
    public static double[] squaredDistances(double[] z, double[] codebook, int dim) {
        int rows = z.length / dim;
        int codes = codebook.length / dim;
        double[] out = new double[rows * codes];
        for (int r = 0; r < rows; r++) {
            for (int e = 0; e < codes; e++) {
                for (int c = 0; c < dim; c++) {
                    out[r * codes + e] += Math.pow(z[r * dim + c] - codebook[e * dim + c], 2);
                }
            }
        }
        return out;
    }
}
