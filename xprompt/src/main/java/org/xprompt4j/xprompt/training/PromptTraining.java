package org.xprompt4j.xprompt.training;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.xprompt4j.nn.AdamW;
import org.xprompt4j.nn.Checkpoint;
import org.xprompt4j.nn.GradientClipping;
import org.xprompt4j.nn.LearningRate;
import org.xprompt4j.nn.Muon;
import org.xprompt4j.nn.Parameter;
import org.xprompt4j.nn.RoundedWeights;
import org.xprompt4j.nn.chameleon.Chameleon;
import org.xprompt4j.nn.chameleon.ChameleonCheckpoint;
import org.xprompt4j.nn.chameleon.ChameleonConfig;
import org.xprompt4j.nn.chameleon.Dropout;
import org.xprompt4j.nn.chameleon.ImageTokens;
import org.xprompt4j.nn.chameleon.NextTokenLoss;
import org.xprompt4j.nn.chameleon.Pass;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tape;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.file.SafetensorsFile;
import org.xprompt4j.tensor.file.SafetensorsWriter;
import org.xprompt4j.vqvae.Vqgan;
import org.xprompt4j.xprompt.inference.TokenBatch;
import org.xprompt4j.xprompt.inference.Words;
import org.xprompt4j.xprompt.inference.XPromptConfig;
import org.xprompt4j.xprompt.prompt.PromptLayout;
import org.xprompt4j.xprompt.text.TextTokenizer;

/**
 * One-pass training under the X-Prompt mask: IE, XP and TD stand in one sequence, and the loss on the answer teaches the XP
 * tokens to keep what the job needs (paper, section 3.1). Step n is a function of the weights and of n alone, so a run that was
 * stopped and resumed equals an unbroken one bit for bit.
 */
public final class PromptTraining implements AutoCloseable {
    private static final String STATE_FILE = "training.safetensors";
    private static final String FORMAT = "xprompt-training";
    private static final float MUON_MOMENTUM = 0.95f;

    /**
     * What a step did.
     *
     * @param step counted from 1
     * @param loss mean over the counted tokens
     * @param gradientNorm before clipping
     * @param learningRate of AdamW in this step
     * @param tokens in the batch
     */
    public record StepResult(int step, float loss, double gradientNorm, float learningRate, int tokens) {
    }

    private final Backend backend;
    private final PromptTrainingConfig config;
    private final EpisodeSource episodes;
    private final MemoryScope scope; // weights, gradients, moments
    private final DType precision;
    private final Chameleon model;
    private final Chameleon computing; // the model itself, or in BF16 one with its matrices rounded
    private final RoundedWeights rounded; // null in F32
    private final AdamW adamW;
    private final Muon muon; // null when AdamW moves everything
    private final GradientClipping clipping;
    private final LearningRate schedule; // as a share of the peaks
    private final XPromptConfig promptConfig;

    /** A new run in F32 with weights drawn from the seed. */
    public PromptTraining(Backend backend, PromptTrainingConfig config, Vqgan vqgan, EpisodeSource.Photographs photographs) {
        this(backend, config, vqgan, photographs, null, DType.F32);
    }

    /** A new run without words, with weights drawn from the seed; see the longer form for the precision. */
    public PromptTraining(Backend backend, PromptTrainingConfig config, Vqgan vqgan, EpisodeSource.Photographs photographs, DType precision) {
        this(backend, config, vqgan, photographs, null, precision);
    }

