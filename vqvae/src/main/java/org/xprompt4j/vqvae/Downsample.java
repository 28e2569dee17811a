package org.xprompt4j.vqvae;

import org.xprompt4j.nn.Module;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Conv2dSpec;

/** Halves a feature map: one row of zeros below, one column to the right, then a 3x3 convolution of stride 2. */
public final class Downsample extends Module {
    private final Conv2d conv;

    Downsample(int channels) {
        conv = child("conv", Conv2d.of(channels, channels, 3, Conv2dSpec.downsample()));
    }

    /** x [batch, 2h, 2w, channels] to [batch, h, w, channels]. */
    public Tensor forward(Ops ops, Tensor x) {
        return conv.forward(ops, x);
    }
}
