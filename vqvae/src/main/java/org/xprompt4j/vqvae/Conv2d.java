package org.xprompt4j.vqvae;

import org.xprompt4j.nn.Initialisation;
import org.xprompt4j.nn.Module;
import org.xprompt4j.nn.Parameter;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Conv2dSpec;

/** A convolution with bias and zero padding; {@code weight} [out, in, kernel, kernel], {@code bias} [out], as in PyTorch's files. */
public final class Conv2d extends Module {
    private final Conv2dSpec spec;
    private final Parameter weight; // [out, in, kernel, kernel]
    private final Parameter bias; // [out]

    private Conv2d(int in, int out, int kernel, Conv2dSpec spec, Initialisation initialisation) {
        this.spec = spec;
        weight = matrix("weight", initialisation, out, in, kernel, kernel);
        bias = vector("bias", initialisation, out);
    }

    /** Any square kernel and padding; starts uniform in 1/sqrt(inputs of one output), as PyTorch does. */
    public static Conv2d of(int in, int out, int kernel, Conv2dSpec spec) {
        return new Conv2d(in, out, kernel, spec, Initialisation.uniform((float) (1 / Math.sqrt((double) in * kernel * kernel))));
    }

    /** 3x3 with one pixel of padding: the size stays. */
    public static Conv2d of3x3(int in, int out) {
        return of(in, out, 3, Conv2dSpec.padded(1));
    }

    /** 1x1: a linear map of each pixel's channels. */
    public static Conv2d of1x1(int in, int out) {
        return of(in, out, 1, Conv2dSpec.padded(0));
    }

    /** The last convolution of a residual branch: it starts at zero, so that a new block is the identity. Kernel 1 or 3. */
    public static Conv2d closing(int in, int out, int kernel) {
        return new Conv2d(in, out, kernel, Conv2dSpec.padded(kernel / 2), Initialisation.zeros());
    }

    /** x [batch, height, width, in] to [batch, outHeight, outWidth, out]. */
    public Tensor forward(Ops ops, Tensor x) {
        return forward(ops, x, null);
    }

    /** The same plus a residual [batch, outHeight, outWidth, out]; null for none. */
    public Tensor forward(Ops ops, Tensor x, Tensor residual) {
        return ops.conv2d(spec, x, weight.value(), bias.value(), residual);
    }
}
