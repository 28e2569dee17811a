package org.xprompt4j.xprompt.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.nn.chameleon.Pass;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.SamplingSpec;
import org.xprompt4j.xprompt.TinyModel;
import org.xprompt4j.xprompt.prompt.Arrangement;
import org.xprompt4j.xprompt.prompt.Part;
import org.xprompt4j.xprompt.prompt.PromptLayout;

/** Answers of words and pictures: counted exactly, and token for token those of whole passes without a cache. */
class MixedAnswersTest {
    private static final int PICTURE = TinyModel.PICTURE_CODES + 2; // tokens, borders included
    private static final int SEEDS = 60;

    @TempDir
    Path dir;

    private TinyModel tiny;
    private XPromptModel model;
    private final List<List<Integer>> followed = new ArrayList<>(); // codes of pictures reported by the listener
    private final StringBuilder said = new StringBuilder();

    @BeforeEach
    void open() {
        tiny = new TinyModel(8, Arrangement.SHARED, dir.resolve("tokenizer.json"));
        model = tiny.model();
        // A random model begins a picture once in hundreds of tokens; with longer weights that token stands out one way or the other.
        Tensor begin = tiny.chameleon.head().value().slice(0, tiny.tokens().boi(), tiny.tokens().boi() + 1); // [1, hidden]
        tiny.backend.scale(begin, 4, begin);
    }

    @AfterEach
    void close() {
        model.close();
        tiny.close();
    }

    private List<List<Part>> dialogue() {
        return List.of(List.of(new Part.Image(TinyModel.codes(1)), tiny.words.part("make it darker")), List.of(new Part.Image(TinyModel.codes(2))),
                List.of(tiny.words.part("what changed between the pictures?")));
    }

    private Reply reply(List<List<Part>> turns, AnswerMode mode, TextOptions text, GenerationOptions picture) {
        followed.clear();
        said.setLength(0);
        return model.converse(new Context.None(), turns, mode, text, picture, new ReplyListener() {
            @Override
            public void text(String piece) {
                said.append(piece);
            }

            @Override
            public void code(int drawn, int of) {
                assertThat(of).isEqualTo(TinyModel.PICTURE_CODES);
            }

            @Override
            public void picture(int[] codes) {
                said.append("[picture]");
                followed.add(Arrays.stream(codes).boxed().toList());
            }
        });
    }

    private static TextOptions lively(int most, long seed) {
        return new TextOptions(2, 0.98f, 1.2f, most, seed);
    }

    /** Ids of an answer, ends and borders of its pictures included. */
    private int[] ids(Reply reply) {
        List<Integer> out = new ArrayList<>();
        for (Part part : reply.parts()) {
            switch (part) {
                case Part.Text text -> Arrays.stream(text.ids()).forEach(out::add);
                case Part.Image image -> {
                    out.add(tiny.tokens().boi());
                    Arrays.stream(image.codes()).map(tiny.imageTokens()::id).forEach(out::add);
                    out.add(tiny.tokens().eoi());
                }
            }
        }
        return out.stream().mapToInt(Integer::intValue).toArray();
    }

    private long pictures(Reply reply) {
        return reply.parts().stream().filter(part -> part instanceof Part.Image).count();
    }

    /** Logits behind a row of ids, from one whole pass, [vocab]. */
    private float[] after(int... ids) {
        try (MemoryScope scope = tiny.backend.openScope("whole pass")) {
            Ops ops = new Ops(tiny.backend, scope);
            TokenBatch batch = TokenBatch.of(scope, List.of(PromptLayout.question(tiny.tokens(), List.of(new Part.Text(ids)), 0)));
            float[] all = tiny.chameleon.logits(ops, tiny.chameleon.hidden(ops, tiny.chameleon.embed(ops, batch.ids()),
                    Pass.whole(batch.positions(), batch.mask()))).toFloatArray();
            int vocab = tiny.chameleon.config().vocabSize();
            return Arrays.copyOfRange(all, (ids.length - 1) * vocab, ids.length * vocab); // the last row is that of the separator behind
        }
    }

