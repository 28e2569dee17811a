package org.xprompt4j.tensor.scalar;

import org.xprompt4j.tensor.Tensor;

/**
 * Layer norm (Ba et al., 2016): {@code out = w ⊙ n + b} with {@code n = (x - mean) s}, {@code s = 1 / sqrt(variance + eps)}.
 * Backward, with {@code g = w ⊙ dOut}: {@code dX = s (g - mean(g) - n mean(g ⊙ n))}, {@code dW = Σ dOut ⊙ n}, {@code dB = Σ dOut}.
 */
final class LayerNorm {
    private LayerNorm() {
    }

    /** x [rows, dim], weight [dim], bias [dim], out [rows, dim]. */
    static void forward(float eps, Tensor xTensor, Tensor weightTensor, Tensor biasTensor, Tensor outTensor) {
        FloatView x = FloatView.of(xTensor);
        FloatView weight = FloatView.of(weightTensor);
        FloatView bias = FloatView.of(biasTensor);
        FloatView out = FloatView.of(outTensor);
        double[] n = new double[xTensor.size(1)];
        for (long row = 0; row < xTensor.dim(0); row++) {
            long from = row * n.length;
            normalise(eps, x, from, n);
            for (int c = 0; c < n.length; c++) {
                out.set(from + c, n[c] * weight.get(c) + bias.get(c));
            }
        }
    }

    /** dX [rows, dim], dWeight [dim] and dBias [dim] are added to; each may be null. */
    static void backward(float eps, Tensor xTensor, Tensor weightTensor, Tensor dOutTensor, Tensor dXTensor, Tensor dWeightTensor,
            Tensor dBiasTensor) {
        FloatView x = FloatView.of(xTensor);
        FloatView weight = FloatView.of(weightTensor);
        FloatView dOut = FloatView.of(dOutTensor);
        int dim = xTensor.size(1);
        double[] n = new double[dim];
        double[] g = new double[dim];
        double[] dWeight = new double[dim];
        double[] dBias = new double[dim];
        for (long row = 0; row < xTensor.dim(0); row++) {
            long from = row * dim;
            double s = normalise(eps, x, from, n);
            for (int c = 0; c < dim; c++) {
                dWeight[c] += dOut.get(from + c) * n[c];
                dBias[c] += dOut.get(from + c);
                g[c] = (double) dOut.get(from + c) * weight.get(c);
            }
            if (dXTensor != null) {
                throughNorm(s, n, g);
                FloatView.of(dXTensor).addAll(from, g);
            }
        }
        if (dWeightTensor != null) {
            FloatView.of(dWeightTensor).addAll(dWeight);
        }
        if (dBiasTensor != null) {
            FloatView.of(dBiasTensor).addAll(dBias);
        }
    }

    /** Fills n with the normalised row that starts at an element; returns s. */
    static double normalise(float eps, FloatView x, long from, double[] n) {
        double mean = 0;
        for (int c = 0; c < n.length; c++) {
            mean += x.get(from + c);
        }
        mean /= n.length;
        double variance = 0;
        for (int c = 0; c < n.length; c++) {
            n[c] = x.get(from + c) - mean;
            variance += n[c] * n[c];
        }
        double s = 1 / Math.sqrt(variance / n.length + eps);
        for (int c = 0; c < n.length; c++) {
            n[c] *= s;
        }
        return s;
    }

    /** Replaces g, the gradient of n, by that of x. */
    static void throughNorm(double s, double[] n, double[] g) {
        double meanG = 0;
        double meanGn = 0;
        for (int c = 0; c < n.length; c++) {
            meanG += g[c] / n.length;
            meanGn += g[c] * n[c] / n.length;
        }
        for (int c = 0; c < n.length; c++) {
            g[c] = s * (g[c] - meanG - n[c] * meanGn);
        }
    }
}
