package org.xprompt4j.nn.chameleon;

import java.util.Arrays;
import java.util.function.Consumer;

import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.SamplingSpec;

/** Decoding by the largest logit (the lowest id on ties) with a KV cache: what sampling at temperature 0 comes to. */
public final class GreedyDecoder {
    private GreedyDecoder() {
    }

    /**
     * Continues prompts of equal length by exactly {@code count} tokens, whatever they are, at least one.
     *
     * @param prompts [batch][seq] ids
     * @param adjust changes logits [batch, vocab] in place before each choice, by the same operations every time, for instance {@link ImageTokens#suppress}
     * @return [batch][seq + count]
     */
    public static int[][] decode(Backend backend, Chameleon model, int[][] prompts, int count, Consumer<Tensor> adjust) {
        int batch = prompts.length;
        int seq = prompts[0].length;
        int vocab = model.config().vocabSize();
        int[][] out = new int[batch][];
        int[] flat = new int[batch * seq];
        for (int b = 0; b < batch; b++) {
            if (prompts[b].length != seq) {
                throw new IllegalArgumentException("prompt " + b + " has " + prompts[b].length + " tokens, prompt 0 has " + seq);
            }
            out[b] = Arrays.copyOf(prompts[b], seq + count);
            System.arraycopy(prompts[b], 0, flat, b * seq, seq);
        }
        SamplingSpec largest = new SamplingSpec(0, 0, 1, 0, vocab, 0, 1, 1);
        try (MemoryScope kept = backend.openScope("greedy decoding")) {
            KvCache cache = new KvCache(backend, kept, model.config(), batch, seq + count);
            Tensor zeros = kept.of(new int[batch], batch); // [batch], streams and positions: no noise is drawn
            Tensor first = kept.allocate(DType.F32, batch, vocab);
            try (MemoryScope scope = backend.openScope("prompt")) {
                backend.copy(model.prefill(new Ops(backend, scope), scope.of(flat, batch, seq), cache), first);
            }
            int[][] chosen = DecodeLoop.run(backend, model, cache, first, count, (logits, steps, tokens) -> {
                adjust.accept(logits);
                backend.sample(largest, logits, null, null, zeros, zeros, tokens);
            }, done -> { });
            for (int b = 0; b < batch; b++) {
                for (int i = 0; i < count; i++) {
                    out[b][seq + i] = chosen[i][b];
                }
            }
        }
        return out;
    }
}
