package org.xprompt4j.xprompt.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.nn.chameleon.ImageTokens;
import org.xprompt4j.nn.chameleon.Pass;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.xprompt.TinyModel;
import org.xprompt4j.xprompt.prompt.Arrangement;
import org.xprompt4j.xprompt.prompt.ContextMode;
import org.xprompt4j.xprompt.prompt.Exchange;
import org.xprompt4j.xprompt.prompt.LossSpan;
import org.xprompt4j.xprompt.prompt.Part;
import org.xprompt4j.xprompt.prompt.PromptLayout;
import org.xprompt4j.xprompt.text.TextTokenizer;

/** A model with words: answers in words, instructions beside and instead of examples, guidance of three rows. */
class WordsTest {
    @TempDir
    Path dir;

    private TinyModel tiny;
    private XPromptModel model;

    @BeforeEach
    void open() {
        tiny = new TinyModel(8, Arrangement.SHARED, dir.resolve("tokenizer.json"));
        model = tiny.model();
    }

    @AfterEach
    void close() {
        model.close();
        tiny.close();
    }

    private Part.Text words(String text) {
        return tiny.words.part(text);
    }

    /** Logits of one whole pass over a layout, [seq][vocab]. */
    private float[][] logits(PromptLayout layout) {
        try (MemoryScope scope = tiny.backend.openScope("whole pass")) {
            Ops ops = new Ops(tiny.backend, scope);
            TokenBatch batch = TokenBatch.of(scope, List.of(layout));
            float[] all = tiny.chameleon.logits(ops, tiny.chameleon.hidden(ops, tiny.chameleon.embed(ops, batch.ids()),
                    Pass.whole(batch.positions(), batch.mask()))).toFloatArray();
            int vocab = tiny.chameleon.config().vocabSize();
            float[][] rows = new float[layout.length()][];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = Arrays.copyOfRange(all, i * vocab, (i + 1) * vocab);
            }
            return rows;
        }
    }

    private boolean mayBeDrawn(int id) {
        return tiny.words.isDrawable(id) || id == tiny.tokens().separator() || id == tiny.tokens().eos();
    }

    @Test
    void drawnWordsAreTheLikeliestOfOneMaskedPass() {
        Exchange example = new Exchange(List.of(new Part.Image(TinyModel.codes(1)), new Part.Image(TinyModel.codes(2)), words("what changed?")),
                List.of(words("make it darker")));
        List<Part> asked = List.of(new Part.Image(TinyModel.codes(3)), new Part.Image(TinyModel.codes(4)), words("what changed?"));
        CompressedPrompt prompt = model.compressCoded(List.of(List.of(example)), "", tiny.prompts).getFirst();
        List<String> pieces = new ArrayList<>();
        String text = model.tell(new Context.Compressed(prompt), asked, TextOptions.greedy(12), pieces::add);
        assertThat(String.join("", pieces)).isEqualTo(text);
        // The same tokens one by one from whole passes.
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            Part.Text soFar = new Part.Text(ids.stream().mapToInt(Integer::intValue).toArray());
            PromptLayout layout = PromptLayout.training(tiny.tokens(), ContextMode.COMPRESSED, Arrangement.SHARED, LossSpan.ANSWER, List.of(example),
                    new Exchange(asked, List.of(soFar)));
            float[] row = logits(layout)[layout.length() - 2]; // the last token before the closing separator
            int best = -1;
            for (int id = 0; id < row.length; id++) {
                best = mayBeDrawn(id) && (best < 0 || row[id] > row[best]) ? id : best;
            }
            if (best == tiny.tokens().separator() || best == tiny.tokens().eos()) {
                break;
            }
            ids.add(best);
        }
        assertThat(text).isEqualTo(tiny.words.text(ids.stream().mapToInt(Integer::intValue).toArray()));
        assertThat(ids).as("a text worth comparing").hasSizeGreaterThan(2);
    }

    @Test
    void picturesAndSpecialTokensAreNeverDrawnAsText() {
        for (int seed = 0; seed < 20; seed++) {
            String text = model.tell(new Context.None(), List.of(new Part.Image(TinyModel.codes(seed))), new TextOptions(5, 1, 1, 30, seed), piece -> { });
            assertThat(text).as("seed %d", seed).doesNotContain("IMGIMG", "<s>", "<reserved", "<racm3");
        }
        assertThat(tiny.words.isDrawable(tiny.imageTokens().firstId())).isFalse();
        assertThat(tiny.words.isDrawable(tiny.tokens().separator())).isFalse();
    }

    @Test
    void aPenaltyKeepsTheTextFromRepeatingItself() {
        List<Part> asked = List.of(new Part.Image(TinyModel.codes(3)));
        String plain = model.tell(new Context.None(), asked, TextOptions.greedy(24), piece -> { });
        String varied = model.tell(new Context.None(), asked, new TextOptions(0, 1, 100, 24, 0), piece -> { });
        assertThat(distinct(varied)).as("'%s' against '%s'", varied, plain).isGreaterThan(distinct(plain));
        assertThat(model.tell(new Context.None(), asked, TextOptions.chameleon(24, 5), piece -> { }))
                .as("the same seed").isEqualTo(model.tell(new Context.None(), asked, TextOptions.chameleon(24, 5), piece -> { }))
                .isNotEqualTo(model.tell(new Context.None(), asked, TextOptions.chameleon(24, 6), piece -> { }));
    }

    private long distinct(String text) {
        return Arrays.stream(words(text).ids()).distinct().count();
    }

    /** U + i (I - U) + g (F - I) at each code, from three whole passes. */
    @Test
    void guidanceOfThreeRowsIsChameleons() {
        List<Part> asked = List.of(new Part.Image(TinyModel.codes(7)), words("make it darker"));
        GenerationOptions options = new GenerationOptions(0, 0, 1, 3, 1.2f, 0);
        int[] drawn = model.answer(List.of(new AnswerDecoder.Job(new Context.None(), asked, 0)), options, (code, of) -> { })[0];
        Exchange answered = new Exchange(asked, List.of(new Part.Image(drawn)));
        float[][] full = logits(PromptLayout.training(tiny.tokens(), ContextMode.NONE, Arrangement.SHARED, LossSpan.ANSWER, List.of(), answered));
        float[][] image = logits(PromptLayout.training(tiny.tokens(), ContextMode.NONE, Arrangement.SHARED, LossSpan.ANSWER, List.of(),
                Exchange.pictures(TinyModel.codes(7), drawn)));
        float[][] nothing = unconditional(drawn);
        ImageTokens tokens = tiny.imageTokens();
        for (int i = 0; i < drawn.length; i++) {
            float[] f = full[full.length - 3 - drawn.length + i];
            float[] m = image[image.length - 3 - drawn.length + i];
            float[] u = nothing[1 + i];
            int best = 0;
            double[] mixed = new double[TinyModel.CODES];
            for (int code = 0; code < mixed.length; code++) {
                int id = tokens.id(code);
                mixed[code] = u[id] + 1.2 * (m[id] - u[id]) + 3 * (f[id] - m[id]);
                best = mixed[code] > mixed[best] ? code : best;
            }
            assertThat(mixed[drawn[i]]).as("code %d", i).isGreaterThanOrEqualTo(mixed[best] - 1e-3);
        }
    }

    private float[][] unconditional(int[] drawn) {
        int[] ids = new int[drawn.length + 2];
        ids[0] = tiny.tokens().bos();
        ids[1] = tiny.tokens().boi();
        for (int i = 0; i < drawn.length; i++) {
            ids[2 + i] = tiny.imageTokens().id(drawn[i]);
        }
        // bos and boi, then codes as they were drawn: a layout of words alone has just the ids it is given.
        PromptLayout layout = PromptLayout.question(tiny.tokens(), List.of(new Part.Text(ids)), 0);
        return logits(layout);
    }

    @Test
    void samplesOfAnInstructionDoNotDependOnTheirCompany() {
        List<Part> asked = List.of(words("make it brighter"));
        GenerationOptions options = new GenerationOptions(1, 0, 1, 3, 1.2f, 4);
        AnswerDecoder.Job one = new AnswerDecoder.Job(new Context.None(), asked, 0);
        AnswerDecoder.Job two = new AnswerDecoder.Job(new Context.None(), List.of(new Part.Image(TinyModel.codes(9)), words("make it darker")), 1);
        int[][] together = model.answer(List.of(one, two), options, (code, of) -> { });
        assertThat(together[0]).isEqualTo(model.answer(List.of(one), options, (code, of) -> { })[0]);
        assertThat(together[1]).isEqualTo(model.answer(List.of(two), options, (code, of) -> { })[0]);
    }

    @Test
    void disagreementsAndMissingWordsAreNamed() {
        try (TinyModel mute = new TinyModel(8, Arrangement.SHARED); XPromptModel silent = mute.model()) {
            assertThat(silent.hasWords()).isFalse();
            assertThatThrownBy(() -> silent.question(List.of(), "make it darker")).isInstanceOf(InvalidInput.class).hasMessageContaining("this model has no words")
                    .hasMessageContaining("'xp train --help'");
        }
        TextTokenizer text = TextTokenizer.read(dir.resolve("tokenizer.json"));
        assertThatThrownBy(() -> new Words(text, tiny.imageTokens(), 100, "t.json")).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("t.json: has ids up to").hasMessageContaining("vocab_size of 100");
        assertThatThrownBy(() -> new TextOptions(0, 1, 0.5f, 3, 0)).isInstanceOf(InvalidInput.class).hasMessageContaining("repetition-penalty");
    }
}
