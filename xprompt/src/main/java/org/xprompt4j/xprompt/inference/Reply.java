package org.xprompt4j.xprompt.inference;

import java.util.List;
import org.xprompt4j.xprompt.prompt.Part;

/**
 * What a model answered.
 *
 * @param parts words and pictures in their order; no two stretches of words stand side by side
 * @param tokens drawn and forced ones together, borders of pictures included, the end not
 * @param ended true when the model found the end itself, false when it was cut off
 */
public record Reply(List<Part> parts, int tokens, boolean ended) {
    /** Keeps a copy of the list. */
    public Reply {
        parts = List.copyOf(parts);
    }
}
