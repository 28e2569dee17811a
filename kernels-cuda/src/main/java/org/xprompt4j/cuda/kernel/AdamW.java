package org.xprompt4j.cuda.kernel;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AdamWSpec;

/** One optimiser step: {@code adamw.cu}. */
public final class AdamW {
    private AdamW() {
    }

    /** All of equal size; factor [1]. */
    public static void step(Kernels kernels, AdamWSpec spec, Tensor weight, Tensor gradient, Tensor firstMoment, Tensor secondMoment,
            Tensor factor) {
        kernels.launch("adamw", "step").out(weight).in(gradient).out(firstMoment).out(secondMoment).i64(weight.numel()).f32(spec.lr()).f32(spec.beta1())
                .f32(spec.beta2()).f32(spec.eps()).f32(spec.weightDecay()).f32((float) (1 - Math.pow(spec.beta1(), spec.step())))
                .f32((float) (1 - Math.pow(spec.beta2(), spec.step()))).in(factor).run(Elementwise.shape(weight.numel()));
    }
}
