package org.xprompt4j.nn;

import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;

/** w ⊙ (x - mean) / sqrt(variance + eps) + b over the last axis (Ba et al., 2016); {@code weight} and {@code bias} [dim]. */
public final class LayerNorm extends Module {
    private final Parameter weight; // [dim]
    private final Parameter bias; // [dim]
    private final float eps;

    /** Declares weight and bias, [dim]. */
    public LayerNorm(int dim, float eps) {
        this.weight = vector("weight", Initialisation.ones(), dim);
        this.bias = vector("bias", Initialisation.zeros(), dim);
        this.eps = eps;
    }

    /** [..., dim] to [..., dim]. */
    public Tensor forward(Ops ops, Tensor x) {
        return ops.layerNorm(x, weight.value(), bias.value(), eps);
    }
}
