package org.xprompt4j.xprompt.reproduce;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.xprompt4j.nn.AdamW;
import org.xprompt4j.nn.Checkpoint;
import org.xprompt4j.nn.GradientClipping;
import org.xprompt4j.nn.chameleon.Chameleon;
import org.xprompt4j.nn.chameleon.ChameleonCheckpoint;
import org.xprompt4j.nn.chameleon.Dropout;
import org.xprompt4j.nn.chameleon.GreedyDecoder;
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
import org.xprompt4j.tensor.file.Json;
import org.xprompt4j.tensor.file.SafetensorsWriter;
import org.xprompt4j.tensor.op.AttentionMask;
import org.xprompt4j.tensor.op.CrossEntropySpec;
import org.xprompt4j.vqvae.Vqgan;
import org.xprompt4j.vqvae.VqganCheckpoint;
import org.xprompt4j.xprompt.prompt.Segment;
import org.xprompt4j.xprompt.prompt.SegmentKind;
import org.xprompt4j.xprompt.prompt.XPromptMask;

/** A Chameleon model: hidden states, logits with and without the X-Prompt mask, image codes, greedy decoding, training. */
final class ChameleonReproduction {
    private static final int PROMPT = 16; // ids that greedy decoding starts from
    private static final int DECODED = 24;

    private final Backend backend;
    private final MemoryScope scope; // of the weights and of everything that is written
    private final Ops ops;
    private final Chameleon model;
    private final ImageTokens images;
    private final AttentionMask mask;
    private final int[][] ids; // [batch][seq]
    private final int[][] labels; // [batch][seq]
    private final int batch;
    private final int seq;
    private final SafetensorsWriter writer = new SafetensorsWriter();

    private ChameleonReproduction(Backend backend, MemoryScope scope, Path folder, FixtureInputs inputs, Json meta) {
        this.backend = backend;
        this.scope = scope;
        this.ops = new Ops(backend, scope);
        try (ChameleonCheckpoint checkpoint = ChameleonCheckpoint.open(folder)) {
            model = checkpoint.model(backend, scope, Checkpoint.Weights.F32);
        }
        int vocab = model.config().vocabSize();
        images = new ImageTokens(model.config().vocabularyMap(), vocab, folder.resolve("config.json").toString());
        ids = inputs.rows("input_ids", vocab, 0);
        batch = ids.length;
        seq = ids[0].length;
        labels = inputs.rows("train.labels", vocab, CrossEntropySpec.IGNORED);
        String file = folder.resolve(FixtureInputs.FILE).toString();
        if (labels.length != batch || labels[0].length != seq) {
            throw new InvalidInput(file + ": train.labels must have the shape of input_ids [" + batch + ", " + seq + "], has ["
                    + labels.length + ", " + labels[0].length + "]");
        }
        if (Arrays.stream(labels).noneMatch(row -> Arrays.stream(row, 1, seq).anyMatch(label -> label != CrossEntropySpec.IGNORED))) {
            throw new InvalidInput(file + ": train.labels counts no token behind the first of a row");
        }
        mask = XPromptMask.of(segments(meta.get("segments")));
        if (mask.keys() != seq) {
            throw meta.get("segments").fault("must add up to the " + seq + " tokens of input_ids, add up to " + mask.keys());
        }
    }

    static void run(Backend backend, Path folder, Path out) {
        Json meta = Json.read(folder.resolve("meta.json"));
        TrainingRecipe recipe = TrainingRecipe.read(meta.get("train"));
        try (FixtureInputs inputs = new FixtureInputs(folder); MemoryScope scope = backend.openScope("reproduction")) {
            ChameleonReproduction all = new ChameleonReproduction(backend, scope, folder, inputs, meta);
            all.pictures(folder, inputs);
            all.causal();
            all.xprompt();
            all.greedy("greedy.raw", logits -> { });
            all.greedy("greedy.text_only", logits -> all.images.suppress(backend, logits));
            all.train(recipe);
            all.writer.writeTo(out);
        }
    }

    private static List<Segment> segments(Json json) {
        List<Segment> segments = new ArrayList<>();
        for (Json pair : json.elements()) {
            List<Json> both = pair.elements();
            if (both.size() != 2) {
                throw pair.fault("must be [kind, length], is " + pair);
            }
            String kind = both.get(0).asString();
            if (Arrays.stream(SegmentKind.values()).noneMatch(k -> k.name().equals(kind))) {
                throw both.get(0).fault("must be one of IE, XP, TD, is \"" + kind + "\"");
            }
            segments.add(new Segment(SegmentKind.of(kind), (int) both.get(1).asLong(0, 1 << 24)));
        }
        if (segments.stream().mapToLong(Segment::length).sum() < 1) {
            throw json.fault("must hold at least one token");
        }
        return segments;
    }

