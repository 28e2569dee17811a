package org.xprompt4j.vqvae;

import java.util.ArrayList;
import java.util.List;

import org.xprompt4j.nn.Module;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;

/** The residual blocks of one resolution, each followed by attention where the configuration asks for it. */
final class Level extends Module {
    private final List<ResnetBlock> blocks = new ArrayList<>();
    private final List<AttentionBlock> attentions = new ArrayList<>(); // empty, or one a block

    Level(int in, int out, int blockCount, boolean attends, int groups) {
        for (int i = 0; i < blockCount; i++) {
            blocks.add(child("block." + i, new ResnetBlock(i == 0 ? in : out, out, groups)));
            if (attends) {
                attentions.add(child("attn." + i, new AttentionBlock(out, groups)));
            }
        }
    }

    /** x [batch, height, width, in] to [batch, height, width, out]. */
    Tensor forward(Ops ops, Tensor x) {
        Tensor h = x;
        for (int i = 0; i < blocks.size(); i++) {
            h = blocks.get(i).forward(ops, h);
            if (!attentions.isEmpty()) {
                h = attentions.get(i).forward(ops, h);
            }
        }
        return h;
    }
}
