package org.xprompt4j.tests.golden;

import static org.assertj.core.api.Assertions.assertThat;

import org.xprompt4j.tensor.Tensor;

/** Compares activations with a reference at a tolerance relative to the largest value of the reference. */
final class Agreement {
    private Agreement() {
    }

    /** Asserts |actual - expected| below {@code relative} times the largest expected magnitude, everywhere. */
    static void within(double relative, String what, Tensor actual, Tensor expected) {
        assertThat(actual.shape()).as(what + ": shape").isEqualTo(expected.shape());
        float[] a = actual.toFloatArray();
        float[] e = expected.toFloatArray();
        double scale = 0;
        for (float value : e) {
            scale = Math.max(scale, Math.abs(value));
        }
        double worst = 0;
        int at = 0;
        for (int i = 0; i < a.length; i++) {
            double error = Math.abs((double) a[i] - e[i]);
            if (!(error <= worst)) {
                worst = error;
                at = i;
            }
        }
        assertThat(worst / (relative * scale))
                .as("%s: largest error %.3g at %d (got %s, expected %s), scale %.3g, share of the tolerance used", what, worst, at, a[at], e[at], scale)
                .isLessThan(1);
    }
}
