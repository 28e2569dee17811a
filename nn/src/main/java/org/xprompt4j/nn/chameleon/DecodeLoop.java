package org.xprompt4j.nn.chameleon;

import java.util.function.LongConsumer;

import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.StepProgram;
import org.xprompt4j.tensor.Tensor;

/**
 * Decoding without a word between host and device: every step is the same sequence of operations, which read where they stand from
 * counters that the device moves on, and the tokens stay there until all are drawn. So a device may record the step once and repeat
 * it as one launch ({@link Backend#record}).
 *
 * <pre>
 * draw(first logits); advance        counters become those of the first pass
 * each step: model step; draw; advance
 * </pre>
 */
public final class DecodeLoop {
    /** Chooses a token for each row. The calls it makes are the same in every step. */
    @FunctionalInterface
    public interface Draw {
        /**
         * Chooses tokens.
         *
         * @param logits [rows, vocab], may be changed
         * @param steps [rows] I32, how many tokens were drawn before
         * @param tokens [rows] I32, to be written
         */
        void draw(Tensor logits, Tensor steps, Tensor tokens);
    }

    private final Backend backend;
    private final Chameleon model;
    private final KvCache cache;
    private final Draw draw;
    private final Tensor tokens; // [rows] I32, the last ones
    private final Tensor drawn; // [count, rows] I32

    private DecodeLoop(Backend backend, MemoryScope scope, Chameleon model, KvCache cache, int count, Draw draw) {
        this.backend = backend;
        this.model = model;
        this.cache = cache;
        this.draw = draw;
        this.tokens = scope.allocate(DType.I32, cache.batch());
        this.drawn = scope.allocate(DType.I32, count, cache.batch());
    }

    /**
     * Draws tokens one after the other for every row of a cache. The cache then holds all but the last of them.
     *
     * @param logits [rows, vocab] of the first tokens
     * @param count tokens of a row, at least 1; the cache needs room for all but one
     * @param progress told how many are drawn, on devices that queue some time after; last {@code count} itself
     * @return [count][rows]
     */
    public static int[][] run(Backend backend, Chameleon model, KvCache cache, Tensor logits, int count, Draw draw, LongConsumer progress) {
        if (count < 1) {
            throw new IllegalArgumentException("a decoding of " + count + " tokens");
        }
        try (MemoryScope scope = backend.openScope("decoding")) {
            return new DecodeLoop(backend, scope, model, cache, count, draw).run(logits, progress);
        }
    }

    private int[][] run(Tensor logits, LongConsumer progress) {
        int count = drawn.size(0);
        int passes = 0;
        cache.beginCounting(count - 1);
        try (StepProgram program = backend.record(this::step)) {
            choose(logits);
            long told = 0;
            for (int i = 1; i < count; i++) {
                program.run();
                passes++;
                if (program.completed() > told) {
                    told = program.completed();
                    progress.accept(Math.min(told + 1, count - 1));
                }
            }
            int[] flat = drawn.toIntArray();
            progress.accept(count);
            int rows = cache.batch();
            int[][] out = new int[count][rows];
            for (int i = 0; i < flat.length; i++) {
                out[i / rows][i % rows] = flat[i];
            }
            return out;
        } finally {
            cache.endCounting(passes);
        }
    }

    private void step() {
        try (MemoryScope scope = backend.openScope("decode step")) {
            choose(model.step(new Ops(backend, scope), tokens, cache));
        }
    }

    private void choose(Tensor logits) {
        draw.draw(logits, cache.steps(), tokens);
        backend.advance(tokens, cache.counters(), drawn);
    }
}
