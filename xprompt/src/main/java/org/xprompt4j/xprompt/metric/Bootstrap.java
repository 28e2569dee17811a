package org.xprompt4j.xprompt.metric;

import java.util.Arrays;
import org.xprompt4j.tensor.Philox;

/**
 * The 95 % interval of a mean over photographs, by the percentile bootstrap (Efron 1979): the photographs are drawn again with
 * replacement, {@value #RESAMPLES} times, and the middle 95 % of the means are kept. Give one value per photograph (the mean over its
 * crops), since crops of one photograph are not independent. The same seed gives the same interval.
 */
public final class Bootstrap {
    /** How often the photographs are drawn again. */
    public static final int RESAMPLES = 2000;

    private static final long STREAM = 0x626f6f74L;   // "boot"

    private Bootstrap() {}

    /** A mean and the ends of its 95 % interval. */
    public record Interval(double mean, double low, double high) {}

    /**
     * @param values one per photograph, finite, at least one
     * @param seed   of the draws
     */
    public static Interval mean(double[] values, long seed) {
        if (values.length == 0) {
            throw new IllegalArgumentException("no values to take the mean of");
        }
        Philox random = new Philox(seed, STREAM);
        double[] means = new double[RESAMPLES];
        for (int r = 0; r < RESAMPLES; r++) {
            double sum = 0;
            for (int i = 0; i < values.length; i++) {
                sum += values[random.nextInt(values.length)];
            }
            means[r] = sum / values.length;
        }
        Arrays.sort(means);
        return new Interval(Arrays.stream(values).sum() / values.length, quantile(means, 0.025), quantile(means, 0.975));
    }

    /** Linear between the two nearest of the sorted values. */
    private static double quantile(double[] sorted, double q) {
        double at = q * (sorted.length - 1);
        int low = (int) at;
        int high = Math.min(low + 1, sorted.length - 1);
        return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
    }
}
