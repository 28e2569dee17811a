package org.xprompt4j.xprompt.task;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Philox;

/** What a model is trained on: tasks, each drawn in proportion to its weight. */
public final class TaskMixture {
    private final List<Task> tasks = new ArrayList<>();
    private final double[] upTo;   // [tasks] running sum of the weights

    /**
     * @param weights by task, positive
     * @throws InvalidInput if a task is novel, a weight is not positive, or there is none
     */
    public TaskMixture(Map<Task, Double> weights) {
        upTo = new double[weights.size()];
        double sum = 0;
        for (Map.Entry<Task, Double> entry : weights.entrySet()) {
            Task task = entry.getKey();
            if (task.novel()) {
                throw new InvalidInput("tasks: \"" + task.name() + "\" is kept for testing and cannot be trained on; leave it out");
            }
            if (!(entry.getValue() > 0 && entry.getValue() < 1e6)) {
                throw new InvalidInput("tasks: the weight of \"" + task.name() + "\" is " + entry.getValue() + ", expected a positive number");
            }
            sum += entry.getValue();
            upTo[tasks.size()] = sum;
            tasks.add(task);
        }
        if (tasks.isEmpty()) {
            throw new InvalidInput("tasks: there is nothing to train on; name at least one task");
        }
    }

    /** As a configuration writes it: {@code {"gamma": 1.5, "derain": 0.7}}. */
    public static TaskMixture ofNames(Map<String, Double> weights) {
        Map<Task, Double> tasks = new LinkedHashMap<>();
        weights.forEach((name, weight) -> tasks.put(TaskRegistry.named(name), weight));
        return new TaskMixture(tasks);
    }

    /** The tasks, in order. */
    public List<Task> tasks() {
        return List.copyOf(tasks);
    }

    /** One of the tasks. */
    public Task draw(Philox random) {
        double at = random.nextFloat() * upTo[upTo.length - 1];
        int i = 0;
        while (i < upTo.length - 1 && at >= upTo[i]) {
            i++;
        }
        return tasks.get(i);
    }
}
