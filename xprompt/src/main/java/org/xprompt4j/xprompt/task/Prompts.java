package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.data.Crops;
import org.xprompt4j.xprompt.data.Draws;
import org.xprompt4j.xprompt.data.PhotoSource;

/**
 * Makes the pairs of prompts so that each can be made again anywhere: parameters are drawn by (seed, task, prompt), crops by
 * (seed, photograph, crop), noise by (seed, task, photograph, crop).
 *
 * @param source photographs
 * @param size   side of the pictures
 * @param seed   of all draws
 */
public record Prompts(PhotoSource source, int size, long seed) {
    /** The rule that all pairs of a prompt share. */
    public Rule rule(Task task, long prompt) {
        return task.rule(Draws.of(seed, "parameters of " + task.name(), prompt));
    }

    /**
     * One pair.
     *
     * @param rule  of the prompt, by {@link #rule}
     * @param photo index in the source
     * @param crop  number of the crop
     */
    public Pair pair(Task task, Rule rule, int photo, long crop) {
        Philox noise = Draws.of(seed, "noise of " + task.name(), source.photo(photo).key(), crop);
        return rule.make(Crops.draw(source, photo, crop, size, seed), noise);
    }
}
