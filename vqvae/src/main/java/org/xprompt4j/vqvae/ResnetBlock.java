package org.xprompt4j.vqvae;

import org.xprompt4j.nn.Module;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Activation;

/** Two rounds of norm, SiLU and 3x3 convolution, added to the input; a 1x1 {@code nin_shortcut} where the width changes. */
public final class ResnetBlock extends Module {
    private final GroupNorm norm1;
    private final Conv2d conv1;
    private final GroupNorm norm2;
    private final Conv2d conv2;
    private final Conv2d ninShortcut; // null when in equals out

    ResnetBlock(int in, int out, int groups) {
        norm1 = child("norm1", new GroupNorm(in, groups, Activation.SILU));
        conv1 = child("conv1", Conv2d.of3x3(in, out));
        norm2 = child("norm2", new GroupNorm(out, groups, Activation.SILU));
        conv2 = child("conv2", Conv2d.closing(out, out, 3));
        ninShortcut = in == out ? null : child("nin_shortcut", Conv2d.of1x1(in, out));
    }

    /** x [batch, height, width, in] to [batch, height, width, out]. */
    public Tensor forward(Ops ops, Tensor x) {
        Tensor shortcut = ninShortcut == null ? x : ninShortcut.forward(ops, x);
        Tensor h = conv1.forward(ops, norm1.forward(ops, x));
        return conv2.forward(ops, norm2.forward(ops, h), shortcut);
    }
}
