package org.xprompt4j.nn;

import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;

/** y = x · Wᵀ + b. Input [..., in], output [..., out]; {@code weight} [out, in], {@code bias} [out] or none. */
public final class Linear extends Module {
    private final Parameter weight; // [out, in]
    private final Parameter bias; // [out], null for none

    public Linear(int in, int out, boolean withBias, Initialisation initialisation) {
        weight = matrix("weight", initialisation, out, in);
        bias = withBias ? vector("bias", Initialisation.zeros(), out) : null;
    }

    /** [..., in] to [..., out]. */
    public Tensor forward(Ops ops, Tensor x) {
        return forward(ops, x, null);
    }

    /** [..., in] to [..., out], plus a residual [..., out] in the same pass over memory; null for none. */
    public Tensor forward(Ops ops, Tensor x, Tensor residual) {
        return ops.linear(x, weight.value(), biasValue(), residual);
    }

    public Parameter weight() {
        return weight;
    }

    /** The bias or null. */
    public Tensor biasValue() {
        return bias == null ? null : bias.value();
    }
}
