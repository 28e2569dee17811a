package org.xprompt4j.xprompt.cli;

import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.inference.GenerationOptions;
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

    @Option(names = "--guidance", paramLabel = "G", defaultValue = "2",
            description = "above 1 pushes away from what would be drawn without example and words; 1 for none, which halves the work; default: ${DEFAULT-VALUE}")
    private float guidance;

    @Option(names = "--image-guidance", paramLabel = "G", defaultValue = "0",
            description = "above 0 pushes in turn what is drawn from pictures alone away from what is drawn from nothing, at the cost of a third row;"
                    + " Chameleon's release draws with --guidance 3 --image-guidance 1.2; 0 for none; default: ${DEFAULT-VALUE}")
    private float imageGuidance;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "the same seed gives the same picture; default: ${DEFAULT-VALUE}")
    private long seed;

    long seed() {
        return seed;
    }

    /** The options, checked. */
    GenerationOptions options() {
        try {
            return new GenerationOptions(temperature, topK, topP, guidance, imageGuidance, seed);
        } catch (InvalidInput e) {
            throw new InvalidInput("--" + e.getMessage(), e); // the options are called as the fields are
        }
    }
}
