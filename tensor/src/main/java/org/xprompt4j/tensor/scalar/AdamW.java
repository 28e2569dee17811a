package org.xprompt4j.tensor.scalar;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AdamWSpec;

/**
 * AdamW (Loshchilov and Hutter, 2019) with {@code g = factor · gradient}: {@code m = β₁m + (1-β₁)g},
 * {@code v = β₂v + (1-β₂)g²}, {@code w = w(1 - lr·decay) - lr · m/(1-β₁ᵗ) / (sqrt(v/(1-β₂ᵗ)) + eps)}.
 */
final class AdamW {
    private AdamW() {
    }

    /** All tensors of equal size, factor [1]; one that is not finite changes nothing. */
    static void step(AdamWSpec spec, Tensor weightTensor, Tensor gradientTensor, Tensor firstTensor, Tensor secondTensor, Tensor factor) {
        float scale = factor.item();
        if (!Float.isFinite(scale)) {
            return;
        }
        FloatView weight = FloatView.of(weightTensor);
        FloatView gradient = FloatView.of(gradientTensor);
        FloatView first = FloatView.of(firstTensor);
        FloatView second = FloatView.of(secondTensor);
        double firstCorrection = 1 - Math.pow(spec.beta1(), spec.step());
        double secondCorrection = 1 - Math.pow(spec.beta2(), spec.step());
        for (long i = 0; i < weightTensor.numel(); i++) {
            double g = (double) gradient.get(i) * scale;
            double m = spec.beta1() * (double) first.get(i) + (1 - (double) spec.beta1()) * g;
            double v = spec.beta2() * (double) second.get(i) + (1 - (double) spec.beta2()) * g * g;
            double update = m / firstCorrection / (Math.sqrt(v / secondCorrection) + spec.eps());
            first.set(i, m);
            second.set(i, v);
            weight.set(i, weight.get(i) * (1 - (double) spec.lr() * spec.weightDecay()) - spec.lr() * update);
        }
    }
}
