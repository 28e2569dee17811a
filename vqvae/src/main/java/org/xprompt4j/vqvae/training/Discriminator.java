package org.xprompt4j.vqvae.training;

import java.util.ArrayList;
import java.util.List;

import org.xprompt4j.nn.Module;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Activation;
import org.xprompt4j.tensor.op.Conv2dSpec;
import org.xprompt4j.tensor.op.UnaryOp;
import org.xprompt4j.vqvae.Conv2d;
import org.xprompt4j.vqvae.GroupNorm;

/**
 * A patch discriminator (Isola et al., 2017): 4x4 convolutions of stride 2 with widths channels · {1, 2, 4, 8}, one of stride
 * 1, one to a single number a patch. Norms are GroupNorm instead of BatchNorm, so that a picture's score does not depend on
 * its batch.
 */
public final class Discriminator extends Module {
    private static final Conv2dSpec STRIDED = new Conv2dSpec(2, 1, 1, 1, 1);
    private static final Conv2dSpec PLAIN = new Conv2dSpec(1, 1, 1, 1, 1);
    private static final int GROUPS = 32;

    private final List<Conv2d> convs = new ArrayList<>();
    private final List<GroupNorm> norms = new ArrayList<>(); // one for each conv but the first and the last

    /** A discriminator of pictures with 3 channels. */
    public Discriminator(int channels, int layers) {
        int in = 3;
        for (int layer = 0; layer <= layers; layer++) {
            int out = channels * (1 << Math.min(layer, 3));
            convs.add(child("conv." + layer, Conv2d.of(in, out, 4, layer < layers ? STRIDED : PLAIN)));
            if (layer > 0) {
                norms.add(child("norm." + layer, new GroupNorm(out, GROUPS, Activation.NONE)));
            }
            in = out;
        }
        convs.add(child("conv." + (layers + 1), Conv2d.of(in, 1, 4, PLAIN)));
    }

    /** Pictures [batch, height, width, 3] to one number a patch [batch, h, w, 1]; high means real. */
    public Tensor forward(Ops ops, Tensor pictures) {
        Tensor h = ops.unary(UnaryOp.LEAKY_RELU, convs.getFirst().forward(ops, pictures));
        for (int layer = 1; layer < convs.size() - 1; layer++) {
            h = ops.unary(UnaryOp.LEAKY_RELU, norms.get(layer - 1).forward(ops, convs.get(layer).forward(ops, h)));
        }
        return convs.getLast().forward(ops, h);
    }
}
