package org.xprompt4j.xprompt.prompt;

import java.util.function.IntUnaryOperator;

/**
 * The vocabulary ids a prompt is made of (XPROMPT's Meta format).
 *
 * @param bos {@code <s>}, the first token of the example
 * @param eos {@code </s>}, end of everything
 * @param boi {@code <racm3:break>}, begin of image
 * @param eoi {@code <eoss>}, end of image
 * @param separator {@code <reserved08706>}, end of turn
 * @param xp [S] ids of the X-Prompt tokens
 * @param idOfCode image code to vocabulary id
 */
public record PromptTokens(int bos, int eos, int boi, int eoi, int separator, int[] xp, IntUnaryOperator idOfCode) {
    /** Tokens that a picture of this many codes takes, its two borders included. */
    public static int pictureLength(int codes) {
        return codes + 2;
    }
}
