package org.xprompt4j.xprompt.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.vqvae.Vqgan;
import org.xprompt4j.xprompt.PaintedPhotos;
import org.xprompt4j.xprompt.TinyModel;
import org.xprompt4j.xprompt.task.TaskRegistry;

class PromptTrainingTest {
    private static final Map<String, Double> TASKS = Map.of("negative", 1.0, "gamma", 2.0);

    @TempDir
    private Path folder;
    private Backend backend;
    private MemoryScope scope;
    private Vqgan vqgan;

    @BeforeEach
    void open() {
        backend = Backends.open("cpu");
        scope = backend.openScope("tokenizer");
        vqgan = TinyModel.vqgan(scope, 1);
    }

    @AfterEach
    void close() {
        scope.close();
        backend.close();
    }

    private PromptTraining training(float rate) {
        return new PromptTraining(backend, Recipes.tiny("-", "-", rate, TASKS), vqgan,
                new EpisodeSource.Photographs(new PaintedPhotos(), TaskRegistry.all()));
    }

    private static List<PromptTraining.StepResult> steps(PromptTraining training, int count) {
        List<PromptTraining.StepResult> results = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            results.add(training.step());
        }
        return results;
    }

    private byte[] state(PromptTraining training, String name) throws IOException {
        Path to = Files.createDirectory(folder.resolve(name));
        training.save(to);
        return Files.readAllBytes(to.resolve("training.safetensors"));
    }

    @Test
    void aStepIsAFunctionOfItsNumber() throws IOException {
        try (PromptTraining one = training(0.003f); PromptTraining two = training(0.003f)) {
            assertThat(steps(one, 4)).isEqualTo(steps(two, 4));
            assertThat(one.validationLoss()).isEqualTo(two.validationLoss()).isEqualTo(one.validationLoss());
            assertThat(state(one, "one")).isEqualTo(state(two, "two"));
        }
    }

    @Test
    void resumedItIsTheUnbrokenRunByteForByte() throws IOException {
        try (PromptTraining unbroken = training(0.003f); PromptTraining first = training(0.003f); PromptTraining second = training(0.003f)) {
            List<PromptTraining.StepResult> expected = steps(unbroken, 6);
            List<PromptTraining.StepResult> actual = new ArrayList<>(steps(first, 3));
            state(first, "middle");
            second.load(folder.resolve("middle"));
            assertThat(second.steps()).isEqualTo(3);
            actual.addAll(steps(second, 3));
            assertThat(actual).isEqualTo(expected);
            assertThat(state(second, "resumed")).isEqualTo(state(unbroken, "unbroken"));
        }
    }

    @Test
    void aDivergedRunSaysSo() {
        try (PromptTraining training = training(0.003f)) {
            Tensor embedding = training.model().embedding().value();
            float[] ruined = new float[Math.toIntExact(embedding.numel())];
            Arrays.fill(ruined, Float.NaN);
            embedding.set(ruined);
            assertThatThrownBy(() -> steps(training, 4)).isInstanceOf(InvalidInput.class)
                    .hasMessageContainingAll("diverged at step", "optimiser.lr");
        }
    }

    @Test
    void otherFilesAreNoState() throws IOException {
        try (PromptTraining training = training(0.003f)) {
            Path empty = Files.createDirectory(folder.resolve("empty"));
            assertThatThrownBy(() -> training.load(empty)).isInstanceOf(InvalidInput.class).hasMessageContaining("training.safetensors");
            byte[] good = state(training, "good");
            Files.write(empty.resolve("training.safetensors"), new String(good, StandardCharsets.ISO_8859_1)
                    .replace("xprompt-training", "xprompt-somethng").getBytes(StandardCharsets.ISO_8859_1));
            assertThatThrownBy(() -> training.load(empty)).isInstanceOf(InvalidInput.class).hasMessageContainingAll("training.safetensors", "format");
        }
    }
}
