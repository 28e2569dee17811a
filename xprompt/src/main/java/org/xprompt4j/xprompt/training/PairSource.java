package org.xprompt4j.xprompt.training;

import java.util.ArrayList;
import java.util.List;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.data.Crops;
import org.xprompt4j.xprompt.data.PhotoSource;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.task.Reversed;
import org.xprompt4j.xprompt.task.Task;
import org.xprompt4j.xprompt.task.TaskMixture;

/** Photographs of one side of the split made into pairs by tasks. */
final class PairSource {
    private static final int TRIES = 1000; // for a task that has words

    private final PhotoSource source;
    private final TaskMixture tasks;
    private final PromptTrainingConfig config;
    private final int[] photos;

    /** @param split TRAIN, or VALIDATION, which takes test photographs where there are too few of its own */
    PairSource(PhotoSource source, TaskMixture tasks, PromptTrainingConfig config, Split split) {
        this.source = source;
        this.tasks = tasks;
        this.config = config;
        if (tasks.isEmpty()) {
            throw new InvalidInput("configuration: the weights of tasks are all zero");
        }
        this.photos = split == Split.VALIDATION && source.indices(split).length < 2 ? require(Split.TEST) : require(split);
    }

    private int[] require(Split split) {
        int[] indices = source.indices(split);
        if (indices.length < 2) {
            throw new InvalidInput("configuration: photos: hold " + indices.length + " of split " + split + ", at least 2 are needed; "
                    + "make a larger pack with: xp data prepare");
        }
        return indices;
    }

    /** One task with one set of parameters on {@code count} different photographs. */
    List<DrawnPair> draw(Philox random, int count) {
        return make(tasks.draw(random), random, count);
    }

    /** The same with a task that has words, in a share of the cases reversed. */
    List<DrawnPair> drawTold(Philox random, int count) {
        for (int i = 0; i < TRIES; i++) {
            Task task = tasks.draw(random);
            if (task.draw(new Philox(0, random.nextInt())).wording() != null) {
                return make(turned(task, random), random, count);
            }
        }
        throw new InvalidInput("configuration: tasks: none of them has words, but words.difference is above 0");
    }

    /** The same with any task, in a share of the cases reversed. */
    List<DrawnPair> drawEitherWay(Philox random, int count) {
        return make(turned(tasks.draw(random), random), random, count);
    }

    private Task turned(Task task, Philox random) {
        return random.nextFloat() < config.words().reverse() ? new Reversed("un-" + task.name(), task) : task;
    }

    private List<DrawnPair> make(Task drawn, Philox random, int count) {
        Task.Instance task = drawn.draw(random);
        int[] order = photos.clone();
        List<DrawnPair> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int pick = i < order.length ? i + random.nextInt(order.length - i) : random.nextInt(order.length);
            int photo = order[pick];
            if (i < order.length) {
                order[pick] = order[i];
                order[i] = photo;
            }
            Picture crop = Crops.draw(source, photo, random.nextInt() & 0xffffffffL, config.pictureSize(), config.seed());
            pairs.add(new DrawnPair(task.make(crop, random), task.wording()));
        }
        return pairs;
    }
}
