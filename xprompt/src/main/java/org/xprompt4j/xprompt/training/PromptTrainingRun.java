package org.xprompt4j.xprompt.training;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.file.AtomicFile;
import org.xprompt4j.vqvae.Vqgan;
import org.xprompt4j.vqvae.VqganCheckpoint;
import org.xprompt4j.xprompt.config.ConfigFile;
import org.xprompt4j.xprompt.data.PhotoSource;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.edit.EditTasks;
import org.xprompt4j.xprompt.inference.ModelFolder;
import org.xprompt4j.xprompt.sprite.SpriteSet;
import org.xprompt4j.xprompt.task.Task;
import org.xprompt4j.xprompt.task.TaskRegistry;
import org.xprompt4j.xprompt.text.TextTokenizer;

/**
 * A whole training in a folder: goes on where the folder's last state ends, logs, checks, saves, and at the end writes the model
 * as a folder that every command takes ({@code OUT/model}).
 */
public final class PromptTrainingRun {
    /** Told what happens; called on the training thread. */
    public interface Listener {
        /** The run starts or goes on. */
        void started(int step, int of, long parameters);

        /** A step was done. */
        void stepped(PromptTraining.StepResult result, double secondsOfStep);

        /** The losses on photographs that are not trained on were measured, for all that the recipe asks for. */
        void checked(int step, Map<Asked, Float> validationLosses);
    }

    private final PromptTrainingConfig config;
    private final Path configFolder;
    private final Path out;

    /**
     * @param configFile its relative paths start at its own folder
     * @param out where the run lives
     */
    public PromptTrainingRun(Path configFile, Path out) {
        this(configFile, out, null);
    }

    /** @param seed instead of the configuration's; null for that */
    public PromptTrainingRun(Path configFile, Path out, Long seed) {
        PromptTrainingConfig recipe = ConfigFile.read(configFile, PromptTrainingConfig.class);
        this.config = seed == null ? recipe : recipe.withSeed(seed);
        this.configFolder = configFile.toAbsolutePath().getParent();
        this.out = out;
    }

    /** Where the finished model is. */
    public Path modelFolder() {
        return out.resolve("model");
    }

    /** See {@link #run(Backend, DType, BooleanSupplier, Listener)}, in F32. */
    public boolean run(Backend backend, BooleanSupplier stop, Listener listener) {
        return run(backend, DType.F32, stop, listener);
    }

    /**
     * Trains until the last step or until told to stop; a state is saved either way. A state says nothing of device and precision: a run
     * may go on with others.
     *
     * @param precision of activations, F32 or BF16
     * @param stop asked after every step
     * @return true when the run is finished
     */
    public boolean run(Backend backend, DType precision, BooleanSupplier stop, Listener listener) {
        try (MemoryScope tokenizerScope = backend.openScope("tokenizer")) {
            Vqgan vqgan = VqganCheckpoint.load(backend, tokenizerScope, configFolder.resolve(config.tokenizer()).normalize());
            PhotoSource photos = PhotoSource.open(configFolder.resolve(config.photos()).normalize());
            EpisodeSource.Photographs photographs = new EpisodeSource.Photographs(photos, tasks());
            WordLearning learnt = words(vqgan, photographs);
            // The folder comes last, so that a recipe that cannot be trained leaves nothing behind.
            try (PromptTraining training = new PromptTraining(backend, config, vqgan, photographs, learnt, precision);
                    TrainingFolder folder = TrainingFolder.open(out, ConfigFile.write(config))) {
                if (learnt != null) {
                    AtomicFile.text(out.resolve(TextTokenizer.FILE), learnt.json());
                }
                RunningMean mean = new RunningMean();
                if (folder.latest().isPresent()) {
                    training.load(folder.latest().get());
                    mean.load(folder.latest().get());
                } else if (!config.startFrom().isEmpty()) {
                    training.startFrom(configFolder.resolve(config.startFrom()).normalize());
                }
                steps(folder, training, mean, stop, listener);
                if (training.steps() < config.optimiser().until()) {
                    return false;
                }
                ModelFolder.save(modelFolder(), backend, training.model(), vqgan, training.promptConfig(), DType.BF16);
                if (learnt != null) {
                    AtomicFile.text(modelFolder().resolve(TextTokenizer.FILE), learnt.json());
                }
                return true;
            }
        }
    }

    /** Every known task, those that need drawings among them where the recipe names some. */
    private List<Task> tasks() {
        return config.words().sprites().isEmpty() ? TaskRegistry.all()
                : EditTasks.besideOthers(SpriteSet.open(configFolder.resolve(config.words().sprites()).normalize()), Split.TRAIN);
    }

    /** The run's own text tokenizer when it goes on, else that of the model it starts with, else one learnt anew; null for no words. */
    private WordLearning words(Vqgan vqgan, EpisodeSource.Photographs photographs) {
        if (config.words().pieces() == 0) {
            return null;
        }
        Path own = out.resolve(TextTokenizer.FILE);
        if (Files.exists(own)) {
            return WordLearning.read(own);
        }
        Path before = config.startFrom().isEmpty() ? null : configFolder.resolve(config.startFrom()).normalize().resolve(TextTokenizer.FILE);
        return before != null && Files.exists(before) ? WordLearning.read(before) : PromptTraining.learnWords(config, vqgan, photographs);
    }

    /** Names of the columns of checks: edits first, under the name they have in recipes without words. */
    private static String column(Asked asked) {
        return asked == Asked.EDIT ? "validation_loss" : asked.label() + "_loss";
    }

    private void steps(TrainingFolder folder, PromptTraining training, RunningMean mean, BooleanSupplier stop, Listener listener) {
        TrainingLog losses = TrainingLog.open(out.resolve("log.csv"), training.steps(), "loss", "gradient_norm", "learning_rate", "tokens_per_second");
        TrainingLog checks = TrainingLog.open(out.resolve("checks.csv"), training.steps(),
                Asked.of(config.words()).stream().map(PromptTrainingRun::column).toArray(String[]::new));
        int last = config.optimiser().until();
        listener.started(training.steps(), last, training.model().parameterCount());
        double seconds = 0; // since the last row, in this process
        long tokens = 0;
        boolean stopped = false;
        while (training.steps() < last && !stopped) {
            long start = System.nanoTime();
            PromptTraining.StepResult result = training.step();
            double took = (System.nanoTime() - start) * 1e-9;
            mean.add(result.loss());
            seconds += took;
            tokens += result.tokens();
            listener.stepped(result, took);
            int step = result.step();
            if (step % config.every().log() == 0 || step == last) {
                losses.add(step, mean.take(), result.gradientNorm(), result.learningRate(), tokens / seconds);
                seconds = 0;
                tokens = 0;
            }
            if (step % config.every().check() == 0 || step == last) {
                Map<Asked, Float> found = training.validationLosses();
                checks.add(step, found.values().stream().mapToDouble(Float::doubleValue).toArray());
                listener.checked(step, found);
            }
            stopped = stop.getAsBoolean();
            if (step % config.every().save() == 0 || stopped || step == last) {
                losses.force();
                checks.force();
                folder.save(step, state -> {
                    training.save(state);
                    mean.save(state);
                });
            }
        }
    }
}
