package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.picture.Picture;

/** A task with its parameters fixed for one prompt: what the example shows and the query asks for. */
@FunctionalInterface
public interface Rule {
    /**
     * @param photo  a crop of a photograph
     * @param random for what differs from picture to picture
     */
    Pair make(Picture photo, Philox random);
}
