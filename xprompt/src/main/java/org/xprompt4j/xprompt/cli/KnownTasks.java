package org.xprompt4j.xprompt.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.edit.EditTasks;
import org.xprompt4j.xprompt.sprite.SpriteSet;
import org.xprompt4j.xprompt.task.Task;
import org.xprompt4j.xprompt.task.TaskRegistry;

/** The tasks that commands know by name. Edits need their drawings, so these are opened only when one of them is named. */
final class KnownTasks {
    private KnownTasks() {
    }

    /**
     * All tasks, edits among them when one of them is named.
     *
     * @param names what is asked for
     * @param sprites folder of the drawings; null for those in the repository
     * @param split whose motifs edits show
     */
    static List<Task> covering(Collection<String> names, Path sprites, Split split) {
        return names.stream().anyMatch(EditTasks.NAMES::contains)
                ? EditTasks.besideOthers(SpriteSet.open(sprites != null ? sprites : Home.path("xprompt/sprites")), split) : TaskRegistry.all();
    }

    /**
     * The task of a name.
     *
     * @param where stands before complaints
     */
    static Task named(String name, Path sprites, Split split, String where) {
        return covering(List.of(name), sprites, split).stream().filter(task -> task.name().equals(name)).findFirst().orElseThrow(() -> new InvalidInput(where
                + ": there is no task \"" + name + "\"; the tasks are: " + String.join(", ", names())));
    }

    /** Every name, for complaints. */
    static List<String> names() {
        List<String> names = new ArrayList<>(TaskRegistry.all().stream().map(Task::name).toList());
        names.addAll(EditTasks.NAMES);
        return names;
    }
}
