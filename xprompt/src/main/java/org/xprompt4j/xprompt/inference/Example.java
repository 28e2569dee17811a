package org.xprompt4j.xprompt.inference;

import org.xprompt4j.xprompt.picture.Picture;

/**
 * A worked example: this picture becomes that one.
 *
 * @param input before, any size
 * @param output after, any size
 * @param instruction what was done, in words; empty for none
 */
public record Example(Picture input, Picture output, String instruction) {
    /** An example without words. */
    public Example(Picture input, Picture output) {
        this(input, output, "");
    }
}
