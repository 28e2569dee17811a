package org.xprompt4j.vqvae;

import org.xprompt4j.nn.Module;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Activation;

/**
 * The convolutional decoder: {@code conv_in}, the middle, levels from coarse to fine (numbered as the encoder's, so the last
 * number runs first) with an {@link Upsample} between them, {@code norm_out}, SiLU, {@code conv_out}. Each level has one
 * residual block more than the encoder's.
 */
public final class Decoder extends Module {
    private final Conv2d convIn;
    private final Middle mid;
    private final Level[] up; // by level number, 0 is the finest
    private final Upsample[] upsamples; // by level number; none at 0
    private final GroupNorm normOut;
    private final Conv2d convOut;

    Decoder(VqganConfig config) {
        int groups = config.normGroups();
        int levels = config.levels();
        int in = config.width(levels - 1);
        convIn = child("conv_in", Conv2d.of3x3(config.latentChannels(), in));
        mid = child("mid", new Middle(in, groups));
        up = new Level[levels];
        upsamples = new Upsample[levels];
        for (int level = levels - 1; level >= 0; level--) {
            int out = config.width(level);
            String path = "up." + level;
            up[level] = child(path, new Level(in, out, config.resBlocks() + 1, config.attends(level), groups));
            if (level > 0) {
                upsamples[level] = child(path + ".upsample", new Upsample(out));
            }
            in = out;
        }
        normOut = child("norm_out", new GroupNorm(in, groups, Activation.SILU));
        convOut = child("conv_out", config.patchPath() ? Conv2d.closing(in, config.outChannels(), 3)
                : Conv2d.of3x3(in, config.outChannels()));
    }

    /**
     * Latents [batch, height, width, latentChannels] to pictures [batch, height · reduction, width · reduction, 3].
     *
     * @param beside added to the pictures, of their shape; null for nothing
     */
    public Tensor forward(Ops ops, Tensor latent, Tensor beside) {
        Tensor h = mid.forward(ops, convIn.forward(ops, latent));
        for (int level = up.length - 1; level >= 0; level--) {
            h = up[level].forward(ops, h);
            if (level > 0) {
                h = upsamples[level].forward(ops, h);
            }
        }
        return convOut.forward(ops, normOut.forward(ops, h), beside);
    }
}
