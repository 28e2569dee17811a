package org.xprompt4j.tensor.scalar;

import org.xprompt4j.tensor.Tensor;

/** What Muon (Jordan et al., 2024) makes orthogonal; a factor that is not finite changes nothing. */
final class Muon {
    private Muon() {
    }

    /** {@code b = beta b + f g}, {@code direction = f g + beta b}; direction is 0 when f is not finite. All of equal size, factor [1]. */
    static void direction(float beta, Tensor gradientTensor, Tensor factor, Tensor momentumTensor, Tensor directionTensor) {
        FloatView gradient = FloatView.of(gradientTensor);
        FloatView momentum = FloatView.of(momentumTensor);
        FloatView direction = FloatView.of(directionTensor);
        float f = factor.item();
        for (long i = 0; i < gradientTensor.numel(); i++) {
            double g = Float.isFinite(f) ? (double) f * gradient.get(i) : 0;
            if (Float.isFinite(f)) {
                momentum.set(i, (double) beta * momentum.get(i) + g);
            }
            direction.set(i, Float.isFinite(f) ? g + (double) beta * momentum.get(i) : 0);
        }
    }
}
