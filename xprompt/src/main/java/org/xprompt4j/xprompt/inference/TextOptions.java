package org.xprompt4j.xprompt.inference;

import static org.xprompt4j.xprompt.inference.GenerationOptions.check;

/**
 * How words are drawn.
 *
 * @param temperature divides the logits; 0 takes the likeliest token
 * @param topP draws among the likeliest tokens whose mass reaches p; 1 for all
 * @param repetitionPenalty above 1 makes tokens that stand in the text already less likely: positive logits are divided by it, negative
 *        ones multiplied (Keskar et al., 2019); 1 for none
 * @param mostTokens ends a text that finds no end
 * @param seed of the noise; the same seed gives the same text
 */
public record TextOptions(float temperature, float topP, float repetitionPenalty, int mostTokens, long seed) {
    /** The most tokens that an answer may have. */
    public static final int LONGEST = 1 << 16;


    /** Refuses values outside of their ranges. */
    public TextOptions {
        check(temperature >= 0 && temperature <= 100, "temperature", temperature, "0 to 100");
        check(topP > 0 && topP <= 1, "top-p", topP, "above 0, up to 1");
        check(repetitionPenalty >= 1 && repetitionPenalty <= 100, "repetition-penalty", repetitionPenalty, "1 (none) to 100");
        check(mostTokens >= 1 && mostTokens <= LONGEST, "most tokens", mostTokens, "1 to " + LONGEST);
    }

    /** The likeliest token each time. */
    public static TextOptions greedy(int mostTokens) {
        return new TextOptions(0, 1, 1, mostTokens, 0);
    }

    /** What Meta's release of Chameleon draws with: temperature 0.7, top-p 0.9, penalty 1.2. */
    public static TextOptions chameleon(int mostTokens, long seed) {
        return new TextOptions(0.7f, 0.9f, 1.2f, mostTokens, seed);
    }

    /** The same options with another limit. */
    public TextOptions withMostTokens(int other) {
        return new TextOptions(temperature, topP, repetitionPenalty, other, seed);
    }
}
