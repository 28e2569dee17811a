package org.xprompt4j.tensor.scalar;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.GroupNormSpec;

/**
 * Group norm (Wu and He, 2018) of channels-last pictures: each group of neighbouring channels of one picture is normalised over
 * its pixels and channels, then {@code out = activation(w[c] n + b[c])}. Backward as {@link LayerNorm}, through the activation first.
 */
final class GroupNorm {
    private GroupNorm() {
    }

    /** x, out [batch, height, width, channels]; weight, bias [channels]; mean, inverseStd [batch, groups]. */
    static void forward(GroupNormSpec spec, Tensor xTensor, Tensor weightTensor, Tensor biasTensor, Tensor outTensor,
            Tensor meanTensor, Tensor inverseStdTensor) {
        FloatView x = FloatView.of(xTensor);
        FloatView weight = FloatView.of(weightTensor);
        FloatView bias = FloatView.of(biasTensor);
        FloatView out = FloatView.of(outTensor);
        FloatView mean = FloatView.of(meanTensor);
        FloatView inverseStd = FloatView.of(inverseStdTensor);
        long pixels = xTensor.dim(1) * xTensor.dim(2);
        long channels = xTensor.dim(3);
        long width = channels / spec.groups(); // channels of one group
        for (long b = 0; b < xTensor.dim(0); b++) {
            for (long group = 0; group < spec.groups(); group++) {
                double sum = 0;
                for (long p = 0; p < pixels; p++) {
                    for (long c = group * width; c < (group + 1) * width; c++) {
                        sum += x.get((b * pixels + p) * channels + c);
                    }
                }
                double m = sum / (pixels * width);
                double squares = 0;
                for (long p = 0; p < pixels; p++) {
                    for (long c = group * width; c < (group + 1) * width; c++) {
                        double d = x.get((b * pixels + p) * channels + c) - m;
                        squares += d * d;
                    }
                }
                double s = 1 / Math.sqrt(squares / (pixels * width) + spec.eps());
                for (long p = 0; p < pixels; p++) {
                    for (long c = group * width; c < (group + 1) * width; c++) {
                        long at = (b * pixels + p) * channels + c;
                        out.set(at, Unary.activate(spec.activation(), (x.get(at) - m) * s * weight.get(c) + bias.get(c)));
                    }
                }
                mean.set(b * spec.groups() + group, m);
                inverseStd.set(b * spec.groups() + group, s);
            }
        }
    }

    /** dX as x, dWeight and dBias [channels] are added to; each may be null. */
    static void backward(GroupNormSpec spec, Tensor xTensor, Tensor weightTensor, Tensor biasTensor, Tensor meanTensor,
            Tensor inverseStdTensor, Tensor dOutTensor, Tensor dXTensor, Tensor dWeightTensor, Tensor dBiasTensor) {
        FloatView x = FloatView.of(xTensor);
        FloatView weight = FloatView.of(weightTensor);
        FloatView bias = FloatView.of(biasTensor);
        FloatView mean = FloatView.of(meanTensor);
        FloatView inverseStd = FloatView.of(inverseStdTensor);
        FloatView dOut = FloatView.of(dOutTensor);
        int pixels = Math.toIntExact(xTensor.dim(1) * xTensor.dim(2));
        int channels = xTensor.size(3);
        int width = channels / spec.groups();
        double[] dWeight = new double[channels];
        double[] dBias = new double[channels];
        double[] n = new double[pixels * width]; // one group, [pixels, width]
        double[] g = new double[pixels * width];
        for (long b = 0; b < xTensor.dim(0); b++) {
            for (int group = 0; group < spec.groups(); group++) {
                double m = mean.get(b * spec.groups() + group);
                double s = inverseStd.get(b * spec.groups() + group);
                for (int i = 0; i < n.length; i++) {
                    int c = group * width + i % width;
                    long at = (b * pixels + i / width) * channels + c;
                    n[i] = (x.get(at) - m) * s;
                    double affine = n[i] * weight.get(c) + bias.get(c);
                    double dAffine = dOut.get(at) * Unary.activationSlope(spec.activation(), affine);
                    dWeight[c] += dAffine * n[i];
                    dBias[c] += dAffine;
                    g[i] = dAffine * weight.get(c);
                }
                if (dXTensor != null) {
                    FloatView dX = FloatView.of(dXTensor);
                    LayerNorm.throughNorm(s, n, g);
                    for (int i = 0; i < g.length; i++) {
                        dX.add((b * pixels + i / width) * channels + group * width + i % width, g[i]);
                    }
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
}