    private Tensor idTensor(MemoryScope into) {
        return into.of(Arrays.stream(ids).flatMapToInt(Arrays::stream).toArray(), batch, seq);
    }

    /** Positions 0, 1, ... of every row, [batch, seq]. */
    private Tensor positions(MemoryScope into) {
        return into.of(IntStream.range(0, batch * seq).map(i -> i % seq).toArray(), batch, seq);
    }

    private void pictures(Path folder, FixtureInputs inputs) {
        Vqgan vqgan = VqganCheckpoint.load(backend, scope, folder);
        Tensor pixels = inputs.pictures("vq.pixels", scope, vqgan.config().inChannels(), vqgan.config().reduction());
        writer.add("vq.encoder", FixtureInputs.channelsFirst(ops, vqgan.encoderOutput(ops, pixels)));
        Tensor codes = FixtureInputs.raster(vqgan.encode(ops, pixels)); // [batch, h * w]
        int[] flat = codes.toIntArray();
        int highest = Arrays.stream(flat).max().orElseThrow();
        if (highest >= images.codes()) {
            throw new InvalidInput(folder.resolve("config.json") + ": vocabulary_map has no token " + ImageTokens.name(highest)
                    + " for code " + highest + " of a codebook of " + vqgan.config().codes());
        }
        writer.add("vq.tokens", codes);
        writer.add("vq.bpe", scope.of(images.toIds(flat), codes.shape().toArray()));
    }

    private void causal() {
        Pass pass = Pass.whole(positions(scope), AttentionMask.causal(seq));
        List<Tensor> states = model.hiddenStates(ops, model.embed(ops, idTensor(scope)), pass);
        for (int i = 0; i < states.size(); i++) {
            writer.add("causal.hidden_" + i, states.get(i));
        }
        writer.add("causal.last_hidden_state", states.getLast());
        Tensor logits = model.logits(ops, states.getLast());
        Tensor textOnly = scope.allocate(DType.F32, logits.shape());
        backend.copy(logits, textOnly);
        images.suppress(backend, textOnly);
        writer.add("causal.logits_raw", logits);
        writer.add("causal.logits_text_only", textOnly);
    }

    private void xprompt() {
        Tensor allowed = scope.allocate(DType.U8, seq, seq);
        allowed.set(IntStream.range(0, seq * seq).map(i -> mask.allows(i / seq, i % seq) ? 1 : 0).toArray());
        writer.add("xprompt.mask", allowed);
        Tensor hidden = model.hidden(ops, model.embed(ops, idTensor(scope)), Pass.whole(positions(scope), mask));
        writer.add("xprompt.logits_raw", model.logits(ops, hidden));
    }

    private void greedy(String name, Consumer<Tensor> adjust) {
        int[][] prompts = new int[batch][];
        for (int i = 0; i < batch; i++) {
            prompts[i] = Arrays.copyOf(ids[i], Math.min(PROMPT, seq));
        }
        int[][] decoded = GreedyDecoder.decode(backend, model, prompts, DECODED, adjust);
        writer.add(name, scope.of(Arrays.stream(decoded).flatMapToInt(Arrays::stream).toArray(), batch, decoded[0].length));
    }

    private void train(TrainingRecipe recipe) {
        model.allocateGradients(backend, scope);
        AdamW optimiser = new AdamW(backend, scope, model, recipe.settings());
        gradients();
        model.forEachParameter((name, parameter) -> { // the first step's gradients, before the next overwrites them
            Tensor copy = scope.allocate(DType.F32, parameter.shape());
            backend.copy(parameter.gradient(), copy);
            writer.add("train.grad." + name, copy);
        });
        for (int step = 0; step < recipe.rates().length; step++) {
            if (step > 0) {
                gradients();
            }
            optimiser.step(recipe.rates()[step], GradientClipping.scale(GradientClipping.norm(backend, model), recipe.clip()));
        }
        model.forEachParameter((name, parameter) -> writer.add("train.after." + name, parameter.value()));
    }

    /** Gradients of the mean cross entropy under the X-Prompt mask, in the parameters. */
    private void gradients() {
        model.zeroGradients(backend);
        try (MemoryScope step = backend.openScope("training step")) {
            Tape tape = new Tape(backend, step);
            model.watch(tape);
            Ops recorded = new Ops(backend, step, tape);
            Tensor hidden = model.hidden(recorded, model.embed(recorded, idTensor(step)), Pass.training(positions(step), mask, Dropout.NONE));
            tape.backward(model.loss(recorded, hidden, NextTokenLoss.of(step, labels, model.config().vocabSize()), 0));
        }
    }
}
