package org.xprompt4j.tests.reference;

import java.util.function.UnaryOperator;

/** Gradients by central differences in float64: good to about nine digits for functions of moderate curvature. */
public final class Differences {
    private static final double STEP = 1e-5;

    private Differences() {
    }

    /** The gradient of {@code Σ dOut ⊙ function(x)} at x. */
    public static double[] gradient(UnaryOperator<double[]> function, double[] x, double[] dOut) {
        double[] gradient = new double[x.length];
        double[] moved = x.clone();
        for (int i = 0; i < x.length; i++) {
            moved[i] = x[i] + STEP;
            double above = dot(function.apply(moved), dOut);
            moved[i] = x[i] - STEP;
            double below = dot(function.apply(moved), dOut);
            moved[i] = x[i];
            gradient[i] = (above - below) / (2 * STEP);
        }
        return gradient;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
