package org.xprompt4j.xprompt.cli;

import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.inference.TextOptions;
import picocli.CommandLine.Option;

/** How the words of an answer are drawn. */
public final class TextSamplingOptions {
    @Option(names = "--temperature", paramLabel = "T", defaultValue = "0",
            description = "0 takes the likeliest token each time; Chameleon's release draws words with 0.7; default: ${DEFAULT-VALUE}")
    private float temperature;

    @Option(names = "--top-p", paramLabel = "P", defaultValue = "1",
            description = "draw among the likeliest tokens whose mass reaches P; 1 for all (the release: 0.9); default: ${DEFAULT-VALUE}")
    private float topP;

    @Option(names = "--repetition-penalty", paramLabel = "R", defaultValue = "1",
            description = "above 1 makes words less likely that were said already; 1 for none (the release: 1.2); default: ${DEFAULT-VALUE}")
    private float repetitionPenalty;

    @Option(names = "--max-tokens", paramLabel = "N", description = "ends an answer that finds no end; default: 256 for words alone, else what the model's positions leave")
    private Integer mostTokens;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "the same seed gives the same answer; default: ${DEFAULT-VALUE}")
    private long seed;

    long seed() {
        return seed;
    }

    /** The options, checked. */
    TextOptions options(int tokensByDefault) {
        if (mostTokens != null && (mostTokens < 1 || mostTokens > TextOptions.LONGEST)) {
            throw new InvalidInput("--max-tokens is " + mostTokens + ", must be 1 to " + TextOptions.LONGEST);
        }
        try {
            return new TextOptions(temperature, topP, repetitionPenalty, mostTokens == null ? tokensByDefault : mostTokens, seed);
        } catch (InvalidInput e) {
            throw new InvalidInput("--" + e.getMessage(), e); // the options are called as the fields are
        }
    }
}
