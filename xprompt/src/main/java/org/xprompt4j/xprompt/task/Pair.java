package org.xprompt4j.xprompt.task;

import org.xprompt4j.xprompt.picture.Picture;

/** A question and its exact answer, of equal size. */
public record Pair(Picture input, Picture output) {
    /** The same two pictures the other way round. */
    public Pair reversed() {
        return new Pair(output, input);
    }
}
