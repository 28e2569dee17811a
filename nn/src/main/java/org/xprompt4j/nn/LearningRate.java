package org.xprompt4j.nn;

/** The learning rate as a function of the step alone, so that a resumed run goes on as if it had never stopped. */
@FunctionalInterface
public interface LearningRate {
    /** The rate of a step; steps count from 0. */
    float at(int step);

    /** The same rate for every step. */
    static LearningRate constant(float rate) {
        return step -> rate;
    }

    /** One rate for each step; steps behind the last use the last. */
    static LearningRate list(float... rates) {
        if (rates.length == 0) {
            throw new IllegalArgumentException("a list of learning rates must not be empty");
        }
        float[] copy = rates.clone();
        return step -> copy[Math.min(step, copy.length - 1)];
    }

    /**
     * Rises linearly to the peak over the warm-up, then falls as half a cosine to the floor at the last step and stays there.
     *
     * @param peak highest rate
     * @param floor lowest rate after the peak
     * @param warmup steps of rise; the first step has rate peak / warmup
     * @param steps length of the whole run
     */
    static LearningRate cosine(float peak, float floor, int warmup, int steps) {
        if (!(peak >= floor) || floor < 0 || warmup < 0 || steps <= warmup) {
            throw new IllegalArgumentException("cosine schedule needs peak >= floor >= 0 and steps > warmup >= 0, got peak " + peak
                    + ", floor " + floor + ", warmup " + warmup + ", steps " + steps);
        }
        return step -> {
            if (step < warmup) {
                return peak * (step + 1) / warmup;
            }
            double progress = Math.min(1.0, (double) (step - warmup) / Math.max(1, steps - 1 - warmup));
            return (float) (floor + 0.5 * (peak - floor) * (1 + Math.cos(Math.PI * progress)));
        };
    }
}