    /**
     * A new run with weights drawn from the seed.
     *
     * @param learnt the text tokenizer of a recipe with words, see {@link #learnWords}; null for one without
     * @param precision of activations and of the weights they are multiplied with, F32 or BF16; master weights, gradients of weights and
     *        what the optimisers keep are F32 either way, so that a state goes on in both
     */
    PromptTraining(Backend backend, PromptTrainingConfig config, Vqgan vqgan, EpisodeSource.Photographs photographs,
            WordLearning learnt, DType precision) {
        this.backend = backend;
        this.precision = precision;
        this.config = config;
        this.scope = backend.openScope("training");
        if ((learnt != null) != config.words().pieces() > 0) {
            throw new IllegalArgumentException("a text tokenizer belongs to a recipe with words, and to no other");
        }
        SmallVocabulary vocabulary = vocabulary(config, vqgan);
        if (learnt != null) {
            vocabulary = vocabulary.with(learnt.tokenizer(), TextTokenizer.FILE);
        }
        PromptTrainingConfig.Model sizes = config.model();
        Map<String, Object> others = new LinkedHashMap<>(); // in one order, so that every process writes the same bytes
        others.put("vq_config", vqgan.config().toHuggingFaceJson());
        others.put("bos_token_id", 0);
        others.put("pad_token_id", 1);
        others.put("eos_token_id", 2);
        ChameleonConfig shape = ChameleonConfig
                .of(vocabulary.size(), sizes.hidden(), sizes.intermediate(), sizes.layers(), sizes.heads(), sizes.kvHeads())
                .withSwinNorm(sizes.swinNorm()).withTiedHead(sizes.tiedHead()).withVocabularyMap(vocabulary.names())
                .withOtherFields(others);
        this.model = new Chameleon(shape);
        model.initialise(scope, config.seed());
        if (sizes.codeStart()) {
            CodeStart.apply(backend, model, vqgan, config.seed());
        }
        model.allocateGradients(backend, scope);
        this.computing = precision == DType.F32 ? model : new Chameleon(shape);
        this.rounded = precision == DType.F32 ? null : new RoundedWeights(backend, scope, model, computing);
        PromptTrainingConfig.Optimiser o = config.optimiser();
        Predicate<String> hidden = name -> o.muonLr() > 0 && name.startsWith("model.layers.") && name.endsWith("_proj.weight");
        this.adamW = new AdamW(backend, scope, model, new AdamW.Settings(o.beta1(), o.beta2(), 1e-8f, o.weightDecay(), 0), hidden.negate());
        this.muon = o.muonLr() > 0 ? new Muon(backend, scope, model, hidden, MUON_MOMENTUM, o.weightDecay()) : null;
        this.clipping = new GradientClipping(backend, scope, model, o.clip());
        this.schedule = LearningRate.cosine(1, o.floor(), o.warmup(), o.steps());
        List<String> trained = config.tasks().entrySet().stream().filter(e -> e.getValue() > 0).map(Map.Entry::getKey).sorted().toList();
        this.promptConfig = new XPromptConfig(vocabulary.xpIds(), config.pictureSize(), config.batch().arrangement(), trained, photographs.novelNames());
        ImageTokens image = ImageTokens.of(shape);
        Words words = learnt == null ? null : new Words(learnt.tokenizer(), image, shape.vocabSize(), TextTokenizer.FILE);
        this.episodes = new EpisodeSource(backend, vqgan, config, photographs, promptConfig.tokens(image), words);
    }

    private static SmallVocabulary vocabulary(PromptTrainingConfig config, Vqgan vqgan) {
        return SmallVocabulary.of(vqgan.config().codes(), config.model().xpTokens());
    }

    /** Learns the text tokenizer of a recipe with words from what its tasks and scenes say; null for a recipe without. */
    static WordLearning learnWords(PromptTrainingConfig config, Vqgan vqgan, EpisodeSource.Photographs photographs) {
        if (config.words().pieces() == 0) {
            return null;
        }
        return WordLearning.learn(List.copyOf(vocabulary(config, vqgan).names().keySet()), config, photographs.tasks());
    }

    /**
     * Takes the weights of a model folder, before the first step. Rows of embedding and head go to the tokens of their names, so that a
     * model may gain words; the rows of tokens that are new keep what was drawn for them.
     *
     * @throws InvalidInput when its sizes differ from the configuration's
     */
    public void startFrom(Path folder) {
        try (ChameleonCheckpoint checkpoint = ChameleonCheckpoint.open(folder); MemoryScope loaded = backend.openScope("weights to start from")) {
            Map<String, Parameter> weights = checkpoint.model(backend, loaded, Checkpoint.Weights.F32).parameters();
            Map<String, Integer> names = checkpoint.config().vocabularyMap();
            model.forEachParameter((name, parameter) -> {
                Parameter stored = weights.get(name);
                boolean byToken = parameter == model.embedding() || parameter == model.head();
                if (stored == null || !stored.shape().equals(parameter.shape())
                        && !(byToken && stored.shape().dim(1) == parameter.shape().dim(1) && model.config().vocabularyMap().keySet().containsAll(names.keySet()))) {
                    throw new InvalidInput(folder + ": startFrom: '" + name + "' is " + (stored == null ? "missing" : stored.shape())
                            + ", the configuration asks for " + parameter.shape());
                }
                if (byToken) {
                    names.forEach((token, id) -> backend.copy(stored.value().select(0, id), parameter.value().select(0, model.config().vocabularyMap().get(token))));
                } else {
                    backend.copy(stored.value(), parameter.value());
                }
            });
        }
        weightsMoved();
    }

    private void weightsMoved() {
        if (rounded != null) {
            rounded.refresh();
        }
    }

    /** The model as it is after the last step. */
    public Chameleon model() {
        return model;
    }

