package org.xprompt4j.tensor.scalar;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionMask;
import org.xprompt4j.tensor.op.AttentionSpec;

/**
 * Masked attention (Vaswani et al., 2017): {@code p[i,j] = exp(scale q[i]·k[j] - logSumExp[i])} over the keys j that the mask
 * allows, {@code out[i] = Σ_j p[i,j] v[j]}. Backward (Dao et al., 2022, appendix B): {@code dP = dOut·v},
 * {@code dS = p (dP - dOut·out) scale}, {@code dQ = dS k}, {@code dK = dSᵀ q}, {@code dV = pᵀ dOut}.
 */
final class Attention {
    private Attention() {
    }

    /** q, out [batch, queries, heads, headDim]; k, v [batch, keys, kvHeads, headDim]; logSumExp [batch, heads, queries] or null. */
    static void forward(AttentionSpec spec, Tensor qTensor, Tensor kTensor, Tensor vTensor, Tensor outTensor, Tensor logSumExpTensor) {
        FloatView q = FloatView.of(qTensor);
        FloatView k = FloatView.of(kTensor);
        FloatView v = FloatView.of(vTensor);
        FloatView out = FloatView.of(outTensor);
        FloatView logSumExp = FloatView.of(logSumExpTensor);
        AttentionMask mask = spec.mask();
        int queries = qTensor.size(1);
        int heads = qTensor.size(2);
        int dim = qTensor.size(3);
        int keys = kTensor.size(1);
        int kvHeads = kTensor.size(2);
        double[] scores = new double[keys];
        for (long b = 0; b < qTensor.dim(0); b++) {
            for (int h = 0; h < heads; h++) {
                int kvHead = h / (heads / kvHeads);
                for (int i = 0; i < queries; i++) {
                    long qRow = ((b * queries + i) * heads + h) * dim;
                    for (int j = 0; j < keys; j++) {
                        long kRow = ((b * keys + j) * kvHeads + kvHead) * dim;
                        scores[j] = mask.allows(i, j) ? spec.scale() * dot(q, qRow, k, kRow, dim) : Double.NEGATIVE_INFINITY;
                    }
                    double lse = softmax(scores, keys);
                    for (int c = 0; c < dim; c++) {
                        double sum = 0;
                        for (int j = 0; j < keys; j++) {
                            sum += scores[j] == 0 ? 0 : scores[j] * v.get(((b * keys + j) * kvHeads + kvHead) * dim + c);
                        }
                        out.set(qRow + c, sum);
                    }
                    if (logSumExp != null) {
                        logSumExp.set((b * heads + h) * queries + i, lse);
                    }
                }
            }
        }
    }

    /** dQ, dK, dV shaped as q, k, v are added to; each may be null. */
    static void backward(AttentionSpec spec, Tensor qTensor, Tensor kTensor, Tensor vTensor, Tensor outTensor, Tensor logSumExpTensor,
            Tensor dOutTensor, Tensor dQTensor, Tensor dKTensor, Tensor dVTensor) {
        FloatView q = FloatView.of(qTensor);
        FloatView k = FloatView.of(kTensor);
        FloatView v = FloatView.of(vTensor);
        FloatView out = FloatView.of(outTensor);
        FloatView logSumExp = FloatView.of(logSumExpTensor);
        FloatView dOut = FloatView.of(dOutTensor);
        AttentionMask mask = spec.mask();
        int queries = qTensor.size(1);
        int heads = qTensor.size(2);
        int dim = qTensor.size(3);
        int keys = kTensor.size(1);
        int kvHeads = kTensor.size(2);
        double[] dQ = new double[Math.toIntExact(qTensor.numel())];
        double[] dK = new double[Math.toIntExact(kTensor.numel())];
        double[] dV = new double[Math.toIntExact(vTensor.numel())];
        for (int b = 0; b < qTensor.size(0); b++) {
            for (int h = 0; h < heads; h++) {
                int kvHead = h / (heads / kvHeads);
                for (int i = 0; i < queries; i++) {
                    int qRow = ((b * queries + i) * heads + h) * dim;
                    double lse = logSumExp.get(((long) b * heads + h) * queries + i);
                    double dOutOut = dot(dOut, qRow, out, qRow, dim);
                    for (int j = 0; j < keys; j++) {
                        if (!mask.allows(i, j)) {
                            continue;
                        }
                        int kRow = ((b * keys + j) * kvHeads + kvHead) * dim;
                        double p = Math.exp(spec.scale() * dot(q, qRow, k, kRow, dim) - lse);
                        double dS = p * (dot(dOut, qRow, v, kRow, dim) - dOutOut) * spec.scale();
                        for (int c = 0; c < dim; c++) {
                            dQ[qRow + c] += dS * k.get(kRow + c);
                            dK[kRow + c] += dS * q.get(qRow + c);
                            dV[kRow + c] += p * dOut.get(qRow + c);
                        }
                    }
                }
            }
        }
        if (dQTensor != null) {
            FloatView.of(dQTensor).addAll(dQ);
        }
        if (dKTensor != null) {
            FloatView.of(dKTensor).addAll(dK);
        }
        if (dVTensor != null) {
            FloatView.of(dVTensor).addAll(dV);
        }
    }

    static double dot(FloatView a, long aFrom, FloatView b, long bFrom, long length) {
        double sum = 0;
        for (long c = 0; c < length; c++) {
            sum += (double) a.get(aFrom + c) * b.get(bFrom + c);
        }
        return sum;
    }

    /** Replaces the first scores by their softmax; returns log Σ exp. The largest score is taken out first: no overflow. */
    static double softmax(double[] scores, int length) {
        double max = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < length; j++) {
            max = Math.max(max, scores[j]);
        }
        double sum = 0;
        for (int j = 0; j < length; j++) {
            scores[j] = Math.exp(scores[j] - max);
            sum += scores[j];
        }
        for (int j = 0; j < length; j++) {
            scores[j] /= sum;
        }
        return max + Math.log(sum);
    }
}