    private int sample(SamplingSpec spec, int stream, int position, float[]... rows) {
        try (MemoryScope scope = tiny.backend.openScope("draw")) {
            Tensor[] logits = new Tensor[3]; // of everything, of pictures alone, of nothing
            for (int i = 0; i < rows.length; i++) {
                logits[i] = scope.of(rows[i], 1, rows[i].length);
            }
            Tensor token = scope.allocate(DType.I32, 1);
            tiny.backend.sample(spec, logits[0], rows.length == 3 ? logits[1] : null, rows.length == 3 ? logits[2] : logits[1],
                    scope.of(new int[] {stream}, 1), scope.of(new int[] {position}, 1), token);
            return token.toIntArray()[0];
        }
    }

    private static int[] with(int[] ids, int... more) {
        int[] out = Arrays.copyOf(ids, ids.length + more.length);
        System.arraycopy(more, 0, out, ids.length, more.length);
        return out;
    }

    /** The same answer by the rules alone: after each token everything is read again from the start. */
    private int[] withoutCache(int[] prompt, int[] shown, TextOptions text, GenerationOptions picture) {
        int boi = tiny.tokens().boi();
        int vocab = tiny.chameleon.config().vocabSize();
        SamplingSpec words = new SamplingSpec(text.temperature(), 0, text.topP(), 0, vocab, text.seed(), 0, 1);
        SamplingSpec codes = new SamplingSpec(picture.temperature(), picture.topK(), picture.topP(), tiny.imageTokens().firstId(), TinyModel.CODES,
                picture.seed(), picture.imageGuidance(), picture.guidance());
        int[] answer = {};
        int drawn = 0;
        while (answer.length < text.mostTokens()) {
            float[] logits = after(with(prompt, answer));
            for (int id = 0; id < vocab; id++) {
                int candidate = id;
                boolean word = tiny.words.isDrawable(id);
                boolean seen = word && Arrays.stream(with(prompt, answer)).anyMatch(other -> other == candidate);
                boolean picturePossible = id == boi && text.mostTokens() - answer.length >= PICTURE;
                boolean end = id == tiny.tokens().separator() || id == tiny.tokens().eos();
                logits[id] = !word && !end && !picturePossible ? -1e30f
                        : !seen ? logits[id] : logits[id] > 0 ? logits[id] / text.repetitionPenalty() : logits[id] * text.repetitionPenalty();
            }
            int id = sample(words, 0, answer.length, logits);
            if (id == tiny.tokens().separator() || id == tiny.tokens().eos()) {
                break;
            }
            answer = with(answer, id);
            if (id == boi) {
                drawn++;
                shown = with(shown, boi);
                int[] nothing = {tiny.tokens().bos(), boi};
                for (int i = 0; i < TinyModel.PICTURE_CODES; i++) {
                    int code = sample(codes, drawn, i, after(with(prompt, answer)), after(shown), after(nothing));
                    answer = with(answer, code);
                    shown = with(shown, code);
                    nothing = with(nothing, code);
                }
                answer = with(answer, tiny.tokens().eoi());
                shown = with(shown, tiny.tokens().eoi());
            }
        }
        return answer;
    }

    @Test
    void everyTokenIsThatOfWholePassesWithoutACache() {
        GenerationOptions picture = new GenerationOptions(1, 0, 0.9f, 3, 1.2f, 5);
        int[] prompt = PromptLayout.dialogue(tiny.tokens(), dialogue(), 0).ids();
        int[] shown = PromptLayout.question(tiny.tokens(), List.of(new Part.Image(TinyModel.codes(1)), new Part.Image(TinyModel.codes(2))), 0).ids();
        int compared = 0;
        for (int seed = 0; seed < SEEDS && compared < 3; seed++) {
            TextOptions text = lively(70, seed);
            Reply reply = reply(dialogue(), AnswerMode.MIXED, text, picture);
            if (pictures(reply) >= 2 || pictures(reply) == 1 && compared > 0) {
                assertThat(ids(reply)).as("seed %d", seed).isEqualTo(withoutCache(prompt, shown, text, picture));
                compared++;
            }
        }
        assertThat(compared).as("answers with pictures among %d seeds", SEEDS).isEqualTo(3);
    }

