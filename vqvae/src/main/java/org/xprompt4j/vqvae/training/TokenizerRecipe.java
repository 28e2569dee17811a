package org.xprompt4j.vqvae.training;

import java.util.List;

import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.vqvae.VqganConfig;

/**
 * Everything that decides a training run of the tokenizer but the pictures. A run is a function of this record and of the
 * pictures that each step is given.
 *
 * @param model sizes of the tokenizer
 * @param seed of first weights and of codebook draws
 * @param steps length of the run
 * @param keepCodes true to train the decoder alone, on a given tokenizer whose codes stay what they are
 * @param optimiser AdamW and its schedule
 * @param loss weights of the terms
 * @param codebook how the codebook follows the encoder
 * @param adversary the optional discriminator
 */
public record TokenizerRecipe(VqganConfig model, long seed, int steps, boolean keepCodes, Optimiser optimiser, Loss loss, Codebook codebook,
        Adversary adversary) {
    /**
     * AdamW with warm-up and cosine.
     *
     * @param peakRate highest learning rate
     * @param floorRate learning rate of the last step
     * @param warmupSteps steps of linear rise
     * @param beta1 decay of the first moment
     * @param beta2 decay of the second moment
     * @param weightDecay of convolution weights
     * @param clip largest norm of all gradients together; 0 for no clipping
     */
    public record Optimiser(float peakRate, float floorRate, int warmupSteps, float beta1, float beta2, float weightDecay, float clip) {
        /** Refuses values outside of their ranges, naming the field. */
        public Optimiser {
            require(peakRate > 0, "optimiser.peakRate", "above 0", peakRate);
            require(floorRate >= 0 && floorRate <= peakRate, "optimiser.floorRate", "from 0 to peakRate", floorRate);
            require(warmupSteps >= 0, "optimiser.warmupSteps", "at least 0", warmupSteps);
            require(beta1 >= 0 && beta1 < 1, "optimiser.beta1", "from 0 to below 1", beta1);
            require(beta2 >= 0 && beta2 < 1, "optimiser.beta2", "from 0 to below 1", beta2);
            require(weightDecay >= 0, "optimiser.weightDecay", "at least 0", weightDecay);
            require(clip >= 0, "optimiser.clip", "at least 0 (0 clips nothing)", clip);
        }
    }

    /**
     * Weights of the loss, a mean over all samples of a batch in [-1, 1].
     *
     * @param absolute of |x̂ - x|
     * @param squared of (x̂ - x)²
     * @param scales factors of the absolute term at scale 1, 1/2, 1/4, ...; the finest first
     * @param gradient of the absolute difference of neighbouring pixels' errors, which punishes blur
     * @param commitment of (z - sg(e))², a mean over all numbers of all codes
     */
    public record Loss(float absolute, float squared, List<Float> scales, float gradient, float commitment) {
        /** Refuses values outside of their ranges, naming the field. */
        public Loss {
            scales = List.copyOf(scales);
            require(absolute >= 0, "loss.absolute", "at least 0", absolute);
            require(squared >= 0, "loss.squared", "at least 0", squared);
            require(absolute + squared > 0, "loss.absolute + loss.squared", "above 0", absolute + squared);
            require(!scales.isEmpty() && scales.size() <= 5 && scales.stream().allMatch(s -> s >= 0), "loss.scales", "1 to 5 factors of at least 0",
                    scales);
            require(gradient >= 0, "loss.gradient", "at least 0", gradient);
            require(commitment >= 0, "loss.commitment", "at least 0", commitment);
        }
    }

    /**
     * The codebook follows the encoder by moving averages (van den Oord et al., 2017, appendix A.1).
     *
     * @param startPatches patches that a model with a patch path starts from
     * @param startIterations of k-means on them
     * @param continuousSteps steps at the start in which nothing is quantised; the codebook then starts as latents of that batch;
     *        0 for a model with a patch path, whose codebook comes from patches
     * @param decay of the averages
     * @param lateDecay of the averages in the last part, so that codes come to rest
     * @param lateFrom share of the run at which the last part begins
     * @param replaceEvery steps between searches for unused codes
     * @param replaceBelow a code is unused when it is chosen less often than this share of the even use
     * @param replaceUntil share of the run after which codes are left alone
     */
    public record Codebook(int startPatches, int startIterations, int continuousSteps, float decay, float lateDecay, float lateFrom,
            int replaceEvery, float replaceBelow, float replaceUntil) {
        /** Refuses values outside of their ranges, naming the field. */
        public Codebook {
            require(startPatches >= 1 && startPatches <= 10_000_000, "codebook.startPatches", "from 1 to 10000000", startPatches);
            require(startIterations >= 1 && startIterations <= 1000, "codebook.startIterations", "from 1 to 1000", startIterations);
            require(continuousSteps >= 0, "codebook.continuousSteps", "at least 0", continuousSteps);
            require(decay > 0 && decay < 1, "codebook.decay", "between 0 and 1", decay);
            require(lateDecay > 0 && lateDecay < 1, "codebook.lateDecay", "between 0 and 1", lateDecay);
            require(lateFrom >= 0 && lateFrom <= 1, "codebook.lateFrom", "from 0 to 1", lateFrom);
            require(replaceEvery >= 1, "codebook.replaceEvery", "at least 1", replaceEvery);
            require(replaceBelow >= 0 && replaceBelow < 1, "codebook.replaceBelow", "from 0 to below 1", replaceBelow);
            require(replaceUntil >= 0 && replaceUntil <= 1, "codebook.replaceUntil", "from 0 to 1", replaceUntil);
        }
    }

    /**
     * A patch discriminator with hinge loss.
     *
     * @param weight of its term in the tokenizer's loss; 0 for no discriminator at all
     * @param startStep first step at which it acts and learns
     * @param channels width of its first layer; a multiple of 32
     * @param layers strided layers, each but the first doubling the width up to eightfold
     * @param rate its learning rate, constant
     */
    public record Adversary(float weight, int startStep, int channels, int layers, float rate) {
        /** Refuses values outside of their ranges, naming the field. */
        public Adversary {
            require(weight >= 0, "adversary.weight", "at least 0 (0 for none)", weight);
            require(startStep >= 0, "adversary.startStep", "at least 0", startStep);
            require(channels >= 32 && channels % 32 == 0 && channels <= 1024, "adversary.channels", "a multiple of 32 up to 1024", channels);
            require(layers >= 1 && layers <= 5, "adversary.layers", "from 1 to 5", layers);
            require(rate > 0, "adversary.rate", "above 0", rate);
        }

        /** No discriminator. */
        public static Adversary none() {
            return new Adversary(0, 0, 64, 3, 1e-4f);
        }

        boolean acts() {
            return weight > 0;
        }

        boolean actsAt(int step) {
            return weight > 0 && step >= startStep;
        }
    }

    /** Refuses parts that contradict each other, naming the field. */
    public TokenizerRecipe {
        require(steps >= 1 && steps > optimiser.warmupSteps(), "steps", "at least 1 and above optimiser.warmupSteps", steps);
        require(!model.patchPath() || codebook.continuousSteps() == 0, "codebook.continuousSteps", "0 for a model with a patch path",
                codebook.continuousSteps());
    }

    private static void require(boolean holds, String field, String rule, Object value) {
        if (!holds) {
            throw new InvalidInput(field + " must be " + rule + ", is " + value);
        }
    }
}
