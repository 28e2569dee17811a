package org.xprompt4j.xprompt.evaluation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.edit.EditTasks;
import org.xprompt4j.xprompt.sprite.SpriteSet;
import org.xprompt4j.xprompt.task.Task;
import org.xprompt4j.xprompt.task.TaskRegistry;

/**
 * The tasks that a model with words is measured on: those that have words, in the order of the tables.
 *
 * @param all every one of them
 */
public record WordedTasks(List<Worded> all) {
    /** What a mean is taken over. */
    public enum Group {
        /** Changes of tone, colour, structure and quality that the model was trained on. */
        TRAINED("trained tone tasks"),
        /** Edits with drawings, of motifs that no training shows. */
        SPRITES("sprite edits"),
        /** Tasks that no training may see. */
        NOVEL("novel tasks");

        private final String title;

        Group(String title) {
            this.title = title;
        }

        /** As tables call it. */
        public String title() {
            return title;
        }
    }

    /**
     * A task on both sides of the split.
     *
     * @param asked what queries are made of
     * @param shown the same task with what examples may show: other motifs
     */
    public record Worded(Group group, Task asked, Task shown) {
    }

    /** Refuses an empty list; keeps a copy. */
    public WordedTasks {
        if (all.isEmpty()) {
            throw new InvalidInput("none of the model's tasks has words");
        }
        all = List.copyOf(all);
    }

    /**
     * The tasks for a model.
     *
     * @param trained names of the tasks that it was trained on
     * @param sprites drawings for edits; null measures none
     */
    public static WordedTasks of(Collection<String> trained, SpriteSet sprites) {
        List<Worded> tasks = new ArrayList<>();
        for (Task task : TaskRegistry.all()) {
            if (!task.novel() && trained.contains(task.name()) && task.hasWords()) {
                tasks.add(new Worded(Group.TRAINED, task, task));
            }
        }
        if (sprites != null) {
            List<Task> asked = EditTasks.of(sprites, Split.TEST);
            List<Task> shown = EditTasks.of(sprites, Split.TRAIN);
            for (int i = 0; i < asked.size(); i++) {
                tasks.add(new Worded(Group.SPRITES, asked.get(i), shown.get(i)));
            }
        }
        for (Task task : TaskRegistry.novel()) {
            if (task.hasWords()) {
                tasks.add(new Worded(Group.NOVEL, task, task));
            }
        }
        return new WordedTasks(tasks);
    }
}
