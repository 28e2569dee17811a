package org.xprompt4j.nn.text;

import org.xprompt4j.tensor.InvalidInput;

/**
 * Sizes of a BERT encoder of sentences.
 *
 * @param vocabSize ids of tokens
 * @param hidden width, also of the vectors
 * @param inner width inside the feed-forward part
 * @param layers number of layers
 * @param heads heads of attention; divides {@code hidden}
 * @param positions most tokens of a text
 * @param types ids of token types; a text alone has type 0
 * @param eps of the norms
 */
public record MiniLmConfig(int vocabSize, int hidden, int inner, int layers, int heads, int positions, int types, float eps) {
    private static final int MOST = 1 << 20;

    /** all-MiniLM-L6-v2: 22,565,376 weights, not counting the pooler, which sentences do not use. */
    public static final MiniLmConfig L6 = new MiniLmConfig(30_522, 384, 1536, 6, 12, 512, 2, 1e-12f);

    /** Refuses sizes that do not fit each other, naming the field. */
    public MiniLmConfig {
        check(vocabSize, "vocabSize");
        check(hidden, "hidden");
        check(inner, "inner");
        check(layers, "layers");
        check(heads, "heads");
        check(positions, "positions");
        check(types, "types");
        if (hidden % heads != 0) {
            throw new InvalidInput("heads must divide hidden " + hidden + ", is " + heads);
        }
        if (!(eps > 0 && eps < 1)) {
            throw new InvalidInput("eps must be between 0 and 1, is " + eps);
        }
    }

    private static void check(int value, String field) {
        if (value < 1 || value > MOST) {
            throw new InvalidInput(field + " must be 1 to " + MOST + ", is " + value);
        }
    }
}
