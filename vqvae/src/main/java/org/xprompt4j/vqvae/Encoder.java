package org.xprompt4j.vqvae;

import java.util.ArrayList;
import java.util.List;

import org.xprompt4j.nn.Module;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Activation;

/**
 * The convolutional encoder: {@code conv_in}, levels from fine to coarse with a {@link Downsample} between them, the middle,
 * {@code norm_out}, SiLU, {@code conv_out}.
 */
public final class Encoder extends Module {
    private final Conv2d convIn;
    private final List<Level> down = new ArrayList<>();
    private final List<Downsample> downsamples = new ArrayList<>(); // one fewer than levels
    private final Middle mid;
    private final GroupNorm normOut;
    private final Conv2d convOut;

    Encoder(VqganConfig config) {
        int groups = config.normGroups();
        convIn = child("conv_in", Conv2d.of3x3(config.inChannels(), config.channels()));
        int in = config.channels();
        for (int level = 0; level < config.levels(); level++) {
            int out = config.width(level);
            String path = "down." + level;
            down.add(child(path, new Level(in, out, config.resBlocks(), config.attends(level), groups)));
            if (level < config.levels() - 1) {
                downsamples.add(child(path + ".downsample", new Downsample(out)));
            }
            in = out;
        }
        mid = child("mid", new Middle(in, groups));
        normOut = child("norm_out", new GroupNorm(in, groups, Activation.SILU));
        convOut = child("conv_out", Conv2d.of3x3(in, config.latentChannels()));
    }

    /** Pictures [batch, height, width, 3] in [-1, 1] to [batch, height / reduction, width / reduction, latentChannels]. */
    public Tensor forward(Ops ops, Tensor pixels) {
        Tensor h = convIn.forward(ops, pixels);
        for (int level = 0; level < down.size(); level++) {
            h = down.get(level).forward(ops, h);
            if (level < downsamples.size()) {
                h = downsamples.get(level).forward(ops, h);
            }
        }
        return convOut.forward(ops, normOut.forward(ops, mid.forward(ops, h)));
    }
}
