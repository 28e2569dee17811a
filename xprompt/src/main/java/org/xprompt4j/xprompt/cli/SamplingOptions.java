package org.xprompt4j.xprompt.cli;

import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.inference.GenerationOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How the codes of an answer are drawn. */
public final class SamplingOptions {
    @Option(names = "--temperature", paramLabel = "T", defaultValue = "0",
            description = "0 takes the likeliest code each time, which restores and translates best; 1 draws as learned; default: ${DEFAULT-VALUE}")
    private float temperature;

    @Option(names = "--top-k", paramLabel = "K", defaultValue = "0", description = "draw among the K likeliest codes; 0 for all; default: ${DEFAULT-VALUE}")
    private int topK;

    @Option(names = "--top-p", paramLabel = "P", defaultValue = "1", description = "draw among the likeliest codes whose mass reaches P; 1 for all; default: ${DEFAULT-VALUE}")
    private float topP;

    @Mixin
    private GuidanceOptions guidance;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "the same seed gives the same picture; default: ${DEFAULT-VALUE}")
    private long seed;

    long seed() {
        return seed;
    }

    /** The options, checked. */
    GenerationOptions options() {
        try {
            return new GenerationOptions(temperature, topK, topP, guidance.guidance(), guidance.imageGuidance(), seed);
        } catch (InvalidInput e) {
            throw new InvalidInput("--" + e.getMessage(), e); // the options are called as the fields are
        }
    }
}
