package org.xprompt4j.vqvae;

import org.xprompt4j.nn.Module;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;

/** Doubles a feature map: every pixel four times, then a 3x3 convolution. */
public final class Upsample extends Module {
    private final Conv2d conv;

    Upsample(int channels) {
        conv = child("conv", Conv2d.of3x3(channels, channels));
    }

    /** x [batch, h, w, channels] to [batch, 2h, 2w, channels]. */
    public Tensor forward(Ops ops, Tensor x) {
        return conv.forward(ops, ops.upsampleNearest(x));
    }
}
