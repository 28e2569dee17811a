package org.xprompt4j.xprompt.inference;

import org.xprompt4j.xprompt.picture.Picture;

/**
 * A worked example: this picture becomes that one.
 *
 * @param input before, any size
 * @param output after, any size
 */
public record Example(Picture input, Picture output) {
}
