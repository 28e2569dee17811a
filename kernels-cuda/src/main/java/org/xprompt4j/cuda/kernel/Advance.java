package org.xprompt4j.cuda.kernel;

import org.xprompt4j.cuda.driver.LaunchShape;
import org.xprompt4j.tensor.Tensor;

/** The end of a draw: {@code advance.cu}. */
public final class Advance {
    private static final int THREADS = 64;

    private Advance() {
    }

    /** tokens [rows]; counters [kinds, rows]; drawn [steps, rows]. */
    public static void forward(Kernels kernels, Tensor tokens, Tensor counters, Tensor drawn) {
        long rows = tokens.dim(0);
        long steps = drawn.dim(0);
        int[] known = Addresses.known(counters.select(0, counters.dim(0) - 1));
        for (int r = 0; known != null && r < known.length; r++) {
            if (known[r] < 0 || known[r] >= steps) {
                throw new IllegalArgumentException("advance: step " + known[r] + " of row " + r + " is not in 0.." + (steps - 1));
            }
        }
        kernels.launch("advance", "advance").in(tokens).i32(rows).out(counters).i32(counters.dim(0)).out(drawn).i32(steps)
                .fault("advance: a step is not in 0.." + (steps - 1)).run(LaunchShape.of((rows + THREADS - 1) / THREADS, THREADS));
    }
}
