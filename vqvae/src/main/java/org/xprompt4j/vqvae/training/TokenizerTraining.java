package org.xprompt4j.vqvae.training;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

import org.xprompt4j.nn.AdamW;
import org.xprompt4j.nn.GradientClipping;
import org.xprompt4j.nn.LearningRate;
import org.xprompt4j.nn.Parameter;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tape;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.UnaryOp;
import org.xprompt4j.vqvae.Vqgan;

/**
 * Trains a tokenizer: {@link #run} repeats steps, {@link #save} and {@link #resume} make a broken run equal to an unbroken one,
 * bit for bit.
 *
 * <p>Pixel terms at several scales, commitment, straight-through gradient, a codebook by moving averages
 * ({@link EmaCodebook}), and from a given step on a patch discriminator ({@link Adversary}). A model with a patch path starts
 * from {@link PatchStart} and {@link PatchFit}.
 */
public final class TokenizerTraining implements AutoCloseable {
    private final Backend backend;
    private final TokenizerRecipe recipe;
    private final MemoryScope scope; // weights, gradients, moments
    private final Vqgan vqgan;
    private final AdamW optimiser;
    private final LearningRate rate;
    private final EmaCodebook codebook;
    private final ReconstructionLoss reconstruction;
    private final Adversary adversary; // null when the recipe has none
    private int step; // the next one

    /** A run at its first step. */
    public TokenizerTraining(Backend backend, TokenizerRecipe recipe) {
        this.backend = backend;
        this.recipe = recipe;
        scope = backend.openScope("tokenizer training");
        vqgan = new Vqgan(recipe.model());
        vqgan.initialise(scope, recipe.seed());
        vqgan.allocateGradients(backend, scope);
        vqgan.quantizer().embedding().freeze(); // it follows by averages, not by gradients
        if (recipe.keepCodes()) {
            vqgan.forEachParameter((name, parameter) -> {
                if (name.startsWith("encoder.") || name.startsWith("quant_conv.") || name.startsWith("patch.in.")) {
                    parameter.freeze();
                }
            });
        }
        TokenizerRecipe.Optimiser o = recipe.optimiser();
        optimiser = new AdamW(backend, scope, vqgan, new AdamW.Settings(o.beta1(), o.beta2(), 1e-8f, o.weightDecay(), 0));
        rate = LearningRate.cosine(o.peakRate(), o.floorRate(), o.warmupSteps(), recipe.steps());
        codebook = new EmaCodebook(scope, recipe, vqgan.quantizer().embedding().value());
        reconstruction = new ReconstructionLoss(recipe.loss());
        adversary = recipe.adversary().acts() ? new Adversary(backend, scope, recipe) : null;
    }

    /**
     * A run at its first step on the weights of a tokenizer that is trained already, as {@link TokenizerRecipe#keepCodes} needs.
     *
     * @throws InvalidInput when its sizes are not those of the recipe
     */
    public static TokenizerTraining from(Backend backend, TokenizerRecipe recipe, Vqgan start) {
        if (!start.config().equals(recipe.model())) {
            throw new InvalidInput("the tokenizer to start from has other sizes (" + start.config() + ") than the recipe's model (" + recipe.model() + ")");
        }
        TokenizerTraining training = new TokenizerTraining(backend, recipe);
        Map<String, Parameter> weights = start.parameters();
        training.vqgan.forEachParameter((name, parameter) -> backend.copy(weights.get(name).value(), parameter.value()));
        return training;
    }

    /**
     * Goes on from a state that {@link #save} wrote.
     *
     * @throws InvalidInput when the file is damaged or belongs to another recipe, naming the field that differs
     */
    public static TokenizerTraining resume(Backend backend, TokenizerRecipe recipe, Path file) {
        TokenizerTraining training = new TokenizerTraining(backend, recipe);
        boolean done = false;
        try {
            training.step = TrainingState.load(backend, file, recipe, training.state());
            training.optimiser.load(training.optimiser.state()::get, file.toString());
            training.codebook.stateLoaded();
            if (training.adversary != null) {
                training.adversary.stateLoaded(file.toString());
            }
            done = true;
            return training;
        } finally {
            if (!done) {
                training.close();
            }
        }
    }

    /** Writes all that the rest of the run depends on into one file, whole or not at all. */
    public void save(Path file) {
        TrainingState.save(file, recipe, step, state());
    }

