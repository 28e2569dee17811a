package org.xprompt4j.cuda.kernel;

import org.xprompt4j.tensor.Tensor;

/** What Muon makes orthogonal: {@code muon.cu}. */
public final class Muon {
    private static final String MODULE = "muon";

    private Muon() {
    }

    /** All of equal size; factor [1]. */
    public static void direction(Kernels kernels, float beta, Tensor gradient, Tensor factor, Tensor momentum, Tensor direction) {
        long n = gradient.numel();
        kernels.launch(MODULE, "direction").f32(beta).in(gradient).in(factor).out(momentum).out(direction).i64(n).run(Elementwise.shape(n));
    }
}
