package org.xprompt4j.tests;

import java.util.Arrays;
import java.util.Locale;

/**
 * Compares float32 results with a float64 reference: {@code |actual - expected| <= absolute + relative · scale}, where the scale
 * of an element is |expected| or what the caller gives (for sums: the sum of the absolute terms, which is what rounding grows
 * with). A failure names the largest error, where it is, and the share of the tolerance that it used.
 */
public final class Closeness {
    private final String what;
    private final double[] expected;
    private final float[] actual;
    private double[] scale;

    private Closeness(String what, double[] expected, float[] actual) {
        this.what = what;
        this.expected = expected;
        this.actual = actual;
        this.scale = Arrays.stream(expected).map(Math::abs).toArray();
    }

    /** A comparison still without tolerance. */
    public static Closeness of(String what, double[] expected, float[] actual) {
        if (expected.length != actual.length) {
            throw new AssertionError(what + ": " + actual.length + " elements, expected " + expected.length);
        }
        return new Closeness(what, expected, actual);
    }

    /** A comparison with float32 values. */
    public static Closeness of(String what, float[] expected, float[] actual) {
        double[] wide = new double[expected.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = expected[i];
        }
        return of(what, wide, actual);
    }

    /** Errors are measured against the largest expected element, not each one's own: for gradients and mixed sums. */
    public Closeness scaledByLargest() {
        double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
        scale = new double[expected.length];
        Arrays.fill(scale, largest);
        return this;
    }

    /** Errors are measured against these magnitudes. */
    public Closeness scaledBy(double[] magnitudes) {
        scale = magnitudes;
        return this;
    }

    /** Fails unless every element is within the tolerance; NaN and infinities must be matched exactly. */
    public void within(double relative, double absolute) {
        double worstShare = -1;
        int worst = -1;
        for (int i = 0; i < expected.length; i++) {
            double share = share(i, absolute + relative * scale[i]);
            if (share > worstShare) {
                worstShare = share;
                worst = i;
            }
        }
        if (worstShare > 1) {
            throw new AssertionError(String.format(Locale.ROOT,
                    "%s: largest error %.3g at element %d of %d (expected %.9g, got %.9g) uses %.0f %% of the tolerance %.3g + %.3g · %.3g",
                    what, Math.abs(actual[worst] - expected[worst]), worst, expected.length, expected[worst], actual[worst],
                    100 * worstShare, absolute, relative, scale[worst]));
        }
    }

    private double share(int i, double tolerance) {
        double error = Math.abs(actual[i] - expected[i]);
        if (error == 0 || Double.isNaN(expected[i]) && Float.isNaN(actual[i]) || (float) expected[i] == actual[i]) {
            return 0;
        }
        return Double.isNaN(error) || tolerance == 0 ? Double.POSITIVE_INFINITY : error / tolerance;
    }
}
