package org.xprompt4j.xprompt.training;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.xprompt4j.xprompt.prompt.Arrangement;
import org.xprompt4j.xprompt.prompt.LossSpan;

/**
 * A recipe for the transformer, as JSON. Paths are taken from the folder of the configuration file.
 *
 * @param tokenizer folder of the trained picture tokenizer
 * @param photos photographs: a pack or a folder with a manifest
 * @param pictureSize side of the pictures in pixels
 * @param seed of weights, data and dropout
 * @param model sizes
 * @param batch what a step reads
 * @param optimiser how weights move
 * @param tasks weight of each task in the mixture, by name
 * @param words what is asked and answered in words
 * @param every how often to log, check and save
 * @param startFrom model folder whose weights the run starts with, of the same sizes; empty for a new model
 */
public record PromptTrainingConfig(String tokenizer, String photos, int pictureSize, long seed, Model model, Batch batch, Optimiser optimiser,
        Map<String, Double> tasks, Words words, Every every, String startFrom) {
    /**
     * Sizes of the transformer.
     *
     * @param xpTokens number of X-Prompt tokens (paper: 32)
     * @param swinNorm norms behind the sub-blocks (Chameleon-30B) instead of before (7B)
     * @param tiedHead one matrix for embedding and head
     * @param dropout on both residual branches
     * @param codeStart embeddings and head start from what the codes look like, not from noise
     */
    public record Model(int layers, int hidden, int heads, int kvHeads, int intermediate, int xpTokens, boolean swinNorm, boolean tiedHead,
            float dropout, boolean codeStart) {
        /** Refuses values outside of their ranges, naming the field. */
        public Model {
            require(layers > 0 && layers <= 1024, "model.layers must be 1 to 1024, is " + layers);
            require(heads > 0 && heads <= MAX_WIDTH && hidden > 0 && hidden <= MAX_WIDTH && hidden % (2 * heads) == 0,
                    "model.hidden must be a multiple of twice model.heads up to " + MAX_WIDTH + ", is " + hidden + " with model.heads " + heads);
            require(kvHeads > 0 && heads % kvHeads == 0, "model.kvHeads must divide model.heads " + heads + ", is " + kvHeads);
            require(intermediate > 0 && intermediate <= 8 * MAX_WIDTH, "model.intermediate must be 1 to " + 8 * MAX_WIDTH + ", is " + intermediate);
            require(xpTokens >= 1 && xpTokens <= 1024, "model.xpTokens must be 1 to 1024, is " + xpTokens);
            require(dropout >= 0 && dropout < 1, "model.dropout must be 0 up to 1, is " + dropout);
        }
    }

    /**
     * What a step reads. The whole batch has one context mode, drawn by the three shares.
     *
     * @param sequences per step
     * @param group sequences that share one task and its parameters: pair i is the example of pair i+1
     * @param examples worked examples in a prompt
     * @param compressed share of steps under the X-Prompt mask
     * @param full share of steps with the example in full
     * @param none share of steps without an example
     * @param arrangement of several examples
     * @param loss which tokens are targets
     * @param answerNoise share of sequences in whose shown answer codes are replaced by random ones
     * @param mostReplaced largest share of an answer's codes that is replaced; at 1 some answers must be drawn from query and example alone
     */
    public record Batch(int sequences, int group, int examples, double compressed, double full, double none, Arrangement arrangement, LossSpan loss,
            double answerNoise, double mostReplaced) {
        /** Refuses values outside of their ranges, naming the field. */
        public Batch {
            require(examples >= 1, "batch.examples must be at least 1, is " + examples);
            require(group > examples, "batch.group must be larger than batch.examples, is " + group);
            require(sequences > 0 && sequences % group == 0, "batch.sequences must be a positive multiple of batch.group, is " + sequences);
            require(answerNoise >= 0 && answerNoise <= 1, "batch.answerNoise must be 0 to 1, is " + answerNoise);
            require(mostReplaced >= 0 && mostReplaced <= 1, "batch.mostReplaced must be 0 to 1, is " + mostReplaced);
            require(compressed >= 0 && full >= 0 && none >= 0 && compressed + full + none > 0, "batch shares must not be negative, nor all zero");
        }
    }

    /**
     * Muon for the matrices inside the layers, AdamW for all else, both under one cosine schedule.
     *
     * @param steps length of the run
     * @param warmup steps of rise
     * @param lr peak of AdamW's rate
     * @param muonLr peak of Muon's rate; 0 leaves all parameters to AdamW
     * @param floor last rate as a share of the peak
     * @param weightDecay of matrices
     * @param clip of the gradient norm; 0 for none
     * @param zLoss weight of the squared logsumexp
     * @param until last step of this run, for recipes that go on with another configuration; the schedule is laid out for {@code steps}
     */
    public record Optimiser(int steps, int warmup, float lr, float muonLr, float floor, float beta1, float beta2, float weightDecay, float clip, float zLoss,
            int until) {
        /** Refuses values outside of their ranges, naming the field. */
        public Optimiser {
            require(steps > warmup && warmup >= 0, "optimiser.steps must be larger than optimiser.warmup, is " + steps);
            require(until > 0 && until <= steps, "optimiser.until must be 1 to optimiser.steps, is " + until);
            require(lr > 0 && lr <= 1 && muonLr >= 0 && muonLr <= 1, "optimiser.lr must be above 0 and optimiser.muonLr at least 0, both up to 1");
            require(beta1 >= 0 && beta1 < 1, "optimiser.beta1 must be 0 up to 1, is " + beta1);
            require(beta2 >= 0 && beta2 < 1, "optimiser.beta2 must be 0 up to 1, is " + beta2);
            require(weightDecay >= 0 && weightDecay <= 1, "optimiser.weightDecay must be 0 to 1, is " + weightDecay);
            require(clip >= 0, "optimiser.clip must be 0 (none) or more, is " + clip);
            require(zLoss >= 0 && zLoss <= 1, "optimiser.zLoss must be 0 to 1, is " + zLoss);
            require(floor >= 0 && floor <= 1, "optimiser.floor must be 0 to 1, is " + floor);
        }
    }

    /**
     * Words beside the pictures (paper, section 3.2). A batch asks for one thing, drawn by the four shares.
     *
     * @param pieces pieces of text that are learnt beside the 256 bytes; 0 for a model without words, which asks for edits alone
     * @param sprites folder of the sprites that edits put on photographs; empty for none
     * @param edit share of batches that ask for a picture made from a picture
     * @param difference share that ask in words what changed between two pictures
     * @param caption share that ask in words what a scene shows
     * @param scene share that ask for the picture of a scene
     * @param instruction share of edits that are also asked for in words; without an example all are
     * @param reverse share of edits and differences that go from the second picture to the first
     */
    public record Words(int pieces, String sprites, double edit, double difference, double caption, double scene, double instruction, double reverse) {
        /** A model without words. */
        public static final Words NONE = new Words(0, "", 1, 0, 0, 0, 0, 0);

        /** Refuses values outside of their ranges, naming the field. */
        public Words {
            require(pieces >= 0 && pieces <= 1 << 16, "words.pieces must be 0 to 65536, is " + pieces);
            require(edit > 0 && difference >= 0 && caption >= 0 && scene >= 0,
                    "words.edit must be above 0, and words.difference, words.caption and words.scene not negative");
            require(instruction >= 0 && instruction <= 1 && reverse >= 0 && reverse <= 1, "words.instruction and words.reverse must be 0 to 1");
            require(pieces > 0 || difference + caption + scene + instruction == 0,
                    "words.pieces must be above 0 where words.difference, words.caption, words.scene or words.instruction are");
        }
    }

    /**
     * How often, in steps.
     *
     * @param log a row of the log
     * @param check loss on photographs that are not trained on
     * @param save the state, so that a killed run loses no more
     */
    public record Every(int log, int check, int save) {
        /** Refuses values outside of their ranges, naming the field. */
        public Every {
            require(log > 0 && check > 0 && save > 0, "every.log, every.check and every.save must be positive");
        }
    }

    private static final int MAX_WIDTH = 1 << 16;

    /** Refuses parts that contradict each other, naming the field. */
    public PromptTrainingConfig {
        require(pictureSize > 0 && pictureSize <= 4096, "pictureSize must be 1 to 4096, is " + pictureSize);
        require(!tasks.isEmpty() && tasks.values().stream().allMatch(w -> w >= 0), "tasks must name at least one task, with weights that are not negative");
        tasks = Collections.unmodifiableSortedMap(new TreeMap<>(tasks)); // one order in every process: config.json is compared as text
    }

    /** The same recipe with another seed. */
    PromptTrainingConfig withSeed(long other) {
        return new PromptTrainingConfig(tokenizer, photos, pictureSize, other, model, batch, optimiser, tasks, words, every, startFrom);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
