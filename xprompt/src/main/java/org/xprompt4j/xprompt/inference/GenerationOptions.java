package org.xprompt4j.xprompt.inference;

import org.xprompt4j.tensor.InvalidInput;

/**
 * How codes are drawn.
 *
 * @param temperature divides the logits; 0 takes the likeliest code
 * @param topK draws among the k likeliest; 0 for all
 * @param topP draws among the likeliest codes whose mass reaches p; 1 for all
 * @param guidance 1 for none; above 1 moves the logits away from those without an example: {@code U + g(F - U)}
 * @param seed of the noise; the same seed gives the same codes
 */
public record GenerationOptions(float temperature, int topK, float topP, float guidance, long seed) {
    /** Refuses values outside of their ranges. */
    public GenerationOptions {
        check(temperature >= 0 && temperature <= 100, "temperature", temperature, "0 to 100");
        check(topK >= 0, "top-k", topK, "0 (all) or more");
        check(topP > 0 && topP <= 1, "top-p", topP, "above 0, up to 1");
        check(guidance >= 0 && guidance <= 100, "guidance", guidance, "0 to 100 (1 for none)");
    }

    private static void check(boolean fits, String name, Number value, String range) {
        if (!fits) {
            throw new InvalidInput(name + " is " + value + ", must be " + range);
        }
    }

    /** The likeliest code each time, pushed away from what would be drawn without the example: measured best on unseen photographs. */
    public static GenerationOptions recommended() {
        return new GenerationOptions(0, 0, 1, 2, 0);
    }

    /** The likeliest code each time, no guidance: half the work. */
    public static GenerationOptions greedy() {
        return new GenerationOptions(0, 0, 1, 1, 0);
    }

    /** The same options with another seed. */
    public GenerationOptions withSeed(long other) {
        return new GenerationOptions(temperature, topK, topP, guidance, other);
    }
}
