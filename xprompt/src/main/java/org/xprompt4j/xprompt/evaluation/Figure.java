package org.xprompt4j.xprompt.evaluation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.xprompt4j.xprompt.metric.Bootstrap;

/**
 * A mean with its 95 % bootstrap interval.
 *
 * @param mean over photographs, each the mean of its own values
 * @param low end of the interval
 * @param high end of the interval
 * @param photographs that had a value; scenes, each of its own, where there are no photographs
 */
public record Figure(double mean, double low, double high, int photographs) {
    /** Collects values by photograph. */
    static final class Values {
        private final Map<Integer, List<Double>> byPhoto = new LinkedHashMap<>();

        /** Adds a value, unless it is NaN: that is one which there is not. */
        Values add(int photo, double value) {
            if (!Double.isNaN(value)) {
                byPhoto.computeIfAbsent(photo, key -> new ArrayList<>()).add(value);
            }
            return this;
        }

        /** The figure; null without any value. */
        Figure figure(long seed) {
            if (byPhoto.isEmpty()) {
                return null;
            }
            double[] means = byPhoto.values().stream().mapToDouble(own -> own.stream().mapToDouble(v -> v).average().orElseThrow()).toArray();
            Bootstrap.Interval interval = Bootstrap.mean(means, seed);
            return new Figure(interval.mean(), interval.low(), interval.high(), means.length);
        }
    }
}
