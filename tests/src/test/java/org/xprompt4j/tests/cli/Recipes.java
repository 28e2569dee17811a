package org.xprompt4j.tests.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A recipe for {@code xp train} that takes no time. */
final class Recipes {
    private static final String TINY = """
            {
              "tokenizer": "TOKENIZER", "startFrom": "", "photos": "PHOTOS", "pictureSize": 16, "seed": 1,
              "model": {"layers": 1, "hidden": 16, "heads": 2, "kvHeads": 1, "intermediate": 24, "xpTokens": 2,
                        "swinNorm": false, "tiedHead": false, "dropout": 0, "codeStart": false},
              "batch": {"sequences": 2, "group": 2, "examples": 1, "compressed": 1, "full": 0, "none": 0,
                        "arrangement": "SHARED", "loss": "ANSWER", "answerNoise": 0, "mostReplaced": 0},
              "optimiser": {"steps": STEPS, "until": STEPS, "warmup": 1, "lr": 0.001, "muonLr": 0.01, "floor": 0.1,
                            "beta1": 0.9, "beta2": 0.95, "weightDecay": 0.01, "clip": 1, "zLoss": 0},
              "tasks": {"negative": 1},
              "words": {"pieces": 0, "sprites": "", "edit": 1, "difference": 0, "caption": 0, "scene": 0, "instruction": 0, "reverse": 0},
              "every": {"log": 2, "check": 3, "save": 4}
            }
            """;

    private Recipes() {
    }

    static Path write(Path file, Path tokenizer, Path photos, int steps) throws IOException {
        return Files.writeString(file, TINY.replace("TOKENIZER", tokenizer.toString()).replace("PHOTOS", photos.toString())
                .replace("STEPS", Integer.toString(steps)));
    }
}
