package org.xprompt4j.tests.device;

import java.util.Arrays;
import java.util.function.Predicate;

import org.xprompt4j.nn.AdamW;
import org.xprompt4j.nn.GradientClipping;
import org.xprompt4j.nn.Muon;
import org.xprompt4j.nn.chameleon.Chameleon;
import org.xprompt4j.nn.chameleon.ChameleonConfig;
import org.xprompt4j.nn.chameleon.Dropout;
import org.xprompt4j.nn.chameleon.NextTokenLoss;
import org.xprompt4j.nn.chameleon.Pass;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tape;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionMask;

/** A tiny random model with everything that a training step does: dropout, clipping, AdamW, and Muon when asked for. */
final class TrainingCase implements AutoCloseable {
    private static final int VOCAB = 29;
    private static final int SEQ = 14;

    final Chameleon model;
    final GradientClipping clipping;
    final AdamW adamW;
    final Muon muon; // null when AdamW moves everything
    private final Backend backend;
    private final MemoryScope scope;
    private final Tensor ids; // [2, SEQ]
    private final Tensor positions; // [2, SEQ]
    private final NextTokenLoss labels;

    TrainingCase(Backend backend, boolean withMuon, long seed) {
        this.backend = backend;
        this.scope = backend.openScope("training case");
        model = new Chameleon(ChameleonConfig.of(VOCAB, 24, 40, 2, 4, 2));
        model.initialise(scope, seed);
        model.allocateGradients(backend, scope);
        Predicate<String> hidden = name -> withMuon && name.startsWith("model.layers.") && name.endsWith("_proj.weight");
        adamW = new AdamW(backend, scope, model, AdamW.Settings.standard(), hidden.negate());
        muon = withMuon ? new Muon(backend, scope, model, hidden, 0.95f, 0.1f) : null;
        clipping = new GradientClipping(backend, scope, model, 0.5);
        Philox random = new Philox(seed, 1);
        int[] tokens = new int[2 * SEQ];
        Arrays.setAll(tokens, i -> random.nextInt(VOCAB));
        int[] places = new int[2 * SEQ];
        Arrays.setAll(places, i -> i % SEQ);
        ids = scope.of(tokens, 2, SEQ);
        positions = scope.of(places, 2, SEQ);
        labels = NextTokenLoss.of(scope, new int[][] {Arrays.copyOf(tokens, SEQ), Arrays.copyOfRange(tokens, SEQ, 2 * SEQ)}, VOCAB);
    }

    /** Gradients, their norm, and the optimisers: all that is queued for one step. */
    void queueStep(int step) {
        model.zeroGradients(backend);
        try (MemoryScope memory = backend.openScope("training step")) {
            Tape tape = new Tape(backend, memory);
            model.watch(tape);
            Ops ops = new Ops(backend, memory, tape);
            Tensor hidden = model.hidden(ops, model.embed(ops, ids), Pass.training(positions, AttentionMask.causal(SEQ), new Dropout(0.1f, 3, step)));
            Tensor loss = model.loss(ops, hidden, labels, 1e-5f);
            tape.backward(loss);
            clipping.measure(loss);
        }
        adamW.step(3e-3f, clipping.factor());
        if (muon != null) {
            muon.step(1e-2f, clipping.factor());
        }
    }

    @Override
    public void close() {
        if (muon != null) {
            muon.close();
        }
        scope.close();
    }
}
