package org.xprompt4j.tests.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.file.AtomicFile;
import org.xprompt4j.tests.endurance.SmallTrainings;
import org.xprompt4j.vqvae.Vqgan;
import org.xprompt4j.vqvae.VqganCheckpoint;
import org.xprompt4j.vqvae.training.TokenizerTraining;
import org.xprompt4j.xprompt.config.ConfigFile;
import org.xprompt4j.xprompt.data.PhotoSource;
import org.xprompt4j.xprompt.task.TaskRegistry;
import org.xprompt4j.xprompt.training.EpisodeSource;
import org.xprompt4j.xprompt.training.PhotoBatches;
import org.xprompt4j.xprompt.training.PromptTraining;
import org.xprompt4j.xprompt.training.PromptTrainingConfig;
import org.xprompt4j.xprompt.training.TokenizerConfig;
import org.xprompt4j.xprompt.training.TrainingFolder;
import org.xprompt4j.xprompt.training.TrainingLog;

/** A training's folder holds the last state or the one before, with the log that belongs to it, whichever operation fails. */
class TrainingFaultsTest {
    private static final int OLD = 2;
    private static final int NEW = 3;
    /** Its state has hundreds of tensors, each a write like the last; 1 fails them all. */
    private static final int TOKENIZER_STRIDE = Integer.getInteger("xprompt4j.faults.stride", 13);

    @TempDir
    private Path folder;

    /**
     * A start that goes on after step 2, does step 3, logs and saves it.
     *
     * @param before a training folder after step 2
     * @param states folders with the right content of states 1, 2 and 3
     * @param saver writes state 3 as the training does
     * @param loader loads a state folder, or throws
     */
    private record SavingAStep(Path before, Path states, Consumer<Path> saver, Consumer<Path> loader) implements FaultDrill.Work {
        private static final String CONFIG = "the recipe";

        void makeBefore() {
            try (TrainingFolder training = TrainingFolder.open(before, CONFIG)) {
                TrainingLog log = TrainingLog.open(before.resolve("log.csv"), 0, "loss");
                for (int step = 1; step <= OLD; step++) {
                    log.add(step, 10 * step);
                    Path state = states.resolve("" + step);
                    training.save(step, part -> copy(state, part));
                }
            }
        }

        @Override
        public void prepare(Path real) {
            copy(before, real);
        }

