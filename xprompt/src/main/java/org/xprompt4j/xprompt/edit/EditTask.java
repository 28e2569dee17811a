package org.xprompt4j.xprompt.edit;

import java.util.function.Function;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.task.Task;

/**
 * A family of edits under its name.
 *
 * @param name as {@link Task#name}
 * @param family fixes the parameters
 */
record EditTask(String name, Function<Philox, Edit> family) implements Task {
    @Override
    public String group() {
        return "edit";
    }

    @Override
    public boolean novel() {
        return false;
    }

    @Override
    public Edit draw(Philox parameters) {
        return family.apply(parameters);
    }
}
