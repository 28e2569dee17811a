package org.xprompt4j.xprompt.edit;

import java.util.function.BiFunction;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.wording.Wording;

/**
 * An edit and what is said of it.
 *
 * @param wording for its parameters
 * @param drawing makes before and after
 */
record WordedEdit(Wording wording, BiFunction<Picture, Philox, EditedPair> drawing) implements Edit {
    @Override
    public EditedPair edit(Picture photo, Philox random) {
        return drawing.apply(photo, random);
    }
}
