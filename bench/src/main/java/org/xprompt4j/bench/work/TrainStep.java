package org.xprompt4j.bench.work;

import java.util.Arrays;
import java.util.Map;
import java.util.function.BiConsumer;

import org.xprompt4j.nn.AdamW;
import org.xprompt4j.nn.Parameter;
import org.xprompt4j.nn.chameleon.Chameleon;
import org.xprompt4j.nn.chameleon.ChameleonConfig;
import org.xprompt4j.nn.chameleon.NextTokenLoss;
import org.xprompt4j.nn.chameleon.Pass;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tape;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionMask;
import org.xprompt4j.tensor.op.CrossEntropySpec;

/**
 * One AdamW step over one sequence of IE, XP and TD tokens under the X-Prompt mask, the loss on the last tokens: forward, backward,
 * update. No clipping, no dropout, no z-loss.
 */
public final class TrainStep implements AutoCloseable {
    /**
     * Sizes of a step.
     *
     * @param ie tokens of the example
     * @param xp X-Prompt tokens
     * @param td tokens of the job
     * @param scored tokens at the end that the loss counts
     */
    public record Size(int layers, int hidden, int heads, int ffn, int vocab, int ie, int xp, int td, int scored) {
        /** The 12 x 384 transformer over two pictures of 256 codes, 16 X-Prompt tokens and two more pictures. */
        public static final Size STANDARD = new Size(12, 384, 6, 1024, 5128, 525, 16, 526, 259);
        /** As small as plain loops can check: all of the same operations, sizes that fill no tile. */
        public static final Size SMALL = new Size(2, 48, 3, 80, 131, 37, 5, 30, 13);

        public int tokens() {
            return ie + xp + td;
        }

        /** Causal, and TD does not see IE. */
        public AttentionMask mask() {
            return AttentionMask.segmented(new int[] {ie, xp, td}, new boolean[][] {{true, true, true}, {true, true, true}, {false, true, true}});
        }

        /** Weights of the linear layers of all blocks. */
        private double linearWeights() {
            return layers * (4.0 * hidden * hidden + 3.0 * hidden * ffn);
        }

        /**
         * Floating-point operations of one step: linear layers and head forward once and backward twice, attention on visible pairs
         * forward once and backward two and a half times. What an engine computes again to save memory does not count.
         */
        public double flops() {
            double linear = 6 * (tokens() * linearWeights() + (double) scored * vocab * hidden);
            return linear + 3.5 * 4.0 * mask().visiblePairs() * hidden * layers;
        }
    }

    private final Backend backend;
    private final MemoryScope scope;
    private final Chameleon model;
    private final AdamW adamW;
    private final Size size;
    private final Tensor ids; // [1, tokens] I32
    private final Tensor positions; // [1, tokens] I32
    private final NextTokenLoss labels;

    /** A model with first weights, ready to train. */
    public TrainStep(Backend backend, Size size) {
        this(backend, size, (model, scope) -> model.initialise(scope, 1));
    }

    /**
     * A model ready to train.
     *
     * @param weights binds the model's parameters to float memory of the scope: first weights from the host take a large model minutes
     */
    public TrainStep(Backend backend, Size size, BiConsumer<Chameleon, MemoryScope> weights) {
        this.backend = backend;
        this.size = size;
        this.scope = backend.openScope("train step");
        this.model = new Chameleon(ChameleonConfig.of(size.vocab, size.hidden, size.ffn, size.layers, size.heads, size.heads));
        weights.accept(model, scope);
        model.allocateGradients(backend, scope);
        this.adamW = new AdamW(backend, scope, model, AdamW.Settings.standard());
        int[] tokens = new int[size.tokens()];
        int[] places = new int[size.tokens()];
        Philox random = new Philox(20_261_123, 3);
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = random.nextInt(size.vocab);
            places[i] = i;
        }
        int[] scored = new int[tokens.length];
        Arrays.fill(scored, 0, tokens.length - size.scored, CrossEntropySpec.IGNORED);
        System.arraycopy(tokens, tokens.length - size.scored, scored, tokens.length - size.scored, size.scored);
        this.ids = scope.of(tokens, 1, tokens.length);
        this.positions = scope.of(places, 1, places.length);
        this.labels = NextTokenLoss.of(scope, new int[][] {scored}, size.vocab);
    }

    public Size size() {
        return size;
    }

    /** One step; returns its loss. */
    public float run() {
        model.zeroGradients(backend);
        float loss = gradients();
        adamW.step(1e-4f, 1);
        return loss;
    }

    private float gradients() {
        try (MemoryScope activations = backend.openScope("activations")) {
            Tape tape = new Tape(backend, activations);
            model.watch(tape);
            Ops ops = new Ops(backend, activations, tape);
            Tensor hidden = model.hidden(ops, model.embed(ops, ids), Pass.whole(positions, size.mask()));
            Tensor loss = model.loss(ops, hidden, labels, 0);
            tape.backward(loss);
            return loss.item();
        }
    }

    /** Parameters by name, with the gradients of the last step. */
    public Map<String, Parameter> parameters() {
        return model.parameters();
    }

    @Override
    public void close() {
        scope.close();
    }
}
