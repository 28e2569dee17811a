package org.xprompt4j.xprompt.training;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.vqvae.VqganCheckpoint;
import org.xprompt4j.vqvae.training.StepMetrics;
import org.xprompt4j.vqvae.training.TokenizerTraining;
import org.xprompt4j.xprompt.config.ConfigFile;
import org.xprompt4j.xprompt.inference.PictureTokenizer;
import org.xprompt4j.xprompt.metric.Psnr;
import org.xprompt4j.xprompt.picture.LossCurve;
import org.xprompt4j.xprompt.picture.Picture;

/**
 * A tokenizer's training in a folder ({@link TrainingFolder}): goes on from the last state, measures on held-out photographs,
 * saves states and the model, keeps log and curve.
 *
 * <pre>
 * model/        the tokenizer as of the last state, ready for use
 * log.csv       one row a step
 * held-out.csv  PSNR on photographs that are not trained on
 * curve.png     both
 * </pre>
 */
public final class TokenizerRun {
    private static final String STATE = "tokenizer.safetensors";

    /**
     * What a listener is told after each step.
     *
     * @param metrics of the step
     * @param heldOut last PSNR on held-out photographs in dB; NaN before the first measurement
     * @param done steps of this start
     * @param seconds since this start, without the time of opening
     */
    public record Moment(StepMetrics metrics, double heldOut, int done, double seconds) {
    }

    /**
     * How a start ended.
     *
     * @param step steps done in all
     * @param complete true when the recipe's last step is done
     * @param heldOut PSNR on held-out photographs in dB at the end
     * @param model folder of the tokenizer
     */
    public record Outcome(int step, boolean complete, double heldOut, Path model) {
    }

    private final Backend backend;
    private final TokenizerConfig config;
    private final PhotoBatches batches;
    private final Path start;
    private final List<Picture> heldOut;

    /**
     * A run on these batches.
     *
     * @param start folder of the tokenizer that the configuration starts from; read only where it names one
     */
    public TokenizerRun(Backend backend, TokenizerConfig config, PhotoBatches batches, Path start) {
        this.backend = backend;
        this.config = config;
        this.batches = batches;
        this.start = start;
        heldOut = batches.heldOut();
    }

    /**
     * Trains until the recipe's end or until the listener returns false, and saves the state in both cases.
     *
     * @throws InvalidInput when the folder is in use, belongs to another configuration, or the training diverges
     */
    public Outcome run(Path out, Predicate<Moment> listener) {
        try (TrainingFolder folder = TrainingFolder.open(out, ConfigFile.write(config)); TokenizerTraining training = open(folder)) {
            Session session = new Session(folder, training);
            if (!training.isComplete()) {
                training.run(batches, metrics -> session.after(metrics, listener));
            }
            session.save();
            return new Outcome(training.step(), training.isComplete(), session.measure(), out.resolve("model"));
        }
    }

    private TokenizerTraining open(TrainingFolder folder) {
        Optional<Path> state = folder.latest();
        if (state.isPresent()) {
            return TokenizerTraining.resume(backend, config.recipe(), state.get().resolve(STATE));
        }
        if (config.startFrom().isEmpty()) {
            return new TokenizerTraining(backend, config.recipe());
        }
        try (MemoryScope scope = backend.openScope("tokenizer to start from")) {
            return TokenizerTraining.from(backend, config.recipe(), VqganCheckpoint.load(backend, scope, start));
        }
    }

    /** One start of the run. */
    private final class Session {
        private final TrainingFolder folder;
        private final TokenizerTraining training;
        private final TrainingLog log;
        private final TrainingLog checks;
        private final long begun = System.nanoTime();
        private final int firstStep;
        private long saved = begun;
        private double lastHeldOut = Double.NaN;

        Session(TrainingFolder folder, TokenizerTraining training) {
            this.folder = folder;
            this.training = training;
            firstStep = training.step();
            log = TrainingLog.open(folder.path().resolve("log.csv"), firstStep, "loss", "reconstruction", "commitment", "psnr", "used", "perplexity",
                    "gradient_norm", "rate", "adversarial");
            checks = TrainingLog.open(folder.path().resolve("held-out.csv"), firstStep, "psnr");
        }

        /** Logs a step, measures and saves when it is time; false ends the training. */
        boolean after(StepMetrics m, Predicate<Moment> listener) {
            if (m.diverged()) {
                throw new InvalidInput("the training diverged at step " + m.step() + " (loss " + m.loss() + ", gradient norm " + m.gradientNorm()
                        + "); lower recipe.optimiser.peakRate and start in a new folder");
            }
            int done = m.step() + 1;
            log.add(done, m.loss(), m.reconstruction(), m.commitment(), m.psnr(), m.used(), m.perplexity(), m.gradientNorm(), m.rate(),
                    m.adversarial());
            if (done % config.every().check() == 0 || training.isComplete()) {
                checks.add(done, measure());
            }
            double minutes = (System.nanoTime() - saved) / 60e9;
            if (done % config.every().save() == 0 || minutes >= config.every().saveMinutes()) {
                save();
            }
            return listener.test(new Moment(m, lastHeldOut, done - firstStep, (System.nanoTime() - begun) / 1e9));
        }

        /** Mean PSNR of the held-out photographs as the tokenizer gives them back, in 8 bits. */
        double measure() {
            List<Picture> again = new PictureTokenizer(backend, training.vqgan()).reconstruct(heldOut);
            double sum = 0;
            for (int i = 0; i < heldOut.size(); i++) {
                sum += Psnr.capped(heldOut.get(i), again.get(i), Psnr.CEILING);
            }
            lastHeldOut = sum / heldOut.size();
            return lastHeldOut;
        }

        void save() {
            if (training.step() > 0) {
                log.force();
                checks.force();
                folder.save(training.step(), part -> training.save(part.resolve(STATE)));
                VqganCheckpoint.save(backend, training.vqgan(), folder.path().resolve("model"), config.bfloat16() ? DType.BF16 : DType.F32);
            }
            saved = System.nanoTime();
            Map<String, LossCurve.Series> curves = new LinkedHashMap<>();
            curves.put("training batches", new LossCurve.Series(log.steps(), log.column("psnr")));
            curves.put("held-out photographs", new LossCurve.Series(checks.steps(), checks.column("psnr")));
            LossCurve.write(folder.path().resolve("curve.png"), "Tokenizer training", "PSNR in dB", curves);
        }
    }
}
