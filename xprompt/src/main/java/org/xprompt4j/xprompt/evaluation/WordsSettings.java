package org.xprompt4j.xprompt.evaluation;

import org.xprompt4j.tensor.InvalidInput;

/**
 * How much of a model with words is measured.
 *
 * @param queries of each task, each on a test photograph of its own while there are enough, then on further crops
 * @param pool pairs among which examples are looked for
 * @param scenes of each kind that are drawn, and as many that are told
 * @param seed of everything that is drawn for the measurement
 */
public record WordsSettings(int queries, int pool, int scenes, long seed) {
    private static final int MAX_QUERIES = 10_000;
    private static final int MAX_POOL = 1_000_000;

    /** Refuses numbers outside of their ranges, naming them as the command line does. */
    public WordsSettings {
        require(queries >= 1 && queries <= MAX_QUERIES, "queries must be 1 to " + MAX_QUERIES + ", is " + queries);
        require(pool >= 2 && pool <= MAX_POOL, "pool must be 2 to " + MAX_POOL + ", is " + pool);
        require(scenes >= 1 && scenes <= MAX_QUERIES, "scenes must be 1 to " + MAX_QUERIES + ", is " + scenes);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new InvalidInput("--" + message);
        }
    }
}
