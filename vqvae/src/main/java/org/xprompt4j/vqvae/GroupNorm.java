package org.xprompt4j.vqvae;

import org.xprompt4j.nn.Initialisation;
import org.xprompt4j.nn.Module;
import org.xprompt4j.nn.Parameter;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Activation;
import org.xprompt4j.tensor.op.GroupNormSpec;

/** Group normalisation (Wu and He, 2018) with affine map, and the activation that follows it where there is one. */
public final class GroupNorm extends Module {
    /** The epsilon of every VQGAN. */
    public static final float EPS = 1e-6f;

    private final GroupNormSpec spec;
    private final Parameter weight; // [channels]
    private final Parameter bias; // [channels]

    /** A norm of this many channels in this many groups. */
    public GroupNorm(int channels, int groups, Activation activation) {
        spec = new GroupNormSpec(groups, EPS, activation);
        weight = vector("weight", Initialisation.ones(), channels);
        bias = vector("bias", Initialisation.zeros(), channels);
    }

    /** x [batch, height, width, channels] to the same shape. */
    public Tensor forward(Ops ops, Tensor x) {
        return ops.groupNorm(spec, x, weight.value(), bias.value());
    }
}