    /** What belongs to the model beside its weights: X-Prompt tokens, picture size, tasks. */
    public XPromptConfig promptConfig() {
        return promptConfig;
    }

    /** Steps done so far. */
    public int steps() {
        return adamW.steps();
    }

    /** Does the next step. */
    public StepResult step() {
        int step = adamW.steps();
        float share = schedule.at(step);
        List<PromptLayout> batch = episodes.training(step);
        model.zeroGradients(backend);
        try (MemoryScope memory = backend.openScope("training step")) {
            Tape tape = new Tape(backend, memory);
            if (rounded == null) {
                model.watch(tape);
            } else {
                rounded.watch(tape);
            }
            Ops ops = new Ops(backend, memory, tape, precision);
            Tensor loss = loss(ops, batch, new Dropout(config.model().dropout(), config.seed(), step));
            tape.backward(loss);
            clipping.measure(loss);
            adamW.step(share * config.optimiser().lr(), clipping.factor());
            if (muon != null) {
                muon.step(share * config.optimiser().muonLr(), clipping.factor());
            }
            weightsMoved();
            GradientClipping.Report report = clipping.report(); // the one wait of the step
            if (!report.isFinite()) {
                adamW.revoke();
                throw new InvalidInput("training diverged at step " + (step + 1) + ": loss " + report.loss() + ", gradient norm " + report.norm()
                        + "; lower optimiser.lr or optimiser.clip and start again in a new folder");
            }
            return new StepResult(step + 1, report.loss(), report.norm(), share * config.optimiser().lr(),
                    batch.stream().mapToInt(PromptLayout::length).sum());
        }
    }

    /** Mean loss over a fixed set of compressed prompts on photographs that are never trained on. */
    public float validationLoss() {
        return validationLosses().get(Asked.EDIT);
    }

    /** The same for all that the recipe asks for; words are asked for without examples. */
    public Map<Asked, Float> validationLosses() {
        Map<Asked, Float> losses = new LinkedHashMap<>();
        episodes.validation().forEach((asked, batches) -> {
            double sum = 0;
            for (List<PromptLayout> batch : batches) {
                try (MemoryScope memory = backend.openScope("validation")) {
                    sum += loss(new Ops(backend, memory, null, precision), batch, Dropout.NONE).item();
                }
            }
            losses.put(asked, (float) (sum / batches.size()));
        });
        return losses;
    }

    private Tensor loss(Ops ops, List<PromptLayout> batch, Dropout dropout) {
        TokenBatch rows = TokenBatch.of(ops.scope(), batch);
        Tensor hidden = computing.hidden(ops, computing.embed(ops, rows.ids()), Pass.training(rows.positions(), rows.mask(), dropout));
        return computing.loss(ops, hidden, NextTokenLoss.of(ops.scope(), rows.labels(), model.config().vocabSize()), config.optimiser().zLoss());
    }

    /** Writes all that {@link #load} needs into a folder. */
    public void save(Path folder) {
        SafetensorsWriter writer = new SafetensorsWriter().metadata("format", FORMAT).metadata("step", Integer.toString(steps()));
        model.forEachParameter((name, parameter) -> writer.add("model." + name, parameter.value()));
        adamW.state().forEach((name, tensor) -> writer.add("adamw." + name, tensor));
        if (muon != null) {
            muon.state().forEach((name, tensor) -> writer.add("muon." + name, tensor));
        }
        writer.writeTo(folder.resolve(STATE_FILE));
    }

    /** Goes on from a state that {@link #save} wrote. */
    public void load(Path folder) {
        Path file = folder.resolve(STATE_FILE);
        try (SafetensorsFile stored = SafetensorsFile.open(file)) {
            if (!FORMAT.equals(stored.metadata().get("format"))) {
                throw new InvalidInput(file + ": format: this is not a state of xp train; remove the folder to go on from the state before it");
            }
            Map<String, Tensor> targets = new LinkedHashMap<>();
            model.forEachParameter((name, parameter) -> targets.put("model." + name, parameter.value()));
            targets.forEach((name, target) -> Checkpoint.upload(stored.tensor(name, target.shape().toArray()), target, backend));
            adamW.load(name -> find(stored, "adamw." + name), file.toString());
            if (muon != null) {
                muon.load(name -> find(stored, "muon." + name), file.toString());
            }
        }
        weightsMoved();
    }

    private static Tensor find(SafetensorsFile stored, String name) {
        return stored.contains(name) ? stored.tensor(name) : null;
    }

    @Override
    public void close() {
        if (muon != null) {
            muon.close();
        }
        scope.close();
    }
}
