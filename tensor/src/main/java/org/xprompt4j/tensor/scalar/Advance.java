package org.xprompt4j.tensor.scalar;

import org.xprompt4j.tensor.Tensor;

/** The end of a draw: {@code drawn[steps[r], r] = tokens[r]} where the last row of the counters holds the steps, then every counter + 1. */
final class Advance {
    private Advance() {
    }

    /** tokens [rows]; counters [kinds, rows]; drawn [steps, rows]. */
    static void forward(Tensor tokens, Tensor counters, Tensor drawn) {
        int rows = tokens.size(0);
        int kinds = counters.size(0);
        for (int r = 0; r < rows; r++) {
            int step = Counters.get(counters, (kinds - 1L) * rows + r);
            if (step < 0 || step >= drawn.dim(0)) {
                throw new IllegalArgumentException("advance: step " + step + " of row " + r + " is not in 0.." + (drawn.dim(0) - 1));
            }
            Counters.set(drawn, (long) step * rows + r, Counters.get(tokens, r));
        }
        for (long i = 0; i < (long) kinds * rows; i++) {
            Counters.set(counters, i, Counters.get(counters, i) + 1);
        }
    }
}
