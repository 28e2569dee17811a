package org.xprompt4j.tensor.scalar;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.QkNormRopeSpec;

/**
 * Layer norm of each head's numbers (Chameleon, section 2.3), then rotary position embedding (Su et al., 2021) on halves:
 * the pair (n[i], n[i + headDim/2]) turns by the angle {@code position · theta^(-2i/headDim)}. Backward turns the gradient back
 * by the same angle and goes through the norm.
 */
final class QkNormRope {
    private QkNormRope() {
    }

    /** x, out [batch, seq, heads, headDim]; weight, bias [groups, headDim]; positions [batch, seq]. */
    static void forward(QkNormRopeSpec spec, Tensor xTensor, Tensor weightTensor, Tensor biasTensor, Tensor positions, Tensor outTensor) {
        FloatView x = FloatView.of(xTensor);
        FloatView weight = FloatView.of(weightTensor);
        FloatView bias = FloatView.of(biasTensor);
        FloatView out = FloatView.of(outTensor);
        int heads = xTensor.size(2);
        int dim = xTensor.size(3);
        int headsPerGroup = heads / weightTensor.size(0);
        double[] n = new double[dim];
        int[] position = positions.toIntArray(); // [batch * seq]
        for (int row = 0; row < position.length; row++) {
            for (int head = 0; head < heads; head++) {
                long from = ((long) row * heads + head) * dim;
                long affine = (long) (head / headsPerGroup) * dim;
                LayerNorm.normalise(spec.eps(), x, from, n);
                for (int i = 0; i < dim; i++) {
                    n[i] = n[i] * weight.get(affine + i) + bias.get(affine + i);
                }
                rotate(spec.theta(), position[row], n);
                for (int i = 0; i < dim; i++) {
                    out.set(from + i, n[i]);
                }
            }
        }
    }

    /** dX as x, dWeight and dBias [groups, headDim] are added to; each may be null. */
    static void backward(QkNormRopeSpec spec, Tensor xTensor, Tensor weightTensor, Tensor positions, Tensor dOutTensor,
            Tensor dXTensor, Tensor dWeightTensor, Tensor dBiasTensor) {
        FloatView x = FloatView.of(xTensor);
        FloatView weight = FloatView.of(weightTensor);
        FloatView dOut = FloatView.of(dOutTensor);
        int heads = xTensor.size(2);
        int dim = xTensor.size(3);
        int groups = weightTensor.size(0);
        double[] n = new double[dim];
        double[] g = new double[dim];
        double[] dWeight = new double[groups * dim];
        double[] dBias = new double[groups * dim];
        int[] position = positions.toIntArray();
        for (int row = 0; row < position.length; row++) {
            for (int head = 0; head < heads; head++) {
                long from = ((long) row * heads + head) * dim;
                int affine = head / (heads / groups) * dim;
                double s = LayerNorm.normalise(spec.eps(), x, from, n);
                for (int i = 0; i < dim; i++) {
                    g[i] = dOut.get(from + i);
                }
                rotate(spec.theta(), -position[row], g);
                for (int i = 0; i < dim; i++) {
                    dWeight[affine + i] += g[i] * n[i];
                    dBias[affine + i] += g[i];
                    g[i] *= weight.get(affine + i);
                }
                if (dXTensor != null) {
                    LayerNorm.throughNorm(s, n, g);
                    FloatView.of(dXTensor).addAll(from, g);
                }
            }
        }
        if (dWeightTensor != null) {
            FloatView.of(dWeightTensor).addAll(dWeight);
        }
        if (dBiasTensor != null) {
            FloatView.of(dBiasTensor).addAll(dBias);
        }
    }

    private static void rotate(double theta, int position, double[] head) {
        int half = head.length / 2;
        for (int i = 0; i < half; i++) {
            double angle = position * Math.pow(theta, -2.0 * i / head.length);
            double cos = Math.cos(angle);
            double sin = Math.sin(angle);
            double low = head[i];
            double high = head[i + half];
            head[i] = low * cos - high * sin;
            head[i + half] = high * cos + low * sin;
        }
    }
}
