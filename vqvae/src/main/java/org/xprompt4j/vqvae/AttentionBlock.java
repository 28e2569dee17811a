package org.xprompt4j.vqvae;

import org.xprompt4j.nn.Module;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Activation;
import org.xprompt4j.tensor.op.AttentionMask;
import org.xprompt4j.tensor.op.AttentionSpec;

/** Self-attention between all pixels of a feature map: one head as wide as the channels, added to the input. */
public final class AttentionBlock extends Module {
    private final int channels;
    private final GroupNorm norm;
    private final Conv2d q;
    private final Conv2d k;
    private final Conv2d v;
    private final Conv2d projOut;

    AttentionBlock(int channels, int groups) {
        this.channels = channels;
        norm = child("norm", new GroupNorm(channels, groups, Activation.NONE));
        q = child("q", Conv2d.of1x1(channels, channels));
        k = child("k", Conv2d.of1x1(channels, channels));
        v = child("v", Conv2d.of1x1(channels, channels));
        projOut = child("proj_out", Conv2d.closing(channels, channels, 1));
    }

    /** x [batch, height, width, channels] to the same shape. */
    public Tensor forward(Ops ops, Tensor x) {
        int pixels = Math.toIntExact(x.dim(1) * x.dim(2));
        Tensor h = norm.forward(ops, x);
        AttentionSpec spec = new AttentionSpec((float) (1 / Math.sqrt(channels)), AttentionMask.full(pixels, pixels));
        Tensor mixed = ops.attention(spec, asSequence(ops, q.forward(ops, h)), asSequence(ops, k.forward(ops, h)),
                asSequence(ops, v.forward(ops, h)));
        return projOut.forward(ops, ops.reshape(mixed, x.shape().toArray()), x);
    }

    /** [batch, height, width, channels] as [batch, height · width, 1, channels]. */
    private Tensor asSequence(Ops ops, Tensor x) {
        return ops.reshape(x, x.dim(0), -1, 1, channels);
    }
}
