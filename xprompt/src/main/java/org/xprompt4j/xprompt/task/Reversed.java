package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.wording.Wording;

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
        return new Instance() {
            @Override
            public Pair make(Picture photo, Philox random) {
                Pair pair = instance.make(photo, random);
                return new Pair(pair.output(), pair.input());
            }

            @Override
            public Wording wording() {
                Wording wording = instance.wording();
                return wording == null ? null : wording.reversed();
            }
        };
    }
}
