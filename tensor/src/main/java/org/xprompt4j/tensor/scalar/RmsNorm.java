package org.xprompt4j.tensor.scalar;

import org.xprompt4j.tensor.Tensor;

/**
 * Root mean square norm (Zhang and Sennrich, 2019): {@code out = w ⊙ x · r} with {@code r = 1 / sqrt(mean(x²) + eps)}.
 * Backward, with {@code g = w ⊙ dOut}: {@code dX = r (g - x r² mean(g ⊙ x))}, {@code dW = Σ_rows dOut ⊙ x r}.
 */
final class RmsNorm {
    private RmsNorm() {
    }

    /** x [rows, dim], weight [dim], out [rows, dim], inverseRms [rows] or null. */
    static void forward(float eps, Tensor xTensor, Tensor weightTensor, Tensor outTensor, Tensor inverseRmsTensor) {
        FloatView x = FloatView.of(xTensor);
        FloatView weight = FloatView.of(weightTensor);
        FloatView out = FloatView.of(outTensor);
        FloatView inverseRms = FloatView.of(inverseRmsTensor);
        long dim = xTensor.dim(1);
        for (long row = 0; row < xTensor.dim(0); row++) {
            long from = row * dim;
            double squares = 0;
            for (long c = 0; c < dim; c++) {
                squares += (double) x.get(from + c) * x.get(from + c);
            }
            double r = 1 / Math.sqrt(squares / dim + eps);
            for (long c = 0; c < dim; c++) {
                out.set(from + c, x.get(from + c) * r * weight.get(c));
            }
            if (inverseRms != null) {
                inverseRms.set(row, r);
            }
        }
    }

    /** dX [rows, dim] and dWeight [dim] are added to; either may be null. */
    static void backward(Tensor xTensor, Tensor weightTensor, Tensor inverseRmsTensor, Tensor dOutTensor, Tensor dXTensor, Tensor dWeightTensor) {
        FloatView x = FloatView.of(xTensor);
        FloatView weight = FloatView.of(weightTensor);
        FloatView inverseRms = FloatView.of(inverseRmsTensor);
        FloatView dOut = FloatView.of(dOutTensor);
        FloatView dX = FloatView.of(dXTensor);
        int dim = xTensor.size(1);
        double[] dWeight = new double[dim];
        for (long row = 0; row < xTensor.dim(0); row++) {
            long from = row * dim;
            double r = inverseRms.get(row);
            double gx = 0; // Σ g ⊙ x
            for (int c = 0; c < dim; c++) {
                gx += (double) dOut.get(from + c) * weight.get(c) * x.get(from + c);
                dWeight[c] += (double) dOut.get(from + c) * x.get(from + c) * r;
            }
            for (int c = 0; dX != null && c < dim; c++) {
                dX.add(from + c, r * ((double) dOut.get(from + c) * weight.get(c) - x.get(from + c) * r * r * gx / dim));
            }
        }
        if (dWeightTensor != null) {
            FloatView.of(dWeightTensor).addAll(dWeight);
        }
    }
}
