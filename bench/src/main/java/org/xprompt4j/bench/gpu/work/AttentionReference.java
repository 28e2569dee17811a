package org.xprompt4j.bench.gpu.work;

import org.xprompt4j.tensor.op.AttentionSpec;

/**
 * One head of attention in float64 by the formula, row by row: outputs and gradients of single queries and keys, for sequences of which
 * plain loops could not do all.
 */
final class AttentionReference {
    private final AttentionSpec spec;
    private final int tokens;
    private final int dim;
    private final float[] q; // [tokens, dim]
    private final float[] k; // [tokens, dim]
    private final float[] v; // [tokens, dim]
    private final float[] logSumExp; // [tokens], the device's; compare some with the formula's first

    AttentionReference(AttentionSpec spec, int dim, float[] q, float[] k, float[] v, float[] logSumExp) {
        this.spec = spec;
        this.tokens = spec.mask().keys();
        this.dim = dim;
        this.q = q;
        this.k = k;
        this.v = v;
        this.logSumExp = logSumExp;
    }

    private static double dot(float[] a, int row, float[] b, int other, int dim) {
        double sum = 0;
        for (int i = 0; i < dim; i++) {
            sum += (double) a[row * dim + i] * b[other * dim + i];
        }
        return sum;
    }

    private double score(int query, int key) {
        return spec.scale() * dot(q, query, k, key, dim);
    }

    /** log of the sum of exp of a query's scores, by the formula. */
    double logSumExp(int query) {
        double largest = Double.NEGATIVE_INFINITY;
        double sum = 0;
        for (int key = 0; key <= query; key++) {
            if (spec.mask().allows(query, key)) {
                double s = score(query, key);
                sum = s > largest ? sum * Math.exp(largest - s) + 1 : sum + Math.exp(s - largest);
                largest = Math.max(largest, s);
            }
        }
        return largest + Math.log(sum);
    }

    /** The device's own, which all weights are computed with. */
    float measuredLogSumExp(int query) {
        return logSumExp[query];
    }

    private double weight(int query, int key) {
        return spec.mask().allows(query, key) ? Math.exp(score(query, key) - logSumExp[query]) : 0;
    }

    /** Output of a query, [dim]. */
    float[] output(int query) {
        double[] sum = new double[dim];
        for (int key = 0; key <= query; key++) {
            add(sum, weight(query, key), v, key);
        }
        return floats(sum);
    }

    /** Gradient of a query, [dim], for gradients dOut [tokens, dim] of the outputs. */
    float[] gradientOfQuery(int query, float[] dOut) {
        double delta = delta(query, dOut);
        double[] sum = new double[dim];
        for (int key = 0; key <= query; key++) {
            double p = weight(query, key);
            if (p != 0) {
                add(sum, spec.scale() * p * (dot(dOut, query, v, key, dim) - delta), k, key);
            }
        }
        return floats(sum);
    }

    /** Gradient of a value, [dim]: the sum over all queries that see it. */
    float[] gradientOfValue(int key, float[] dOut) {
        double[] sum = new double[dim];
        for (int query = key; query < tokens; query++) {
            add(sum, weight(query, key), dOut, query);
        }
        return floats(sum);
    }

    private double delta(int query, float[] dOut) {
        float[] out = output(query);
        double sum = 0;
        for (int i = 0; i < dim; i++) {
            sum += (double) dOut[query * dim + i] * out[i];
        }
        return sum;
    }

    /**
     * Gradient of a key, [dim].
     *
     * @param outputs [tokens, dim] of all queries, checked themselves: computing them all by the formula would take minutes
     */
    float[] gradientOfKey(int key, float[] dOut, float[] outputs) {
        double[] sum = new double[dim];
        for (int query = key; query < tokens; query++) {
            double p = weight(query, key);
            if (p != 0) {
                add(sum, spec.scale() * p * (dot(dOut, query, v, key, dim) - dot(dOut, query, outputs, query, dim)), q, query);
            }
        }
        return floats(sum);
    }

    private void add(double[] sum, double factor, float[] rows, int row) {
        for (int i = 0; factor != 0 && i < dim; i++) {
            sum[i] += factor * rows[row * dim + i];
        }
    }

    private static float[] floats(double[] values) {
        float[] out = new float[values.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) values[i];
        }
        return out;
    }
}
