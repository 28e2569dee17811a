package org.xprompt4j.tests.precision;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BiConsumer;

import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tests.cli.PaintedPhotos;
import org.xprompt4j.tests.cli.TinyModel;
import org.xprompt4j.vqvae.Vqgan;
import org.xprompt4j.vqvae.VqganCheckpoint;
import org.xprompt4j.xprompt.config.ConfigFile;
import org.xprompt4j.xprompt.data.PhotoSource;
import org.xprompt4j.xprompt.task.TaskRegistry;
import org.xprompt4j.xprompt.training.EpisodeSource;
import org.xprompt4j.xprompt.training.PromptTraining;
import org.xprompt4j.xprompt.training.PromptTrainingConfig;

/** A recipe small enough for the emulator: two layers on pictures of 16 x 16, both optimisers, in a folder of its own. */
final class PrecisionRecipe {
    private static final String RECIPE = """
            {
              "tokenizer": "start", "startFrom": "", "photos": "photos", "pictureSize": 16, "seed": SEED,
              "model": {"layers": 2, "hidden": 32, "heads": 2, "kvHeads": 1, "intermediate": 48, "xpTokens": 2,
                        "swinNorm": false, "tiedHead": false, "dropout": 0, "codeStart": true},
              "batch": {"sequences": 2, "group": 2, "examples": 1, "compressed": 0.8, "full": 0.1, "none": 0.1,
                        "arrangement": "SHARED", "loss": "ANSWER", "answerNoise": 0, "mostReplaced": 0},
              "optimiser": {"steps": 200, "until": 200, "warmup": 10, "lr": 0.003, "muonLr": 0.02, "floor": 0.05,
                            "beta1": 0.9, "beta2": 0.95, "weightDecay": 0.01, "clip": 1, "zLoss": 0.00001},
              "tasks": {"negative": 1, "sepia": 1},
              "words": {"pieces": 0, "sprites": "", "edit": 1, "difference": 0, "caption": 0, "scene": 0, "instruction": 0, "reverse": 0},
              "every": {"log": 10, "check": 1000, "save": 1000}
            }
            """;

    private final Path folder;

    /** Paints photographs and writes a tokenizer into an empty folder. */
    PrecisionRecipe(Path folder) throws IOException {
        this.folder = folder;
        PaintedPhotos.folder(folder.resolve("photos"));
        TinyModel.writeTokenizer(folder.resolve("start"), 1);
    }

    /** The recipe of a seed, as a file for xp train. */
    Path file(long seed) throws IOException {
        return Files.writeString(folder.resolve("seed" + seed + ".json"), RECIPE.replace("SEED", Long.toString(seed)));
    }

    /** The losses of the first steps, each told as it comes. */
    double[] losses(String device, DType precision, long seed, int steps, BiConsumer<Integer, Float> listener) throws IOException {
        PromptTrainingConfig config = ConfigFile.read(file(seed), PromptTrainingConfig.class);
        double[] losses = new double[steps];
        try (Backend backend = Backends.open(device); MemoryScope scope = backend.openScope("tokenizer")) {
            Vqgan vqgan = VqganCheckpoint.load(backend, scope, folder.resolve("start"));
            EpisodeSource.Photographs photos = new EpisodeSource.Photographs(PhotoSource.open(folder.resolve("photos")), TaskRegistry.all());
            try (PromptTraining training = new PromptTraining(backend, config, vqgan, photos, precision)) {
                for (int i = 0; i < steps; i++) {
                    float loss = training.step().loss();
                    losses[i] = loss;
                    listener.accept(i + 1, loss);
                }
            }
        }
        return losses;
    }
}
