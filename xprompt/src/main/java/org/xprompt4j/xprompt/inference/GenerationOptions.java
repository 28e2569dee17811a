package org.xprompt4j.xprompt.inference;

import org.xprompt4j.tensor.InvalidInput;

/**
 * How codes are drawn.
 *
 * @param temperature divides the logits; 0 takes the likeliest code
 * @param topK draws among the k likeliest; 0 for all
 * @param topP draws among the likeliest codes whose mass reaches p; 1 for all
 * @param guidance 1 for none; above 1 moves the logits away from those of the question's pictures alone, without examples and words:
 *        {@code I + g(F - I)}
 * @param imageGuidance 0 for none; else these in turn are moved away from those of nothing at all: {@code U + i(I - U) + g(F - I)}
 *        (Chameleon draws with i = 1.2 and g = 3)
 * @param seed of the noise; the same seed gives the same codes
 */
public record GenerationOptions(float temperature, int topK, float topP, float guidance, float imageGuidance, long seed) {
    /** Refuses values outside of their ranges. */
    public GenerationOptions {
        check(temperature >= 0 && temperature <= 100, "temperature", temperature, "0 to 100");
        check(topK >= 0, "top-k", topK, "0 (all) or more");
        check(topP > 0 && topP <= 1, "top-p", topP, "above 0, up to 1");
        check(guidance >= 0 && guidance <= 100, "guidance", guidance, "0 to 100 (1 for none)");
        check(imageGuidance >= 0 && imageGuidance <= 100, "image-guidance", imageGuidance, "0 (none) to 100");
    }

    /** Options without image guidance. */
    public GenerationOptions(float temperature, int topK, float topP, float guidance, long seed) {
        this(temperature, topK, topP, guidance, 0, seed);
    }

    static void check(boolean fits, String name, Number value, String range) {
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
        return new GenerationOptions(temperature, topK, topP, guidance, imageGuidance, other);
    }
}
