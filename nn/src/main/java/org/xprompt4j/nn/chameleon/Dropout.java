package org.xprompt4j.nn.chameleon;

import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;

/**
 * Dropout of the residual branches in one training pass. Each branch of each pass has a random stream of its own, so a
 * resumed run drops the same elements.
 *
 * @param probability of dropping; 0 for none
 * @param seed key of the run
 * @param pass number of this forward pass within the run; distinct for every pass
 */
public record Dropout(float probability, long seed, long pass) {
    /** No dropout. */
    public static final Dropout NONE = new Dropout(0, 0, 0);

    private static final int BRANCHES = 1 << 16; // two for each layer; far more than any depth

    /** Refuses probabilities outside of [0, 1). */
    public Dropout {
        if (!(probability >= 0 && probability < 1)) {
            throw new IllegalArgumentException("dropout probability must be in [0, 1), is " + probability);
        }
    }

    /** Drops elements of the output of a branch (2 · layer for attention, 2 · layer + 1 for the MLP) while training. */
    Tensor apply(Ops ops, Tensor x, int branch) {
        return ops.dropout(x, probability, seed, pass * BRANCHES + branch);
    }

    boolean acts(Ops ops) {
        return ops.isTraining() && probability > 0;
    }
}
