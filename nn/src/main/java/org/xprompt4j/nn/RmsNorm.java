package org.xprompt4j.nn;

import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;

/** w ⊙ x / sqrt(mean(x²) + eps) over the last axis (Zhang and Sennrich, 2019); {@code weight} [dim]. */
public final class RmsNorm extends Module {
    private final Parameter weight; // [dim]
    private final float eps;

    /** Declares the weight, [dim]. */
    public RmsNorm(int dim, float eps) {
        this.weight = vector("weight", Initialisation.ones(), dim);
        this.eps = eps;
    }

    /** [..., dim] to [..., dim]. */
    public Tensor forward(Ops ops, Tensor x) {
        return ops.rmsNorm(x, weight.value(), eps);
    }
}
