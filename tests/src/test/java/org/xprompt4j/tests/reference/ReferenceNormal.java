package org.xprompt4j.tests.reference;

/** The normal distribution by integrating its density, which is far from how any backend computes it. */
public final class ReferenceNormal {
    private static final int STEPS = 2000; // Simpson's rule: below 1e-8 of the smallest share
    private static final double FAR = 12;

    private ReferenceNormal() {
    }

    /** Share of a normal distribution of mean 0 and variance 1 that lies below x. */
    public static double below(double x) {
        double to = Math.max(-FAR, Math.min(FAR, x));
        double from = to < 0 ? -FAR - 2 : 0; // the tail itself, not what one half leaves of it
        double step = (to - from) / STEPS;
        double sum = 0;
        for (int i = 0; i <= STEPS; i++) {
            double at = from + i * step;
            double weight = i == 0 || i == STEPS ? 1 : i % 2 == 0 ? 2 : 4;
            sum += weight * Math.exp(-at * at / 2);
        }
        return (to < 0 ? 0 : 0.5) + sum * step / 3 / Math.sqrt(2 * Math.PI);
    }
}
