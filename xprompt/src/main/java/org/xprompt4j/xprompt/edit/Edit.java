package org.xprompt4j.xprompt.edit;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.task.Task;

/** An edit with its parameters, which also tells where it changes a picture. */
interface Edit extends Task.Instance {
    /**
     * Draws before and after.
     *
     * @param photo square
     * @param random what is drawn for this picture alone
     */
    EditedPair edit(Picture photo, Philox random);

    @Override
    default Task.Pair make(Picture photo, Philox random) {
        return edit(photo, random).pair();
    }
}
