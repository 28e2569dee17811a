package org.xprompt4j.xprompt.evaluation;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.config.ConfigFile;
import org.xprompt4j.xprompt.task.Task;

/**
 * What is measured, as JSON.
 *
 * @param tasks names, in the order of the report; the list must not be empty
 * @param photos queries per task, each on a test photograph of its own while there are enough, then on further crops; the example
 *        of a query is made from another photograph
 * @param seed of crops, parameters and noise
 */
public record Suite(List<String> tasks, int photos, long seed) {
    private static final int MAX_PHOTOS = 10_000;

    /** Refuses no tasks, a task twice and values outside of their ranges, naming the field. */
    public Suite {
        if (tasks.isEmpty()) {
            throw new IllegalArgumentException("tasks must name at least one task");
        }
        if (new HashSet<>(tasks).size() < tasks.size()) {
            throw new IllegalArgumentException("tasks must name each task once, are " + tasks);
        }
        if (photos < 2 || photos > MAX_PHOTOS) {
            throw new IllegalArgumentException("photos must be 2 to " + MAX_PHOTOS + ", is " + photos);
        }
        tasks = List.copyOf(tasks);
    }

    /** Reads a suite; every field is named in complaints. */
    public static Suite read(Path file) {
        return ConfigFile.read(file, Suite.class);
    }

    /** The tasks by name. */
    List<Task> resolve(List<Task> known) {
        return tasks.stream().map(name -> known.stream().filter(task -> task.name().equals(name)).findFirst()
                .orElseThrow(() -> new InvalidInput("suite: tasks: '" + name + "' is no task; known are "
                        + known.stream().map(Task::name).toList()))).toList();
    }
}
