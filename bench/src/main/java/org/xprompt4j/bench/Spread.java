package org.xprompt4j.bench;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;

/**
 * What is said of several measurements of one thing.
 *
 * @param median the middle one, or the mean of the two middle ones
 * @param min the smallest
 * @param max the largest
 */
public record Spread(double median, double min, double max) {
    /** Of at least one measurement. */
    public static Spread of(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("nothing was measured");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }

    /** Rounded to so many significant digits: figures of a machine have no more. */
    public static double rounded(double value, int digits) {
        if (value == 0 || !Double.isFinite(value)) {
            return value;
        }
        return new BigDecimal(value).round(new MathContext(digits)).doubleValue();
    }
}