        private static void copy(Path from, Path to) {
            try (Stream<Path> all = Files.walk(from)) {
                for (Path path : all.toList()) {
                    Files.copy(path, to.resolve(from.relativize(path).toString()), StandardCopyOption.REPLACE_EXISTING);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void act(Path faulty) {
            try (TrainingFolder training = TrainingFolder.open(faulty, CONFIG)) {
                int last = TrainingFolder.stepOf(training.latest().orElseThrow());
                assertThat(last).isEqualTo(OLD);
                TrainingLog log = TrainingLog.open(faulty.resolve("log.csv"), last, "loss");
                log.add(NEW, 10 * NEW);
                log.force();
                training.save(NEW, saver);
            }
        }

        @Override
        public boolean isNew(Path real) throws IOException {
            try (TrainingFolder training = TrainingFolder.open(real, CONFIG)) {
                Path state = training.latest().orElseThrow(() -> new AssertionError("no state is left"));
                int step = TrainingFolder.stepOf(state);
                assertThat(step).isIn(OLD, NEW);
                try (Stream<Path> files = Files.list(states.resolve("" + step))) {
                    for (Path file : files.toList()) {
                        assertThat(Files.mismatch(file, state.resolve(file.getFileName()))).as("first byte that differs in %s", file).isEqualTo(-1);
                    }
                }
                loader.accept(state);
                double[] rows = TrainingLog.read(real.resolve("log.csv")).steps();
                assertThat(Arrays.stream(rows).filter(row -> row <= step).toArray()).as("rows of the log up to the state")
                        .containsExactly(step == OLD ? new double[] {1, 2} : new double[] {1, 2, 3});
                return step == NEW;
            }
        }
    }

    private void drill(String name, int stride, Path states, Consumer<Path> saver, Consumer<Path> loader) throws IOException {
        SavingAStep work = new SavingAStep(folder.resolve("before"), states, saver, loader);
        work.makeBefore();
        int runs = new FaultDrill(Files.createDirectory(folder.resolve("drill")), true, stride).run(work);
        assertThat(runs).as("runs").isGreaterThan(60);
        System.out.println("a step of " + name + ": " + runs + " faults");
    }

    @Test
    void transformer() throws IOException {
        Path recipe = SmallTrainings.write(folder, SmallTrainings.Kind.TRANSFORMER, 10, 5);
        PromptTrainingConfig config = ConfigFile.read(recipe, PromptTrainingConfig.class);
        Path states = folder.resolve("states");
        try (Backend backend = Backends.open("cpu"); MemoryScope scope = backend.openScope("tokenizer")) {
            Vqgan vqgan = VqganCheckpoint.load(backend, scope, folder.resolve("start"));
            EpisodeSource.Photographs photographs = new EpisodeSource.Photographs(PhotoSource.open(folder.resolve("photos")), TaskRegistry.all());
            try (PromptTraining training = new PromptTraining(backend, config, vqgan, photographs);
                    PromptTraining resumed = new PromptTraining(backend, config, vqgan, photographs)) {
                for (int step = 1; step <= NEW; step++) {
                    training.step();
                    training.save(Files.createDirectories(states.resolve("" + step)));
                }
                drill("the transformer", 1, states, training::save, resumed::load);
            }
        }
    }

    @Test
    void tokenizer() throws IOException {
        Path recipe = SmallTrainings.write(folder, SmallTrainings.Kind.TOKENIZER, 10, 5);
        TokenizerConfig config = ConfigFile.read(recipe, TokenizerConfig.class);
        Path states = folder.resolve("states");
        String file = "tokenizer.safetensors";
        try (Backend backend = Backends.open("cpu"); TokenizerTraining training = new TokenizerTraining(backend, config.recipe())) {
            PhotoBatches batches = new PhotoBatches(config, PhotoSource.open(folder.resolve("photos")), TaskRegistry.all());
            training.run(batches, metrics -> {
                try {
                    training.save(Files.createDirectories(states.resolve("" + training.step())).resolve(file));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                return training.step() < NEW;
            });
            drill("the tokenizer", TOKENIZER_STRIDE, states, part -> training.save(part.resolve(file)), state -> TokenizerTraining.resume(backend, config.recipe(), state.resolve(file)).close());
        }
    }

    /** The drill itself: a state that is written under its final name is caught. */
    @Test
    void aStateWrittenInPlaceIsCaught() throws IOException {
        List<String> caught = new ArrayList<>();
        try {
            new FaultDrill(folder, true).run(new FaultDrill.Work() {
                @Override
                public void prepare(Path real) throws IOException {
                    TrainingFolder.open(real, "").close();
                    Files.writeString(Files.createDirectory(real.resolve("state-00000002")).resolve("weights"), "2");
                }

                @Override
                public void act(Path faulty) {
                    Path state = AtomicFile.folder(faulty.resolve("state-00000003"));
                    AtomicFile.text(state.resolve("weights"), "3");
                }

                @Override
                public boolean isNew(Path real) throws IOException {
                    try (TrainingFolder training = TrainingFolder.open(real, "")) {
                        Path state = training.latest().orElseThrow();
                        assertThat(state.resolve("weights")).exists();
                        return TrainingFolder.stepOf(state) == NEW;
                    }
                }
            });
        } catch (AssertionError e) {
            caught.add(e.getMessage());
        }
        assertThat(caught).as("assertion errors").hasSize(1).first().asString().contains("weights");
    }
}
