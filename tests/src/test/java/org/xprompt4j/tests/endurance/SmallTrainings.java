package org.xprompt4j.tests.endurance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.xprompt4j.tests.cli.PaintedPhotos;
import org.xprompt4j.tests.cli.TinyModel;

/** Recipes of the smallest trainings of both kinds, with all that chance and state there is: dropout, noise, Muon, a moving codebook. */
public final class SmallTrainings {
    private static final String TRANSFORMER = """
            {
              "tokenizer": "start", "startFrom": "", "photos": "photos", "pictureSize": 16, "seed": 1,
              "model": {"layers": 1, "hidden": 16, "heads": 2, "kvHeads": 1, "intermediate": 24, "xpTokens": 2,
                        "swinNorm": false, "tiedHead": false, "dropout": 0.1, "codeStart": true},
              "batch": {"sequences": 2, "group": 2, "examples": 1, "compressed": 0.6, "full": 0.2, "none": 0.2,
                        "arrangement": "SHARED", "loss": "ANSWER", "answerNoise": 0.5, "mostReplaced": 0.5},
              "optimiser": {"steps": STEPS, "until": STEPS, "warmup": 1, "lr": 0.001, "muonLr": 0.01, "floor": 0.1,
                            "beta1": 0.9, "beta2": 0.95, "weightDecay": 0.01, "clip": 1, "zLoss": 0.00001},
              "tasks": {"negative": 1, "sepia": 1},
              "words": {"pieces": 0, "sprites": "", "edit": 1, "difference": 0, "caption": 0, "scene": 0, "instruction": 0, "reverse": 0},
              "every": {"log": LOG, "check": CHECK, "save": SAVE}
            }
            """;
    private static final String TOKENIZER = """
            {
              "startFrom": "", "photos": "photos", "pictureSize": 16, "batch": 2, "tasks": {"gamma": 1}, "taskShare": 0.5, "heldOut": 2,
              "every": {"check": CHECK, "save": SAVE, "saveMinutes": 5}, "bfloat16": false,
              "recipe": {
                "model": {"resolution": 16, "inChannels": 3, "outChannels": 3, "channels": 8, "multipliers": [1, 2], "resBlocks": 1,
                          "attentionResolutions": [], "latentChannels": 4, "codes": 32, "codeDim": 4, "normGroups": 2,
                          "normalizeCodes": false, "patchPath": true},
                "seed": 1, "steps": STEPS, "keepCodes": false,
                "optimiser": {"peakRate": 0.002, "floorRate": 0.0001, "warmupSteps": 2, "beta1": 0.9, "beta2": 0.99, "weightDecay": 0.01, "clip": 1},
                "loss": {"absolute": 1, "squared": 1, "scales": [1], "gradient": 0, "commitment": 1},
                "codebook": {"startPatches": 100, "startIterations": 3, "continuousSteps": 0, "decay": 0.9, "lateDecay": 0.98, "lateFrom": 0.7,
                             "replaceEvery": 2, "replaceBelow": 0.1, "replaceUntil": 0.9},
                "adversary": {"weight": 0, "startStep": 0, "channels": 32, "layers": 1, "rate": 0.001}
              }
            }
            """;

    private SmallTrainings() {
    }

    /** The two commands that train. */
    public enum Kind {
        TRANSFORMER("train"), TOKENIZER("train-tokenizer");

        final String command;

        Kind(String command) {
            this.command = command;
        }
    }

    /**
     * Writes photographs, a tokenizer to start from, and the recipe.
     *
     * @param save steps between two states; a row of the log and a check come a little less often
     * @return the recipe
     */
    public static Path write(Path folder, Kind kind, int steps, int save) throws IOException {
        Files.createDirectories(folder);
        PaintedPhotos.folder(folder.resolve("photos"));
        TinyModel.writeTokenizer(folder.resolve("start"), 1);
        String recipe = kind == Kind.TRANSFORMER ? TRANSFORMER : TOKENIZER;
        return Files.writeString(folder.resolve(kind.command + ".json"), recipe.replace("STEPS", Integer.toString(steps))
                .replace("SAVE", Integer.toString(save)).replace("LOG", Integer.toString(save + 1)).replace("CHECK", Integer.toString(save + 4)));
    }
}
