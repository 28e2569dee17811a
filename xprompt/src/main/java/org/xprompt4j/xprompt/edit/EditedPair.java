package org.xprompt4j.xprompt.edit;

import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.task.Task;

/**
 * Before and after with the truth about where they may differ.
 *
 * @param pair before and after
 * @param mask [height, width]; true where a drawing or its shadow differs: elsewhere both pictures are equal
 */
record EditedPair(Task.Pair pair, boolean[] mask) {
    /** From two canvases over the same photograph. */
    static EditedPair of(Canvas before, Canvas after) {
        Picture input = before.picture();
        Picture output = after.picture();
        boolean[] mask = new boolean[input.width() * input.height()];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = before.touched(i) || after.touched(i);
        }
        return new EditedPair(new Task.Pair(input, output), mask);
    }
}
