package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;

/**
 * A task the other way round: from y back to x, with the same pictures (the paper's task augmentation, section 3.2).
 * What a task degrades, its reverse restores.
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
    public Rule rule(Philox parameters) {
        Rule rule = task.rule(parameters);
        return (photo, random) -> rule.make(photo, random).reversed();
    }
}
