package org.xprompt4j.xprompt.inference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.xprompt4j.nn.chameleon.Chameleon;
import org.xprompt4j.nn.chameleon.ImageTokens;
import org.xprompt4j.nn.chameleon.KvCache;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.xprompt.prompt.Part;
import org.xprompt4j.xprompt.prompt.PromptLayout;
import org.xprompt4j.xprompt.prompt.PromptTokens;
import org.xprompt4j.xprompt.text.TextStream;

/**
 * Stage 2 for answers of words and pictures: reads the job behind its context and draws tokens of text; a begin of image, which may be
 * drawn only where a whole picture still fits, is followed by exactly the codes of a picture and its end, and the text goes on.
 *
 * <p>Every token is read once: the cache is kept where text and picture meet. Guidance of pictures needs rows of its own; that of the pictures
 * alone gets each new picture when the next one begins, that of nothing at all begins anew.
 */
final class MixedDecoder {
    private static final int TEXT_STREAM = 0; // of the noise; pictures have 1, 2 ...

    private final Backend backend;
    private final Chameleon model;
    private final Words words;
    private final PromptTokens tokens;
    private final int codes; // of a picture
    private final JobReader reader;
    private final CodeSampler sampler;

    MixedDecoder(Backend backend, Chameleon model, Words words, PromptTokens tokens, ImageTokens imageTokens, int codes) {
        this.backend = backend;
        this.model = model;
        this.words = words;
        this.tokens = tokens;
        this.codes = codes;
        this.reader = new JobReader(backend, model, tokens);
        this.sampler = new CodeSampler(backend, model, imageTokens);
    }

    /**
     * Draws an answer.
     *
     * @param turns of the dialogue so far, the question last
     * @param text how words are drawn, and how many tokens the answer may have, pictures included; one of a picture alone ends by itself
     * @param picture how codes are drawn
     */
    Reply draw(Context context, List<List<Part>> turns, AnswerMode mode, TextOptions text, GenerationOptions picture, ReplyListener listener) {
        try (MemoryScope scope = backend.openScope("stage 2")) {
            return new Drawing(scope, context, turns, mode, text, picture, listener).run();
        }
    }

    /** One answer under way. */
    private final class Drawing {
        private final AnswerMode mode;
        private final GenerationOptions options;
        private final ReplyListener listener;
        private final int most; // tokens of the answer
        private final KvCache cache; // row 0 reads everything, row 1 pictures alone, row 2 nothing
        private final Tensor logits; // [rows, vocab] of what follows
        private final WordSampler text;
        private final List<Part> parts = new ArrayList<>();
        private final int[] ids; // [most] of the stretch of text under way
        private int length; // of that stretch
        private int count; // tokens of the answer
        private int pictures; // drawn so far
        private TextStream stream = words.stream();
        private int[] waiting; // ids that row 1 has still to read

        Drawing(MemoryScope scope, Context context, List<List<Part>> turns, AnswerMode mode, TextOptions text, GenerationOptions options,
                ReplyListener listener) {
            this.mode = mode;
            this.options = options;
            this.listener = listener;
            this.most = mode == AnswerMode.IMAGE ? PromptTokens.pictureLength(codes) : text.mostTokens();
            this.ids = new int[most];
            int rows = mode == AnswerMode.TEXT ? 1 : options.imageGuidance() > 0 ? 3 : options.guidance() != 1 ? 2 : 1;
            JobReader.Question question = position -> PromptLayout.dialogue(tokens, turns, position);
            this.cache = new KvCache(backend, scope, model.config(), rows, reader.length(context, question) + most);
            this.logits = scope.allocate(DType.F32, rows, model.config().vocabSize());
            PromptLayout read = reader.read(context, question, cache.rows(0, 1), logits.slice(0, 0, 1));
            this.text = new WordSampler(backend, scope, words, tokens, read.ids(), text, TEXT_STREAM);
            List<Part> shown = turns.stream().flatMap(List::stream).filter(part -> part instanceof Part.Image).toList();
            this.waiting = shown.isEmpty() ? new int[] {tokens.bos()} : PromptLayout.question(tokens, shown, 0).ids();
        }

        Reply run() {
            if (mode == AnswerMode.IMAGE) {
                picture();
                return new Reply(parts, count, true);
            }
            while (count < most) {
                boolean room = mode == AnswerMode.MIXED && most - count >= PromptTokens.pictureLength(codes);
                int id = text.draw(logits.slice(0, 0, 1), count, room);
                if (id == tokens.separator() || id == tokens.eos()) {
                    endText();
                    return new Reply(parts, count, true);
                }
                if (id == tokens.boi()) {
                    endText();
                    picture();
                } else {
                    word(id);
                }
            }
            endText();
            return new Reply(parts, count, false);
        }

        private void word(int id) {
            count++;
            ids[length++] = id;
            listener.text(stream.append(id));
            if (count < most) {
                try (MemoryScope step = backend.openScope("text step")) {
                    backend.copy(model.step(new Ops(backend, step), text.token(), cache.rows(0, 1)), logits.slice(0, 0, 1));
                }
            }
        }

        private void endText() {
            listener.text(stream.finish());
            stream = words.stream();
            if (length > 0) {
                parts.add(new Part.Text(Arrays.copyOf(ids, length)));
                length = 0;
            }
        }

        /** Begin of image, codes, end of image: the ends are forced, the codes drawn. */
        private void picture() {
            pictures++;
            read(0, tokens.boi());
            if (cache.batch() > 1) {
                int[] begun = Arrays.copyOf(waiting, waiting.length + 1);
                begun[waiting.length] = tokens.boi();
                read(1, begun);
            }
            if (cache.batch() > 2) {
                cache.truncate(2, 0, 0);
                read(2, tokens.bos(), tokens.boi());
            }
            int[] drawn = sampler.draw(new int[] {TEXT_STREAM + pictures}, cache, logits, codes, options, done -> listener.code(done, codes))[0];
            waiting = new int[] {tokens.idOfCode().applyAsInt(drawn[codes - 1]), tokens.eoi()};
            count += PromptTokens.pictureLength(codes);
            if (count < most) {
                read(0, waiting);
            }
            parts.add(new Part.Image(drawn));
            listener.picture(drawn.clone());
        }

        private void read(int row, int... next) {
            try (MemoryScope scope = backend.openScope("forced tokens")) {
                Tensor after = model.prefill(new Ops(backend, scope), scope.of(next, 1, next.length), cache.rows(row, row + 1)); // [1, vocab]
                backend.copy(after, logits.slice(0, row, row + 1));
            }
        }
    }
}