    /** Every living tensor of the run by name. */
    private Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        vqgan.forEachParameter((name, parameter) -> state.put("weights." + name, parameter.value()));
        optimiser.state().forEach((name, tensor) -> state.put("optimiser." + name, tensor));
        codebook.state().forEach((name, tensor) -> state.put("codebook." + name, tensor));
        if (adversary != null) {
            adversary.state().forEach((name, tensor) -> state.put("adversary." + name, tensor));
        }
        return state;
    }

    /** The model being trained. */
    public Vqgan vqgan() {
        return vqgan;
    }

    /** The next step; equals the recipe's steps when the run is complete. */
    public int step() {
        return step;
    }

    /** True when all steps of the recipe are done. */
    public boolean isComplete() {
        return step >= recipe.steps();
    }

    /** Trains until the run is complete, it diverges, or the listener, which is told of every step, returns false. */
    public void run(PictureBatches batches, Predicate<StepMetrics> listener) {
        if (step == 0 && recipe.model().patchPath()) {
            if (!recipe.keepCodes()) {
                PictureBatches.Batch first = batches.at(0);
                int cells = first.batch() * (first.height() / recipe.model().reduction()) * (first.width() / recipe.model().reduction());
                codebook.start(new PatchStart(backend, recipe).apply(vqgan, batches), cells);
            }
            new PatchFit(backend, recipe).apply(vqgan, batches);
        }
        while (!isComplete()) {
            StepMetrics metrics = step(batches.at(step));
            if (!listener.test(metrics) || metrics.diverged()) {
                return;
            }
        }
    }

    private StepMetrics step(PictureBatches.Batch batch) {
        try (MemoryScope memory = backend.openScope("tokenizer step")) {
            vqgan.zeroGradients(backend);
            Tape tape = new Tape(backend, memory);
            vqgan.watch(tape);
            Ops ops = new Ops(backend, memory, tape);
            Tensor pixels = memory.of(batch.pixels(), batch.batch(), batch.height(), batch.width(), 3);

            // With kept codes nothing before the decoder learns: the encoder runs without the tape.
            Ops encoding = recipe.keepCodes() ? new Ops(backend, memory) : ops;
            Tensor latent = vqgan.latent(encoding, pixels);
            Tensor rows = vqgan.quantizer().rows(encoding, latent);
            boolean quantises = step >= recipe.codebook().continuousSteps();
            float[] rowValues = quantises ? rows.toFloatArray() : null;
            if (step == recipe.codebook().continuousSteps() && !recipe.model().patchPath()) {
                codebook.start(step, rowValues);
            }
            Tensor codes = null;
            Tensor entries = rows;
            Tensor commitment = null;
            if (quantises && recipe.keepCodes()) {
                entries = vqgan.quantizer().lookUp(encoding, vqgan.quantizer().codes(encoding, rows));
            } else if (quantises) {
                codes = vqgan.quantizer().codes(ops, rows);
                Tensor nearest = vqgan.quantizer().lookUp(ops, codes);
                entries = ops.straightThrough(rows, nearest);
                commitment = ops.mean(ops.unary(UnaryOp.SQUARE, ops.subtract(rows, nearest)));
            }
            Tensor decoded = vqgan.decodeLatent(ops, ops.reshape(entries, latent.shape().toArray()));
            Tensor difference = ops.subtract(decoded, pixels);
            Tensor pixelLoss = reconstruction.of(ops, difference);
            Tensor loss = pixelLoss;
            if (commitment != null && recipe.loss().commitment() > 0) {
                loss = ops.add(loss, ops.scale(commitment, recipe.loss().commitment()));
            }
            boolean contested = adversary != null && recipe.adversary().actsAt(step);
            if (contested) {
                loss = ops.add(loss, ops.scale(adversary.generatorLoss(ops, decoded), recipe.adversary().weight()));
            }
            double squaredError = backend.sumOfSquares(difference) / difference.numel();
            tape.backward(loss);

            double norm = GradientClipping.norm(backend, vqgan);
            float learningRate = rate.at(step);
            StepMetrics metrics = new StepMetrics(step, loss.item(), pixelLoss.item(), commitment == null ? 0 : commitment.item(),
                    (float) (10 * Math.log10(4 / Math.max(squaredError, 1e-12))), 0, 0, (float) norm, learningRate, 0);
            if (metrics.diverged()) {
                return metrics; // weights stay as they were
            }
            optimiser.step(learningRate, GradientClipping.scale(norm, recipe.optimiser().clip()));
            float adversarial = contested ? adversary.step(memory, pixels, decoded) : 0;
            if (codes != null) {
                codebook.follow(step, rowValues, codes.toIntArray());
            }
            step++;
            return new StepMetrics(metrics.step(), metrics.loss(), metrics.reconstruction(), metrics.commitment(), metrics.psnr(),
                    codebook.used(), codes != null ? codebook.perplexity() : 0, metrics.gradientNorm(), learningRate, adversarial);
        }
    }

    @Override
    public void close() {
        scope.close();
    }
}
