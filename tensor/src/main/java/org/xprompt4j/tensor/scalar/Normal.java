package org.xprompt4j.tensor.scalar;

/** The normal distribution of mean 0 and variance 1, in float64. */
final class Normal {
    private static final double SERIES_UP_TO = 3; // where the fraction takes over: both are exact to 1e-11 there
    private static final int FRACTION_STEPS = 60;

    private Normal() {
    }

    /** exp(-x² / 2) / √(2π) */
    static double density(double x) {
        return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }

    /** Φ(x), the share that lies below x; small shares to twelve digits too, which 1 + erf would cancel. */
    static double below(double x) {
        return x > 0 ? 1 - tail(x) : tail(-x);
    }

    /** The share above x, for x from 0 on: erfc(x / √2) / 2. */
    private static double tail(double x) {
        if (x < SERIES_UP_TO * Math.sqrt(2)) {
            double term = x; // x^(2n+1) / (1 · 3 · ... · (2n+1))
            double sum = x;
            for (int n = 1; sum + term != sum; n++) {
                term *= x * x / (2 * n + 1);
                sum += term;
            }
            return 0.5 - density(x) * sum;
        }
        double fraction = x; // x + 1/(x + 2/(x + 3/(x + ...))), Laplace's
        for (int n = FRACTION_STEPS; n > 0; n--) {
            fraction = x + n / fraction;
        }
        return density(x) / fraction;
    }
}