    @Test
    void withoutPicturesToGuideByItIsComparedWithNothing() {
        List<List<Part>> asked = List.of(List.of(tiny.words.part("make it brighter")));
        GenerationOptions picture = new GenerationOptions(1, 0, 1, 2, 1.5f, 5);
        int[] prompt = PromptLayout.dialogue(tiny.tokens(), asked, 0).ids();
        for (int seed = 0; seed < SEEDS; seed++) {
            TextOptions text = lively(60, seed);
            Reply reply = reply(asked, AnswerMode.MIXED, text, picture);
            if (pictures(reply) == 2) {
                assertThat(ids(reply)).isEqualTo(withoutCache(prompt, new int[] {tiny.tokens().bos()}, text, picture));
                return;
            }
        }
        throw new AssertionError("no answer with two pictures among " + SEEDS + " seeds");
    }

    @Test
    void countsAreExactAndSeedsRepeat() {
        GenerationOptions plain = GenerationOptions.greedy();
        int cut = 0;
        int ended = 0;
        int drawn = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            int most = 2 * PICTURE + seed % 5;
            Reply reply = reply(dialogue(), AnswerMode.MIXED, lively(most, seed), plain);
            String heard = said.toString();
            int[] ids = ids(reply);
            assertThat(ids).as("seed %d", seed).hasSize(reply.tokens()).hasSizeLessThanOrEqualTo(most);
            assertThat(reply.ended() || reply.tokens() == most).as("ended, or cut off at the limit").isTrue();
            StringBuilder expected = new StringBuilder();
            Iterator<List<Integer>> heardCodes = List.copyOf(followed).iterator();
            for (Part part : reply.parts()) {
                if (part instanceof Part.Image image) {
                    assertThat(image.codes()).hasSize(TinyModel.PICTURE_CODES);
                    assertThat(heardCodes.next()).isEqualTo(Arrays.stream(image.codes()).boxed().toList());
                }
                expected.append(part instanceof Part.Image ? "[picture]" : model.text(part));
            }
            assertThat(heard).isEqualTo(expected.toString());
            assertThat(reply(dialogue(), AnswerMode.MIXED, lively(most, seed), plain)).isEqualTo(reply);
            cut += reply.ended() ? 0 : 1;
            ended += reply.ended() ? 1 : 0;
            drawn += (int) pictures(reply);
        }
        assertThat(List.of(cut, ended, drawn)).as("answers cut off, ended, pictures").allMatch(n -> n > 0);
    }

    @Test
    void aPictureThatDoesNotFitIsNotBegun() {
        for (int seed = 0; seed < SEEDS; seed++) {
            assertThat(pictures(reply(dialogue(), AnswerMode.MIXED, lively(PICTURE - 1, seed), GenerationOptions.greedy()))).isZero();
            assertThat(pictures(reply(dialogue(), AnswerMode.TEXT, lively(2 * PICTURE, seed), GenerationOptions.greedy()))).isZero();
        }
    }

    @Test
    void aPictureAloneIsThatOfGenerating() {
        GenerationOptions options = new GenerationOptions(1, 8, 1, 3, 1.2f, 9);
        List<Part> asked = List.of(new Part.Image(TinyModel.codes(3)), tiny.words.part("make it darker"));
        Reply reply = reply(List.of(asked), AnswerMode.IMAGE, lively(1, 0), options);
        assertThat(reply.ended()).isTrue();
        int[] codes = model.answer(List.of(new AnswerDecoder.Job(new Context.None(), asked, 1)), options, (code, of) -> { })[0];
        assertThat(reply.parts()).isEqualTo(List.of(new Part.Image(codes)));
        assertThat(model.picture(codes).width()).isEqualTo(TinyModel.SIDE);
    }

    @Test
    void aDialogueBeyondThePositionsIsRefused() {
        int most = tiny.chameleon.config().maxPositions();
        int[] long1 = new int[most - 1]; // a separator behind it fills the positions
        assertThatThrownBy(() -> reply(List.of(List.of(new Part.Text(long1))), AnswerMode.TEXT, lively(5, 0), GenerationOptions.greedy()))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("takes 4,096 of the model's 4,096 positions").hasMessageContaining("shorten");
        int[] long2 = new int[most - PICTURE];
        assertThatThrownBy(() -> reply(List.of(List.of(new Part.Text(long2))), AnswerMode.IMAGE, lively(5, 0), GenerationOptions.greedy()))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("at least 18 more");
        Reply last = reply(List.of(List.of(new Part.Text(Arrays.copyOf(long1, most - 3)))), AnswerMode.TEXT, lively(50, 2), GenerationOptions.greedy());
        assertThat(last.tokens()).isLessThanOrEqualTo(2);
    }
}
