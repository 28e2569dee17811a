package org.xprompt4j.xprompt.inference;

import java.util.function.IntConsumer;
import org.xprompt4j.nn.chameleon.Chameleon;
import org.xprompt4j.nn.chameleon.DecodeLoop;
import org.xprompt4j.nn.chameleon.ImageTokens;
import org.xprompt4j.nn.chameleon.KvCache;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.SamplingSpec;

/** Draws the codes of pictures whose begin-of-image was read: exactly as many as a picture has, none but codes. */
final class CodeSampler {
    private final Backend backend;
    private final Chameleon model;
    private final ImageTokens imageTokens;

    CodeSampler(Backend backend, Chameleon model, ImageTokens imageTokens) {
        if (!imageTokens.isContiguous()) {
            throw new InvalidInput("config.json: vocabulary_map: image codes must be one run of ids for drawing");
        }
        this.backend = backend;
        this.model = model;
        this.imageTokens = imageTokens;
    }

    /**
     * Draws one picture for each stream.
     *
     * @param streams noise streams, one a picture
     * @param cache one row for each picture, then as many that read its pictures alone, then as many that read nothing; which of these there
     *        are is guidance. It then holds all codes but the last.
     * @param first [rows, vocab] logits of the first codes; may be changed
     * @param length codes of a picture
     * @param listener told how many codes are drawn
     * @return [pictures][length] codes
     */
    int[][] draw(int[] streams, KvCache cache, Tensor first, int length, GenerationOptions options, IntConsumer listener) {
        int batch = streams.length;
        int rows = cache.batch();
        SamplingSpec spec = new SamplingSpec(options.temperature(), options.topK(), options.topP(), imageTokens.firstId(),
                imageTokens.codes(), options.seed(), options.imageGuidance(), options.guidance());
        try (MemoryScope scope = backend.openScope("codes")) {
            Tensor noise = scope.of(streams, batch);
            int[][] ids = DecodeLoop.run(backend, model, cache, first, length, (logits, steps, tokens) -> {
                Tensor pictures = rows > batch ? logits.slice(0, batch, 2 * batch) : null;
                Tensor nothing = rows > 2 * batch ? logits.slice(0, 2 * batch, rows) : null;
                backend.sample(spec, logits.slice(0, 0, batch), nothing == null ? null : pictures, nothing == null ? pictures : nothing,
                        noise, steps.slice(0, 0, batch), tokens.slice(0, 0, batch));
                for (int from = batch; from < rows; from += batch) {
                    backend.copy(tokens.slice(0, 0, batch), tokens.slice(0, from, from + batch)); // guidance rows repeat them
                }
            }, drawn -> listener.accept((int) drawn));
            int[][] codes = new int[batch][length];
            for (int row = 0; row < batch; row++) {
                for (int i = 0; i < length; i++) {
                    codes[row][i] = imageTokens.code(ids[i][row]);
                }
            }
            return codes;
        }
    }
}
