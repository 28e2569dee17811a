package org.xprompt4j.tests.golden;

import static org.assertj.core.api.Assertions.assertThat;

import org.xprompt4j.tensor.Tensor;

/** Compares tensors with a bound relative to the largest expected magnitude, and says how much of the bound was used. */
final class Closeness {
    private Closeness() {
    }

    /** Fails unless |actual - expected| ≤ tolerance · max|expected| everywhere; returns the share of the tolerance used. */
    static double assertClose(String what, Tensor actual, Tensor expected, double tolerance) {
        assertThat(actual.shape()).as(what).isEqualTo(expected.shape());
        return assertClose(what, actual.toFloatArray(), expected.toFloatArray(), tolerance);
    }

    /** See {@link #assertClose(String, Tensor, Tensor, double)}. */
    static double assertClose(String what, float[] actual, float[] expected, double tolerance) {
        assertThat(actual).as(what).hasSameSizeAs(expected);
        double scale = 0;
        double worst = 0;
        int at = 0;
        for (int i = 0; i < expected.length; i++) {
            scale = Math.max(scale, Math.abs(expected[i]));
            double error = Math.abs((double) actual[i] - expected[i]);
            if (!(error <= worst)) { // NaN counts as worst
                worst = error;
                at = i;
            }
        }
        double used = worst / (tolerance * scale);
        assertThat(worst).as("%s: largest error %.3g at element %d (%.9g, expected %.9g), scale %.3g, %.0f %% of the tolerance %.1g",
                what, worst, at, actual[at], expected[at], scale, 100 * used, tolerance).isLessThanOrEqualTo(tolerance * scale);
        return used;
    }
}
