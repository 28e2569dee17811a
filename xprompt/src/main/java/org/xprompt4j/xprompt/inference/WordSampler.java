package org.xprompt4j.xprompt.inference;

import java.util.Arrays;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.BinaryOp;
import org.xprompt4j.tensor.op.SamplingSpec;
import org.xprompt4j.tensor.op.UnaryOp;
import org.xprompt4j.xprompt.prompt.PromptTokens;

/**
 * Draws the tokens of a text one by one. Only tokens of text, the ends and, where it is allowed, a begin of image may be drawn; then come
 * the repetition penalty over the text so far, temperature and top-p, in the order of Meta's release. The penalty counts words alone: the
 * separator behind the question is no reason to go on for ever.
 */
final class WordSampler {
    private static final float NEVER = -1e30f; // finite after any temperature

    private final Backend backend;
    private final Words words;
    private final SamplingSpec spec;
    private final float penalty;
    private final Tensor textOnly; // [1, vocab] 0 for what may be drawn, else NEVER
    private final Tensor orPicture; // [1, vocab] the same with the begin of image
    private final Tensor seen; // [1, vocab] 1 for words of question and text so far
    private final Tensor stream; // [1] I32
    private final Tensor position; // [1] I32
    private final Tensor token; // [1] I32

    /**
     * A sampler for one text.
     *
     * @param before ids of the question, which count as seen
     * @param noise noise stream
     */
    WordSampler(Backend backend, MemoryScope scope, Words words, PromptTokens tokens, int[] before, TextOptions options, int noise) {
        this.backend = backend;
        this.words = words;
        int vocab = words.vocabSize();
        this.spec = new SamplingSpec(options.temperature(), 0, options.topP(), 0, vocab, options.seed(), 0, 1);
        this.penalty = options.repetitionPenalty();
        float[] bias = new float[vocab];
        float[] said = new float[vocab];
        for (int id = 0; id < vocab; id++) {
            bias[id] = words.isDrawable(id) || id == tokens.separator() || id == tokens.eos() ? 0 : NEVER;
        }
        Arrays.stream(before).filter(words::isDrawable).forEach(id -> said[id] = 1);
        this.textOnly = scope.allocate(DType.F32, 1, vocab).set(bias);
        bias[tokens.boi()] = 0;
        this.orPicture = scope.allocate(DType.F32, 1, vocab).set(bias);
        this.seen = scope.allocate(DType.F32, 1, vocab).set(said);
        this.stream = scope.of(new int[] {noise}, 1);
        this.position = scope.allocate(DType.I32, 1);
        this.token = scope.allocate(DType.I32, 1);
    }

    /**
     * Draws one token.
     *
     * @param logits [1, vocab]; changed
     * @param at its place in the answer, which with the stream decides the noise
     * @param picture whether a picture may begin here
     */
    int draw(Tensor logits, int at, boolean picture) {
        penalise(logits);
        backend.binary(BinaryOp.ADD, logits, picture ? orPicture : textOnly, logits);
        backend.sample(spec, logits, null, null, stream, position.set(new int[] {at}), token);
        int id = token.toIntArray()[0];
        if (words.isDrawable(id)) {
            backend.fill(seen.slice(1, id, id + 1), 1);
        }
        return id;
    }

    /** The token drawn last, [1] I32. */
    Tensor token() {
        return token;
    }

    /** x becomes x / p where positive and x p where negative, for ids that were seen: x + seen (relu(x) (1/p - 1) + (x - relu(x)) (p - 1)). */
    private void penalise(Tensor logits) {
        if (penalty == 1) {
            return;
        }
        try (MemoryScope step = backend.openScope("repetition penalty")) {
            Tensor positive = step.allocate(DType.F32, logits.shape()); // [1, vocab]
            Tensor negative = step.allocate(DType.F32, logits.shape());
            backend.unary(UnaryOp.RELU, logits, positive);
            backend.binary(BinaryOp.SUBTRACT, logits, positive, negative);
            backend.scale(negative, penalty - 1, negative);
            backend.addScaled(positive, 1 / penalty - 1, negative);
            backend.binary(BinaryOp.MULTIPLY, negative, seen, negative);
            backend.binary(BinaryOp.ADD, logits, negative, logits);
        }
    }
}
