package org.xprompt4j.tensor.scalar;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;

/** Dropout (Srivastava et al., 2014): element i becomes 0 when the stream's uniform draw i is below p, else {@code x[i] / (1-p)}. */
final class Dropout {
    private Dropout() {
    }

    /** out = or += dropout(x). */
    static void forward(float probability, long seed, long stream, Tensor xTensor, boolean accumulate, Tensor outTensor) {
        FloatView x = FloatView.of(xTensor);
        FloatView out = FloatView.of(outTensor);
        float factor = 1 / (1 - probability);
        for (long i = 0; i < xTensor.numel(); i++) {
            double kept = Philox.uniform(seed, stream, i) < probability ? 0 : (double) x.get(i) * factor;
            out.set(i, accumulate ? out.get(i) + kept : kept);
        }
    }
}
