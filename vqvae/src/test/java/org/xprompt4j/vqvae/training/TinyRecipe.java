package org.xprompt4j.vqvae.training;

import java.util.List;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.vqvae.VqganConfig;

/** A tokenizer small enough for the scalar backend, and pictures for it. */
final class TinyRecipe {
    private TinyRecipe() {
    }

    static VqganConfig model() {
        return new VqganConfig(8, 3, 3, 8, List.of(1, 2), 1, List.of(), 4, 16, 4, 2, true, false);
    }

    /** The same with codes that are not normalised and a patch path. */
    static TokenizerRecipe patchRecipe(int steps) {
        VqganConfig m = new VqganConfig(8, 3, 3, 8, List.of(1, 2), 1, List.of(), 4, 16, 4, 2, false, true);
        TokenizerRecipe plain = recipe(steps, TokenizerRecipe.Adversary.none());
        return new TokenizerRecipe(m, 5, steps, false, plain.optimiser(), plain.loss(), new TokenizerRecipe.Codebook(500, 5, 0, 0.9f, 0.98f, 0.7f, 3, 0.1f, 0.9f),
                plain.adversary());
    }

    static TokenizerRecipe recipe(int steps, TokenizerRecipe.Adversary adversary) {
        return new TokenizerRecipe(model(), 5, steps, false, new TokenizerRecipe.Optimiser(4e-3f, 1e-4f, 4, 0.9f, 0.99f, 0.01f, 1),
                new TokenizerRecipe.Loss(1, 1, List.of(1f, 0.5f, 0.25f), 0.1f, 1),
                new TokenizerRecipe.Codebook(500, 5, 4, 0.9f, 0.98f, 0.7f, 3, 0.1f, 0.9f), adversary);
    }

    /** Smooth gradients with a random direction and two random colours. */
    static PictureBatches pictures(int batch, int side) {
        return step -> {
            Philox draws = new Philox(11, step);
            float[] pixels = new float[batch * side * side * 3];
            for (int b = 0, i = 0; b < batch; b++) {
                float dx = draws.nextFloat(-1, 1);
                float dy = draws.nextFloat(-1, 1);
                float[] colours = new float[6];
                for (int c = 0; c < 6; c++) {
                    colours[c] = draws.nextFloat(-1, 1);
                }
                for (int y = 0; y < side; y++) {
                    for (int x = 0; x < side; x++) {
                        float mix = Math.clamp(0.5f + (dx * (x - side / 2f) + dy * (y - side / 2f)) / side, 0, 1);
                        for (int c = 0; c < 3; c++, i++) {
                            pixels[i] = colours[c] + mix * (colours[3 + c] - colours[c]);
                        }
                    }
                }
            }
            return new PictureBatches.Batch(batch, side, side, pixels);
        };
    }
}
