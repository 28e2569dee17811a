package org.xprompt4j.xprompt.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Philox;

/**
 * Tasks with the weights by which a training draws them. The order of the draw is that of the names, so that a mixture is a
 * function of its weights alone, not of how a file lists them.
 */
public final class TaskMixture {
    private final List<Task> tasks = new ArrayList<>();
    private final List<Double> cumulative = new ArrayList<>(); // weights summed up, one for each task

    /**
     * The tasks that a configuration names in its field {@code tasks}; those of weight 0 are left out. May be empty.
     *
     * @param weights by name, not negative
     * @param known every task there is
     * @throws InvalidInput when a task is unknown or novel
     */
    public TaskMixture(Map<String, Double> weights, List<Task> known) {
        Map<String, Task> byName = known.stream().collect(Collectors.toMap(Task::name, task -> task, (a, b) -> a, TreeMap::new));
        double sum = 0;
        for (Map.Entry<String, Double> weight : new TreeMap<>(weights).entrySet()) {
            Task task = byName.get(weight.getKey());
            if (task == null) {
                throw new InvalidInput("configuration: tasks." + weight.getKey() + " is no task; known are " + byName.keySet());
            }
            if (task.novel()) {
                throw new InvalidInput("configuration: tasks." + weight.getKey() + " is a novel task, which no training may see");
            }
            if (!(weight.getValue() >= 0 && Double.isFinite(weight.getValue()))) {
                throw new InvalidInput("configuration: tasks." + weight.getKey() + " must be a weight of at least 0, is " + weight.getValue());
            }
            if (weight.getValue() > 0) {
                sum += weight.getValue();
                tasks.add(task);
                cumulative.add(sum);
            }
        }
    }

    /** True when no task has a weight. */
    public boolean isEmpty() {
        return tasks.isEmpty();
    }

    /** Names in the order of the draw. */
    public List<String> names() {
        return tasks.stream().map(Task::name).toList();
    }

    /** Draws a task by weight; takes one number from {@code random}. */
    public Task draw(Philox random) {
        if (tasks.isEmpty()) {
            throw new IllegalStateException("a mixture without tasks has none to draw");
        }
        double at = random.nextFloat() * cumulative.getLast();
        int i = 0;
        while (i < tasks.size() - 1 && cumulative.get(i) <= at) {
            i++;
        }
        return tasks.get(i);
    }
}
