package org.xprompt4j.xprompt.training;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.vqvae.training.TokenizerRecipe;

/**
 * A recipe for the image tokenizer, as JSON. Paths are taken from the folder of the configuration file.
 *
 * @param startFrom folder of a trained tokenizer to go on from, as a recipe with keepCodes needs; empty for a new one
 * @param photos photographs: a pack or a folder with a manifest
 * @param pictureSize side of the training pictures in pixels
 * @param batch pictures of a step
 * @param tasks weight by name of the tasks whose pictures the tokenizer also learns; may be empty
 * @param taskShare share of a batch that is made by tasks instead of being photographs as they are
 * @param heldOut photographs that are never trained on, for measuring
 * @param every how often to measure and to save
 * @param bfloat16 true when the finished model is stored as BF16 instead of F32
 * @param recipe the training itself
 */
public record TokenizerConfig(String startFrom, String photos, int pictureSize, int batch, Map<String, Double> tasks, double taskShare, int heldOut, Every every,
        boolean bfloat16, TokenizerRecipe recipe) {
    /**
     * How often.
     *
     * @param check steps between measurements on held-out photographs
     * @param save steps between states
     * @param saveMinutes a state is written after this many minutes even when fewer steps have passed
     */
    public record Every(int check, int save, double saveMinutes) {
        /** Refuses values outside of their ranges, naming the field. */
        public Every {
            require(check > 0, "every.check", "positive", check);
            require(save > 0, "every.save", "positive", save);
            require(saveMinutes > 0, "every.saveMinutes", "positive", saveMinutes);
        }
    }

    /** Refuses parts that contradict each other, naming the field. */
    public TokenizerConfig {
        int reduction = recipe.model().reduction();
        require(pictureSize > 0 && pictureSize % reduction == 0, "pictureSize", "a positive multiple of the tokenizer's reduction " + reduction,
                pictureSize);
        require(batch > 0, "batch", "positive", batch);
        require(heldOut > 0, "heldOut", "positive", heldOut);
        require(tasks.values().stream().allMatch(w -> w >= 0), "tasks", "weights of at least 0", tasks);
        require(taskShare >= 0 && taskShare <= 1, "taskShare", "from 0 to 1", taskShare);
        require(taskShare == 0 || tasks.values().stream().anyMatch(w -> w > 0), "taskShare", "0 where no task has a weight", taskShare);
        require(!startFrom.isEmpty() || !recipe.keepCodes(), "startFrom", "a tokenizer's folder where recipe.keepCodes is true", startFrom);
        tasks = Collections.unmodifiableSortedMap(new TreeMap<>(tasks)); // one order in every process: config.json is compared as text
    }

    /** The same recipe with another seed. */
    public TokenizerConfig withSeed(long other) {
        TokenizerRecipe seeded = new TokenizerRecipe(recipe.model(), other, recipe.steps(), recipe.keepCodes(), recipe.optimiser(), recipe.loss(),
                recipe.codebook(), recipe.adversary());
        return new TokenizerConfig(startFrom, photos, pictureSize, batch, tasks, taskShare, heldOut, every, bfloat16, seeded);
    }

    private static void require(boolean holds, String field, String rule, Object value) {
        if (!holds) {
            throw new InvalidInput(field + " must be " + rule + ", is " + value);
        }
    }
}
