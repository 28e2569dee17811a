package org.xprompt4j.xprompt.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xprompt4j.nn.chameleon.KvCache;
import org.xprompt4j.nn.chameleon.Pass;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.xprompt.TinyModel;
import org.xprompt4j.xprompt.prompt.Arrangement;
import org.xprompt4j.xprompt.prompt.Exchange;
import org.xprompt4j.xprompt.prompt.ContextMode;
import org.xprompt4j.xprompt.prompt.LossSpan;
import org.xprompt4j.xprompt.prompt.Part;
import org.xprompt4j.xprompt.prompt.PromptLayout;

/** What is drawn in two stages is what one masked pass over the whole sequence says. */
class TwoStageTest {
    private static final double BOUND = 1e-5; // of the largest logit
    private static final int[] QUERY = TinyModel.codes(100);

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"SHARED, COMPRESSED, 1", "SHARED, COMPRESSED, 2", "BLOCKS, COMPRESSED, 1", "BLOCKS, COMPRESSED, 2", "BLOCKS, FULL, 2",
        "SHARED, FULL, 1", "SHARED, NONE, 0"})
    void drawnCodesAreTheLikeliestOfOneMaskedPass(Arrangement arrangement, ContextMode mode, int examples) {
        try (TinyModel tiny = new TinyModel(1, arrangement); XPromptModel model = tiny.model()) {
            List<Exchange> pairs = pairs(examples);
            Context context = context(tiny, model, mode, pairs);
            int[] drawn = answer(model, List.of(AnswerDecoder.Job.of(context, QUERY, 0)), GenerationOptions.greedy())[0];
            assertThat(Arrays.stream(drawn).distinct().count()).as("different codes in %s", Arrays.toString(drawn)).isGreaterThan(3);
            float[][] logits = answerLogits(tiny, mode, pairs, drawn);
            assertThat(likeliest(tiny, logits)).containsExactly(drawn);
        }
    }

    @ParameterizedTest
    @CsvSource({"SHARED, 1", "SHARED, 2", "BLOCKS, 1", "BLOCKS, 2"})
    void logitsBehindACompressedPromptAreThoseOfOneMaskedPass(Arrangement arrangement, int examples) {
        try (TinyModel tiny = new TinyModel(2, arrangement); XPromptModel model = tiny.model(); MemoryScope scope = tiny.backend.openScope("test")) {
            List<Exchange> pairs = pairs(examples);
            int[] answer = TinyModel.codes(101);
            float[][] expected = answerLogits(tiny, ContextMode.COMPRESSED, pairs, answer);
            CompressedPrompt prompt = model.compressCoded(List.of(pairs), "", scope).getFirst();
            PromptLayout job = PromptLayout.job(tiny.tokens(), List.of(new Part.Image(QUERY)), prompt.nextPosition());
            Ops ops = new Ops(tiny.backend, scope);
            KvCache cache = new KvCache(tiny.backend, scope, tiny.chameleon.config(), 1, prompt.tokens() + job.length() + answer.length);
            cache.seed(0, prompt.layers(), prompt.nextPosition());
            Tensor logits = tiny.chameleon.prefill(ops, scope.of(job.ids(), 1, job.length()), cache);
            for (int i = 0; i < answer.length; i++) {
                close(logits.toFloatArray(), expected[i], "code " + i);
                logits = tiny.chameleon.step(ops, scope.of(new int[] {tiny.imageTokens().id(answer[i])}, 1), cache);
            }
        }
    }

    @Test
    void guidanceMovesAwayFromTheAnswerWithoutExample() {
        float guidance = 3;
        try (TinyModel tiny = new TinyModel(3, Arrangement.SHARED); XPromptModel model = tiny.model()) {
            List<Exchange> pairs = pairs(1);
            List<AnswerDecoder.Job> jobs = List.of(AnswerDecoder.Job.of(context(tiny, model, ContextMode.COMPRESSED, pairs), QUERY, 0));
            int[] drawn = answer(model, jobs, new GenerationOptions(0, 0, 1, guidance, 0))[0];
            float[][] with = answerLogits(tiny, ContextMode.COMPRESSED, pairs, drawn);
            float[][] without = answerLogits(tiny, ContextMode.NONE, List.of(), drawn);
            for (int i = 0; i < with.length; i++) {
                for (int id = 0; id < with[i].length; id++) {
                    with[i][id] = without[i][id] + guidance * (with[i][id] - without[i][id]);
                }
            }
            assertThat(likeliest(tiny, with)).containsExactly(drawn);
            assertThat(drawn).isNotEqualTo(answer(model, jobs, GenerationOptions.greedy())[0]);
            assertThat(answer(model, jobs, new GenerationOptions(0, 0, 1, 1, 0))).isDeepEqualTo(answer(model, jobs, GenerationOptions.greedy()));
        }
    }

    @Test
    void sameSeedSameCodesAndStreamsDiffer() {
        try (TinyModel tiny = new TinyModel(4, Arrangement.SHARED); XPromptModel model = tiny.model()) {
            Context context = context(tiny, model, ContextMode.COMPRESSED, pairs(1));
            List<AnswerDecoder.Job> samples = IntStream.range(0, 4).mapToObj(i -> AnswerDecoder.Job.of(context, QUERY, i)).toList();
            GenerationOptions options = new GenerationOptions(1, 0, 1, 1, 5);
            int[][] codes = answer(model, samples, options);
            assertThat(answer(model, samples, options)).isDeepEqualTo(codes);
            assertThat(answer(model, samples, options.withSeed(6))).isNotEqualTo(codes);
            assertThat(Arrays.stream(codes).map(Arrays::toString).distinct()).as("four samples").hasSize(4);
            assertThat(Arrays.stream(codes).flatMapToInt(Arrays::stream)).allMatch(code -> code >= 0 && code < TinyModel.CODES);
        }
    }

    @ParameterizedTest
    @CsvSource({"COMPRESSED, 1", "COMPRESSED, 2.5", "FULL, 1", "NONE, 1"})
    void aJobDoesNotDependOnItsNeighbours(ContextMode mode, float guidance) {
        try (TinyModel tiny = new TinyModel(5, Arrangement.SHARED); XPromptModel model = tiny.model()) {
            List<AnswerDecoder.Job> jobs = IntStream.range(0, 9)
                    .mapToObj(i -> AnswerDecoder.Job.of(context(tiny, model, mode, List.of(TinyModel.pair(i))), TinyModel.codes(200 + i), i)).toList();
            GenerationOptions options = new GenerationOptions(1, 0, 1, guidance, 0);
            int[][] together = answer(model, jobs, options);
            for (int i : new int[] {0, 4, 8}) {
                assertThat(answer(model, List.of(jobs.get(i)), options)[0]).as("job %d alone", i).containsExactly(together[i]);
            }
            assertThat(answer(model, jobs.subList(3, 6), options)).isDeepEqualTo(Arrays.copyOfRange(together, 3, 6));
        }
    }

    /** Questions and contexts of other lengths than their neighbours', with words and without. */
    @ParameterizedTest
    @CsvSource({"COMPRESSED, 1", "COMPRESSED, 2.5", "FULL, 1", "NONE, 2"})
    void aJobDoesNotDependOnTheLengthOfItsNeighbours(ContextMode mode, float guidance) {
        try (TinyModel tiny = new TinyModel(5, Arrangement.SHARED, folder.resolve("tokenizer.json")); XPromptModel model = tiny.model()) {
            List<AnswerDecoder.Job> jobs = new ArrayList<>();
            for (int i = 0; i < 9; i++) {
                Part.Text words = tiny.words.part("make it darker, please! ".repeat(1 + i * 5 % 9));
                Context context = context(tiny, model, mode, List.of(TinyModel.pair(i).withWords(i % 2 == 0 ? words.ids() : new int[0])));
                jobs.add(new AnswerDecoder.Job(context, i % 3 == 0 ? List.of(words) : List.of(new Part.Image(TinyModel.codes(200 + i)), words), i));
            }
            GenerationOptions options = new GenerationOptions(1, 0, 1, guidance, 0);
            int[][] together = answer(model, jobs, options);
            for (int i = 0; i < jobs.size(); i++) {
                assertThat(answer(model, List.of(jobs.get(i)), options)[0]).as("job %d alone", i).containsExactly(together[i]);
            }
        }
    }

    @Test
    void promptsCompressedTogetherAreThoseCompressedAlone() {
        try (TinyModel tiny = new TinyModel(6, Arrangement.SHARED); XPromptModel model = tiny.model(); MemoryScope scope = tiny.backend.openScope("test")) {
            List<List<Exchange>> contexts = IntStream.range(0, 5).mapToObj(i -> List.of(TinyModel.pair(i))).toList();
            List<CompressedPrompt> together = model.compressCoded(contexts, "", scope);
            CompressedPrompt alone = model.compressCoded(contexts.subList(3, 4), "", scope).getFirst();
            for (int layer = 0; layer < alone.layers().size(); layer++) {
                assertThat(together.get(3).layers().get(layer).keys().toFloatArray()).containsExactly(alone.layers().get(layer).keys().toFloatArray());
                assertThat(together.get(3).layers().get(layer).values().toFloatArray()).containsExactly(alone.layers().get(layer).values().toFloatArray());
            }
        }
    }

    private static List<Exchange> pairs(int examples) {
        return IntStream.range(0, examples).mapToObj(TinyModel::pair).toList();
    }

    private static Context context(TinyModel tiny, XPromptModel model, ContextMode mode, List<Exchange> examples) {
        return switch (mode) {
            case NONE -> new Context.None();
            case FULL -> new Context.Full(examples);
            case COMPRESSED -> new Context.Compressed(model.compressCoded(List.of(examples), "", tiny.prompts).getFirst());
        };
    }

    private static int[][] answer(XPromptModel model, List<AnswerDecoder.Job> jobs, GenerationOptions options) {
        return model.answer(jobs, options, (code, of) -> { });
    }

    /** Logits of one whole pass at the places that predict the answer's codes, [codes][vocab]. */
    private static float[][] answerLogits(TinyModel tiny, ContextMode mode, List<Exchange> examples, int[] answer) {
        PromptLayout layout = PromptLayout.training(tiny.tokens(), mode, tiny.config.arrangement(), LossSpan.ANSWER, examples, Exchange.pictures(QUERY, answer));
        try (MemoryScope scope = tiny.backend.openScope("whole pass")) {
            Ops ops = new Ops(tiny.backend, scope);
            List<PromptLayout> one = List.of(layout);
            Tensor hidden = tiny.chameleon.hidden(ops, tiny.chameleon.embed(ops, TokenRows.ids(scope, one)),
                    Pass.whole(TokenRows.positions(scope, one), layout.mask()));
            float[] all = tiny.chameleon.logits(ops, hidden).toFloatArray(); // [1, seq, vocab]
            int vocab = tiny.chameleon.config().vocabSize();
            int boi = layout.length() - answer.length - 3; // predicts the first code; behind the codes stand eoi and separator
            List<float[]> rows = new ArrayList<>();
            for (int i = 0; i < answer.length; i++) {
                rows.add(Arrays.copyOfRange(all, (boi + i) * vocab, (boi + i + 1) * vocab));
            }
            return rows.toArray(float[][]::new);
        }
    }

    private static int[] likeliest(TinyModel tiny, float[][] logits) {
        return Arrays.stream(logits).mapToInt(row -> IntStream.range(0, TinyModel.CODES)
                .reduce(0, (best, code) -> row[tiny.imageTokens().id(code)] > row[tiny.imageTokens().id(best)] ? code : best)).toArray();
    }

    private static void close(float[] actual, float[] expected, String what) {
        double largest = 0;
        double error = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            error = Math.max(error, Math.abs(expected[i] - actual[i]));
        }
        assertThat(error).as("largest error of the logits of %s: %.3g, %.0f %% of the bound", what, error, 100 * error / (BOUND * largest))
                .isLessThanOrEqualTo(BOUND * largest);
    }
}
