package org.xprompt4j.vqvae;

import org.xprompt4j.nn.Module;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;

/** The middle of encoder and decoder: a residual block, attention, a residual block, at the coarsest resolution. */
final class Middle extends Module {
    private final ResnetBlock block1;
    private final AttentionBlock attention;
    private final ResnetBlock block2;

    Middle(int channels, int groups) {
        block1 = child("block_1", new ResnetBlock(channels, channels, groups));
        attention = child("attn_1", new AttentionBlock(channels, groups));
        block2 = child("block_2", new ResnetBlock(channels, channels, groups));
    }

    /** x [batch, height, width, channels] to the same shape. */
    Tensor forward(Ops ops, Tensor x) {
        return block2.forward(ops, attention.forward(ops, block1.forward(ops, x)));
    }
}
