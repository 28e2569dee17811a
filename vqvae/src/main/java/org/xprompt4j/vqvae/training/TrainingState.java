package org.xprompt4j.vqvae.training;

import java.nio.file.Path;
import java.util.Map;

import org.xprompt4j.nn.Checkpoint;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.file.SafetensorsFile;
import org.xprompt4j.tensor.file.SafetensorsWriter;

/** A stored run: named tensors, the next step and the recipe it belongs to, in one safetensors file. */
final class TrainingState {
    private static final String KIND = "tokenizer training state 1";

    private TrainingState() {
    }

    static void save(Path file, TokenizerRecipe recipe, int step, Map<String, Tensor> tensors) {
        SafetensorsWriter writer = new SafetensorsWriter().metadata("kind", KIND).metadata("recipe", recipe.toString())
                .metadata("step", Integer.toString(step));
        tensors.forEach(writer::add);
        writer.writeTo(file);
    }

    /** Copies a stored state into living tensors and returns the next step. */
    static int load(Backend backend, Path file, TokenizerRecipe recipe, Map<String, Tensor> tensors) {
        try (SafetensorsFile stored = SafetensorsFile.open(file)) {
            if (!KIND.equals(stored.metadata().get("kind"))) {
                throw new InvalidInput(file + ": metadata 'kind' must be '" + KIND + "', is '" + stored.metadata().get("kind")
                        + "'; this is no state of a tokenizer's training");
            }
            requireSame(file, stored.metadata().getOrDefault("recipe", ""), recipe.toString());
            int step = step(file, stored.metadata().getOrDefault("step", ""), recipe);
            tensors.forEach((name, target) -> {
                Tensor source = stored.tensor(name, target.shape().toArray());
                if (source.dtype() != target.dtype()) {
                    throw new InvalidInput(file + ": tensor " + name + " must be " + target.dtype() + ", is " + source.dtype());
                }
                Checkpoint.upload(source, target, backend);
            });
            return step;
        }
    }

    private static int step(Path file, String text, TokenizerRecipe recipe) {
        try {
            int step = Integer.parseInt(text);
            if (step >= 0 && step <= recipe.steps()) {
                return step;
            }
        } catch (NumberFormatException e) {
            throw new InvalidInput(file + ": metadata 'step' must be a number, is '" + text + "'", e);
        }
        throw new InvalidInput(file + ": metadata 'step' must be from 0 to " + recipe.steps() + ", is " + text);
    }

    private static void requireSame(Path file, String stored, String wanted) {
        if (stored.equals(wanted)) {
            return;
        }
        String[] before = stored.split(", (?=[a-zA-Z])");
        String[] now = wanted.split(", (?=[a-zA-Z])");
        int i = 0;
        while (i < before.length - 1 && i < now.length - 1 && before[i].equals(now[i])) {
            i++;
        }
        throw new InvalidInput(file + ": the run in this folder was begun with another configuration: it has " + before[i]
                + " where the configuration has " + now[i] + "; go on with that configuration or choose another folder");
    }
}
