package org.xprompt4j.xprompt.inference;

import java.util.Arrays;
import java.util.function.IntConsumer;
import org.xprompt4j.nn.chameleon.Chameleon;
import org.xprompt4j.nn.chameleon.KvCache;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.BinaryOp;
import org.xprompt4j.tensor.op.SamplingSpec;
import org.xprompt4j.tensor.op.UnaryOp;

/**
 * Stage 2 for answers in words: reads the job behind its context and draws tokens until the end of the turn. Only tokens of text and
 * the ends may be drawn; then come the repetition penalty over the text so far, temperature and top-p, in the order of Meta's release.
 */
final class TextDecoder {
    private static final float NEVER = -1e30f; // finite after any temperature

    private final Backend backend;
    private final Chameleon model;
    private final Words words;
    private final int[] ends; // ids that end the text

    TextDecoder(Backend backend, Chameleon model, Words words, int... ends) {
        this.backend = backend;
        this.model = model;
        this.words = words;
        this.ends = ends.clone();
    }

    /**
     * Draws a text.
     *
     * @param cache one row that holds context and job
     * @param before ids of the job, which count as seen
     * @param first [1, vocab] logits of the first token; changed
     * @param stream noise stream
     * @param listener told of every id as it is drawn, the end not included
     * @return ids of the text without its end
     */
    int[] draw(KvCache cache, int[] before, Tensor first, TextOptions options, int stream, IntConsumer listener) {
        int vocab = words.vocabSize();
        SamplingSpec spec = new SamplingSpec(options.temperature(), 0, options.topP(), 0, vocab, options.seed(), 0, 1);
        int[] ids = new int[options.mostTokens()];
        try (MemoryScope scope = backend.openScope("text")) {
            Tensor allowed = allowed(scope); // [1, vocab] 0 or NEVER
            float[] asked = new float[vocab];
            Arrays.stream(before).forEach(id -> asked[id] = 1);
            Tensor seen = scope.allocate(DType.F32, 1, vocab).set(asked); // 1 for ids of job and text so far
            Tensor streams = scope.of(new int[] {stream}, 1);
            Tensor position = scope.allocate(DType.I32, 1);
            Tensor token = scope.allocate(DType.I32, 1);
            Tensor logits = first;
            for (int i = 0; i < ids.length; i++) {
                try (MemoryScope step = backend.openScope("text step")) {
                    penalise(step, logits, seen, options.repetitionPenalty());
                    backend.binary(BinaryOp.ADD, logits, allowed, logits);
                    backend.sample(spec, logits, null, null, streams, position.set(new int[] {i}), token);
                    int id = token.toIntArray()[0];
                    if (Arrays.stream(ends).anyMatch(end -> end == id)) {
                        return Arrays.copyOf(ids, i);
                    }
                    ids[i] = id;
                    listener.accept(id);
                    backend.fill(seen.slice(1, id, id + 1), 1);
                    if (i + 1 < ids.length) {
                        backend.copy(model.step(new Ops(backend, step), token, cache), logits);
                    }
                }
            }
        }
        return ids;
    }

    private Tensor allowed(MemoryScope scope) {
        float[] bias = new float[words.vocabSize()];
        for (int id = 0; id < bias.length; id++) {
            int candidate = id;
            bias[id] = words.isDrawable(id) || Arrays.stream(ends).anyMatch(end -> end == candidate) ? 0 : NEVER;
        }
        return scope.allocate(DType.F32, 1, bias.length).set(bias);
    }

    /** x becomes x / p where positive and x p where negative, for ids that were seen: x + seen (relu(x) (1/p - 1) + (x - relu(x)) (p - 1)). */
    private void penalise(MemoryScope scope, Tensor logits, Tensor seen, float penalty) {
        if (penalty == 1) {
            return;
        }
        Tensor positive = scope.allocate(DType.F32, logits.shape()); // [1, vocab]
        Tensor negative = scope.allocate(DType.F32, logits.shape());
        backend.unary(UnaryOp.RELU, logits, positive);
        backend.binary(BinaryOp.SUBTRACT, logits, positive, negative);
        backend.scale(negative, penalty - 1, negative);
        backend.addScaled(positive, 1 / penalty - 1, negative);
        backend.binary(BinaryOp.MULTIPLY, negative, seen, negative);
        backend.binary(BinaryOp.ADD, logits, negative, logits);
    }
}
