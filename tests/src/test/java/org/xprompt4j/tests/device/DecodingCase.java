package org.xprompt4j.tests.device;

import java.util.Arrays;
import java.util.function.LongConsumer;

import org.xprompt4j.nn.chameleon.Chameleon;
import org.xprompt4j.nn.chameleon.ChameleonConfig;
import org.xprompt4j.nn.chameleon.DecodeLoop;
import org.xprompt4j.nn.chameleon.KvCache;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.SamplingSpec;

/** A tiny random model that draws for rows of unequal length, with guidance rows behind them, from a seed. */
final class DecodingCase implements AutoCloseable {
    private static final int VOCAB = 43;
    private static final int[] LENGTHS = {5, 11, 2, 7, 1, 3}; // of the rows' prompts; the second half are guidance rows
    private static final int ROWS = LENGTHS.length;
    private static final int DRAWN = ROWS / 2;

    private final Backend backend;
    private final MemoryScope scope;
    private final Chameleon model;
    private final KvCache cache;
    private final Tensor first; // [rows, vocab]
    private final Tensor streams; // [drawn]
    private final SamplingSpec spec;

    DecodingCase(Backend backend, DType cacheType, int count, long seed) {
        this.backend = backend;
        this.scope = backend.openScope("decoding case");
        ChameleonConfig config = ChameleonConfig.of(VOCAB, 24, 40, 2, 4, 2);
        model = new Chameleon(config);
        model.initialise(scope, seed);
        model.forEachParameter((name, parameter) -> backend.scale(parameter.value(), name.endsWith("norm.weight") ? 1 : 8, parameter.value()));
        cache = new KvCache(backend, scope, config, ROWS, Arrays.stream(LENGTHS).max().orElseThrow() + count - 1, cacheType);
        first = scope.allocate(DType.F32, ROWS, VOCAB);
        streams = scope.of(new int[] {4, 9, 2}, DRAWN);
        spec = new SamplingSpec(1, 20, 0.95f, 3, VOCAB - 3, seed, 0, 1.7f);
        Philox random = new Philox(seed, 1);
        for (int row = 0; row < ROWS; row++) {
            int[] prompt = new int[LENGTHS[row]];
            Arrays.setAll(prompt, i -> random.nextInt(VOCAB));
            try (MemoryScope step = backend.openScope("prompt")) {
                backend.copy(model.prefill(new Ops(backend, step), step.of(prompt, 1, prompt.length), cache.rows(row, row + 1)), first.slice(0, row, row + 1));
            }
        }
    }

    private void draw(Tensor logits, Tensor steps, Tensor tokens) {
        backend.sample(spec, logits.slice(0, 0, DRAWN), null, logits.slice(0, DRAWN, ROWS), streams, steps.slice(0, 0, DRAWN), tokens.slice(0, 0, DRAWN));
        backend.copy(tokens.slice(0, 0, DRAWN), tokens.slice(0, DRAWN, ROWS));
    }

    /** Tokens [count][rows] by the loop that stays on the device. */
    int[][] looped(int count, LongConsumer progress) {
        return DecodeLoop.run(backend, model, cache, first, count, this::draw, progress);
    }

    /** The same by steps that the host counts. */
    int[][] stepped(int count) {
        int[][] out = new int[count][];
        Tensor tokens = scope.allocate(DType.I32, ROWS);
        for (int i = 0; i < count; i++) {
            try (MemoryScope step = backend.openScope("step")) {
                int[] at = new int[ROWS];
                Arrays.fill(at, i);
                draw(i == 0 ? first : model.step(new Ops(backend, step), tokens, cache), step.of(at, ROWS), tokens);
                out[i] = tokens.toIntArray();
            }
        }
        return out;
    }

    /** Entries and next position of every row. */
    int[] places() {
        int[] out = new int[2 * ROWS];
        Arrays.setAll(out, i -> i < ROWS ? cache.length(i) : cache.nextPosition(i - ROWS));
        return out;
    }

    @Override
    public void close() {
        scope.close();
    }
}
