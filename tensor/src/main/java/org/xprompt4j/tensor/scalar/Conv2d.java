package org.xprompt4j.tensor.scalar;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Conv2dSpec;

/**
 * Cross-correlation with zero padding, channels last:
 * {@code out[b,y,x,o] = bias[o] + residual[b,y,x,o] + Σ_{i,r,s} in[b, y·stride + r - top, x·stride + s - left, i] weight[o,i,r,s]}.
 */
final class Conv2d {
    private Conv2d() {
    }

    /** x [batch, height, width, in], weight [out, in, kernelHeight, kernelWidth], bias [out], out [batch, outHeight, outWidth, out]. */
    static void forward(Conv2dSpec spec, Tensor xTensor, Tensor weightTensor, Tensor biasTensor, Tensor residualTensor, Tensor outTensor) {
        FloatView x = FloatView.of(xTensor);
        FloatView weight = FloatView.of(weightTensor);
        FloatView bias = FloatView.of(biasTensor);
        FloatView residual = FloatView.of(residualTensor);
        FloatView out = FloatView.of(outTensor);
        int outChannels = weightTensor.size(0);
        double[] sums = new double[outChannels]; // of one output pixel
        for (int pixel = 0; pixel < outTensor.numel() / outChannels; pixel++) {
            for (int o = 0; o < outChannels; o++) {
                sums[o] = bias == null ? 0 : bias.get(o);
            }
            forEachTap(spec, xTensor, weightTensor, outTensor, pixel, (o, xAt, weightAt) -> sums[o] += (double) x.get(xAt) * weight.get(weightAt));
            for (int o = 0; o < outChannels; o++) {
                long at = (long) pixel * outChannels + o;
                out.set(at, sums[o] + (residual == null ? 0 : residual.get(at)));
            }
        }
    }

    /** dX as x, dWeight as weight and dBias [out] are added to; each may be null. */
    static void backward(Conv2dSpec spec, Tensor xTensor, Tensor weightTensor, Tensor dOutTensor, Tensor dXTensor, Tensor dWeightTensor,
            Tensor dBiasTensor) {
        FloatView x = FloatView.of(xTensor);
        FloatView weight = FloatView.of(weightTensor);
        FloatView dOut = FloatView.of(dOutTensor);
        int outChannels = weightTensor.size(0);
        double[] dX = new double[Math.toIntExact(xTensor.numel())];
        double[] dWeight = new double[Math.toIntExact(weightTensor.numel())];
        double[] dBias = new double[outChannels];
        for (int pixel = 0; pixel < dOutTensor.numel() / outChannels; pixel++) {
            long from = (long) pixel * outChannels;
            for (int o = 0; o < outChannels; o++) {
                dBias[o] += dOut.get(from + o);
            }
            forEachTap(spec, xTensor, weightTensor, dOutTensor, pixel, (o, xAt, weightAt) -> {
                dX[xAt] += (double) dOut.get(from + o) * weight.get(weightAt);
                dWeight[weightAt] += (double) dOut.get(from + o) * x.get(xAt);
            });
        }
        if (dXTensor != null) {
            FloatView.of(dXTensor).addAll(dX);
        }
        if (dWeightTensor != null) {
            FloatView.of(dWeightTensor).addAll(dWeight);
        }
        if (dBiasTensor != null) {
            FloatView.of(dBiasTensor).addAll(dBias);
        }
    }

    private interface Tap {
        void visit(int outChannel, int xAt, int weightAt);
    }

    /** Every product of one output pixel: which output channel, which element of x, which weight. Taps in the padding are left out. */
    private static void forEachTap(Conv2dSpec spec, Tensor x, Tensor weight, Tensor out, int pixel, Tap tap) {
        int height = x.size(1);
        int width = x.size(2);
        int channels = x.size(3);
        int kernelHeight = weight.size(2);
        int kernelWidth = weight.size(3);
        int outX = pixel % out.size(2);
        int outY = pixel / out.size(2) % out.size(1);
        int batch = pixel / out.size(2) / out.size(1);
        for (int r = 0; r < kernelHeight; r++) {
            int inY = outY * spec.stride() + r - spec.top();
            for (int s = 0; s < kernelWidth; s++) {
                int inX = outX * spec.stride() + s - spec.left();
                if (inY < 0 || inY >= height || inX < 0 || inX >= width) {
                    continue;
                }
                int xFrom = ((batch * height + inY) * width + inX) * channels;
                for (int o = 0; o < weight.size(0); o++) {
                    for (int i = 0; i < channels; i++) {
                        tap.visit(o, xFrom + i, ((o * channels + i) * kernelHeight + r) * kernelWidth + s);
                    }
                }
            }
        }
    }
}
