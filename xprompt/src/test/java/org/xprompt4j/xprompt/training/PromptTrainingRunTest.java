package org.xprompt4j.xprompt.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.file.AtomicFile;
import org.xprompt4j.vqvae.VqganCheckpoint;
import org.xprompt4j.xprompt.TinyModel;
import org.xprompt4j.xprompt.config.ConfigFile;
import org.xprompt4j.xprompt.inference.XPromptModel;

/** A training in a folder, on the photographs of the repository. */
class PromptTrainingRunTest {
    private static final String PHOTOS = Path.of("photos").toAbsolutePath().toString();

    @TempDir
    private Path folder;
    private Path config;

    /** Counts steps and says stop after some of them. */
    private static final class StopAfter implements PromptTrainingRun.Listener, BooleanSupplier {
        private final int steps;
        private int done;
        private int started = -1;

        StopAfter(int steps) {
            this.steps = steps;
        }

        @Override
        public void started(int step, int of, long parameters) {
            started = step;
        }

        @Override
        public void stepped(PromptTraining.StepResult result, double secondsOfStep) {
            done++;
        }

        @Override
        public void checked(int step, Map<Asked, Float> validationLosses) {
            assertThat(validationLosses.get(Asked.EDIT)).isPositive();
        }

        @Override
        public boolean getAsBoolean() {
            return done >= steps;
        }
    }

    @BeforeEach
    void writeConfig() {
        try (Backend backend = Backends.open("cpu"); MemoryScope scope = backend.openScope("tokenizer")) {
            VqganCheckpoint.save(backend, TinyModel.vqgan(scope, 1), folder.resolve("tokenizer"), DType.F32);
        }
        config = write("config.json", 0.003f);
    }

    private Path write(String name, float rate) {
        Path file = folder.resolve(name);
        AtomicFile.text(file, ConfigFile.write(Recipes.tiny("tokenizer", PHOTOS, rate, Map.of("negative", 1.0))));
        return file;
    }

    private StopAfter run(Path configFile, Path out, int steps, boolean finishes) {
        StopAfter stop = new StopAfter(steps);
        try (Backend backend = Backends.open("cpu")) {
            assertThat(new PromptTrainingRun(configFile, out).run(backend, stop, stop)).isEqualTo(finishes);
        }
        return stop;
    }

    /** The log without the column that tells the time. */
    private static List<String> rows(Path log) throws IOException {
        return Files.readAllLines(log).stream().map(line -> line.substring(0, line.lastIndexOf(','))).toList();
    }

    @Test
    void stoppedAndStartedAgainItIsTheUnbrokenRun() throws IOException {
        Path unbroken = folder.resolve("unbroken");
        Path broken = folder.resolve("broken");
        assertThat(run(config, unbroken, 1000, true).done).isEqualTo(Recipes.STEPS);
        run(config, broken, 2, false); // between two rows of the log
        Files.writeString(broken.resolve("log.csv"), Files.readString(broken.resolve("log.csv")) + "3,5.0,1.2,0.0"); // torn by a kill
        Files.createDirectory(broken.resolve("state-00000004.part"));
        StopAfter second = run(config, broken, 3, false);
        assertThat(second.started).isEqualTo(2);
        assertThat(run(config, broken, 1000, true).started).isEqualTo(5);

        assertThat(rows(broken.resolve("log.csv"))).isEqualTo(rows(unbroken.resolve("log.csv"))).hasSize(1 + 3);
        assertThat(Files.readString(broken.resolve("checks.csv"))).isEqualTo(Files.readString(unbroken.resolve("checks.csv")));
        for (String file : new String[] {"config.json", "model.safetensors", "xprompt_config.json"}) {
            assertThat(Files.readAllBytes(broken.resolve("model").resolve(file))).as(file).isEqualTo(Files.readAllBytes(unbroken.resolve("model").resolve(file)));
        }
        String last = "state-00000007/training.safetensors";
        assertThat(Files.readAllBytes(broken.resolve(last))).isEqualTo(Files.readAllBytes(unbroken.resolve(last)));
        assertThat(broken.resolve("state-00000004.part")).doesNotExist();

        assertThat(run(config, broken, 1000, true).done).as("steps of a finished run").isZero();
        try (XPromptModel model = XPromptModel.open(broken.resolve("model"), "cpu")) {
            assertThat(model.config().trainedTasks()).containsExactly("negative");
            assertThat(model.config().novelTasks()).contains("haze", "night");
        }
    }

    @Test
    void anotherConfigurationIsRefused() {
        Path out = folder.resolve("out");
        run(config, out, 1, false);
        Path other = write("other.json", 0.001f);
        assertThatThrownBy(() -> run(other, out, 1, false)).isInstanceOf(InvalidInput.class).hasMessageContainingAll("out", "another configuration");
        run(config, out, 1, false);
    }

    @Test
    void aSecondRunInTheFolderIsRefused() {
        Path out = folder.resolve("out");
        String text = ConfigFile.write(ConfigFile.read(config, PromptTrainingConfig.class));
        try (TrainingFolder held = TrainingFolder.open(out, text)) {
            assertThat(held.path()).isEqualTo(out);
            assertThatThrownBy(() -> run(config, out, 1, false)).isInstanceOf(InvalidInput.class).hasMessageContaining("another process is training");
        }
        run(config, out, 1, false);
    }
}
