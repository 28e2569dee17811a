package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;

/**
 * A task the other way round: from y back to x, with the same pictures (the paper's task augmentation, section 3.2).
 * What a task degrades, its reverse restores: denoising is noise reversed.
 *
 * @param name of the reverse
 * @param task to be reversed
 */
public record Reversed(String name, Task task) implements Task {
    @Override
    public String group() {
        return task.group();
    }

    @Override
    public boolean novel() {
        return task.novel();
    }

    @Override
    public Instance draw(Philox parameters) {
        Instance instance = task.draw(parameters);
        return (photo, random) -> {
            Pair pair = instance.make(photo, random);
            return new Pair(pair.output(), pair.input());
        };
    }
}
