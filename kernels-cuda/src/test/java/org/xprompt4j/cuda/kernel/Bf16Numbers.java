package org.xprompt4j.cuda.kernel;

import org.xprompt4j.tensor.ElementAccess;
import org.xprompt4j.tensor.Philox;

/** Numbers that bf16 holds, so that rounding operands to it changes nothing. */
final class Bf16Numbers {
    private Bf16Numbers() {
    }

    /** The nearest number that bf16 holds. */
    static float round(float x) {
        return ElementAccess.bfloat16ToFloat(ElementAccess.floatToBfloat16(x));
    }

    /** The next normal numbers of a standard deviation, rounded. */
    static float[] normal(Philox random, int count, double scale) {
        float[] values = random.gaussians(count);
        for (int i = 0; i < count; i++) {
            values[i] = round((float) (values[i] * scale));
        }
        return values;
    }
}
