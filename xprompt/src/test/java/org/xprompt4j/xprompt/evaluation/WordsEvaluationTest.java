package org.xprompt4j.xprompt.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.PaintedPhotos;
import org.xprompt4j.xprompt.TinyModel;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.embed.HashedWords;
import org.xprompt4j.xprompt.inference.GenerationOptions;
import org.xprompt4j.xprompt.inference.XPromptModel;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.prompt.Arrangement;
import org.xprompt4j.xprompt.scene.Scene;
import org.xprompt4j.xprompt.scene.SceneRequest;
import org.xprompt4j.xprompt.scene.SceneWords;
import org.xprompt4j.xprompt.sprite.SpriteSet;
import org.xprompt4j.xprompt.task.Task;

/** Measuring with words: the whole of it with a small random model, and its figures of answers made by hand. */
class WordsEvaluationTest {
    private static final PaintedPhotos PHOTOS = new PaintedPhotos();
    private static final WordedTasks TASKS = WordedTasks.of(List.of("negative"), SpriteSet.open(Path.of("sprites")));

    @TempDir
    Path folder;

    private WordsEvaluation.Result run(WordsSettings settings) {
        try (TinyModel tiny = new TinyModel(1, Arrangement.SHARED, folder.resolve("tokenizer.json")); XPromptModel model = tiny.model();
                HashedWords words = new HashedWords()) {
            List<String> told = new ArrayList<>();
            WordsEvaluation.Result result = new WordsEvaluation(model, PHOTOS, TASKS, words, settings, new GenerationOptions(1, 0, 1, 2, settings.seed()))
                    .run("folder", (what, done, of) -> told.add(what + " " + done + "/" + of));
            assertThat(told).contains("editing 9/9", "describing 9/9", "drawing scenes 6/6");
            return result;
        }
    }

    @Test
    void aReportHasAllItsColumnsAndIsAFunctionOfItsSettings() throws Exception {
        WordsEvaluation.Result result = run(new WordsSettings(1, 30, 1, 3));
        WordsReport report = result.report();
        JsonNode json = new ObjectMapper().readTree(new ObjectMapper().writeValueAsString(report));
        assertThat(json.fieldNames()).toIterable().containsExactly("model", "fingerprint", "seconds", "settings", "embedder", "features", "editing",
                "descriptions", "scenes");
        assertThat(json.get("embedder").asText()).isEqualTo("words");
        JsonNode groups = json.get("editing").get("groups");
        assertThat(groups).extracting(g -> g.get("name").asText()).containsExactly("trained tone tasks", "sprite edits", "novel tasks");
        assertThat(json.get("editing").get("tasks")).extracting(t -> t.get("name").asText())
                .startsWith("negative", "add", "remove", "replace", "recolour", "move", "style").contains("night", "haze");
        for (JsonNode group : groups) {
            assertThat(group.get("columns").fieldNames()).toIterable().containsExactly("copy", "text", "retrieved", "retrieved_text", "random_text", "ceiling");
            for (JsonNode column : group.get("columns")) {
                assertThat(column.fieldNames()).toIterable().containsExactly("psnr", "edit_psnr", "vqgan_dir", "vqgan_sim", "hit");
                assertThat(column.get("psnr").fieldNames()).toIterable().containsExactly("mean", "low", "high", "photographs");
            }
            assertThat(group.get("columns").get("copy").get("hit").get("mean").asDouble()).isZero();
            assertThat(group.get("columns").get("copy").get("vqgan_dir").get("mean").asDouble()).isZero();
        }
        assertThat(json.get("descriptions").get("groups")).hasSize(4);
        assertThat(json.get("scenes").get("drawn")).extracting(k -> k.get("name").asText())
                .containsExactly("one", "two", "count", "colour", "position", "two colours", "all kinds");
        assertThat(json.get("scenes").get("captions").fieldNames()).toIterable()
                .containsExactly("form", "colour", "number", "relation", "ground", "attributes", "whole");
        assertThat(result.editing().draw().getHeight()).isGreaterThan(9 * 120);

        WordsReport again = run(report.settings()).report();
        assertThat(again.editing()).isEqualTo(report.editing());
        assertThat(again.descriptions()).isEqualTo(report.descriptions());
        assertThat(again.scenes()).isEqualTo(report.scenes());
        assertThat(EditQuery.draw(TASKS, PHOTOS, 16, new WordsSettings(1, 2, 1, 4))).isNotEqualTo(EditQuery.draw(TASKS, PHOTOS, 16, report.settings()));
    }

    @Test
    void aModelWithoutWordsIsRefused() {
        try (TinyModel tiny = new TinyModel(1, Arrangement.SHARED); XPromptModel model = tiny.model(); HashedWords words = new HashedWords()) {
            assertThatThrownBy(() -> new WordsEvaluation(model, PHOTOS, TASKS, words, new WordsSettings(1, 2, 1, 0), GenerationOptions.greedy()))
                    .isInstanceOf(InvalidInput.class).hasMessageContainingAll("--words", "tokenizer.json");
        }
        assertThatThrownBy(() -> new WordsSettings(0, 2, 1, 0)).isInstanceOf(InvalidInput.class).hasMessageContaining("--queries");
        assertThatThrownBy(() -> new WordsSettings(1, 1, 1, 0)).isInstanceOf(InvalidInput.class).hasMessageContaining("--pool");
        assertThatThrownBy(() -> new WordsSettings(1, 2, 0, 0)).isInstanceOf(InvalidInput.class).hasMessageContaining("--scenes");
    }

    @Test
    void thePoolNeverShowsThePhotographThatIsAskedAbout() {
        int[] photos = PHOTOS.indices(Split.TEST); // those that queries are made of: the worst case
        WordsSettings settings = new WordsSettings(1, 60, 1, 5);
        try (TinyModel tiny = new TinyModel(1, Arrangement.SHARED); HashedWords words = new HashedWords();
                ExamplePool pool = new ExamplePool(PHOTOS, photos, TASKS, 16, settings, words, tiny.backend);
                ExamplePool again = new ExamplePool(PHOTOS, photos, TASKS, 16, settings, words, tiny.backend)) {
            assertThat(pool.entries()).hasSize(60).isEqualTo(again.entries());
            assertThat(pool.entries()).extracting(ExamplePool.Entry::photo).containsOnly(Arrays.stream(photos).boxed().toArray(Integer[]::new));
            float[][] vectors = words.embed(pool.entries().stream().map(ExamplePool.Entry::instruction).toList());
            int[] nobody = new int[vectors.length];
            Arrays.fill(nobody, -1);
            List<ExamplePool.Entry> same = pool.nearest(vectors, nobody);
            List<ExamplePool.Entry> other = pool.nearest(vectors, pool.entries().stream().mapToInt(ExamplePool.Entry::photo).toArray());
            for (int i = 0; i < vectors.length; i++) {
                ExamplePool.Entry entry = pool.entries().get(i);
                assertThat(same.get(i).instruction()).isEqualTo(entry.instruction());
                assertThat(other.get(i).photo()).isNotEqualTo(entry.photo());
                double best = -1;
                for (ExamplePool.Entry one : pool.entries()) {
                    best = one.photo() == entry.photo() ? best : Math.max(best, cosine(vectors[i], vectors[one.number()]));
                }
                assertThat(cosine(vectors[i], vectors[other.get(i).number()])).isCloseTo(best, within(1e-5));
                assertThat(pool.any(entry.photo(), new Philox(i, 0)).photo()).isNotEqualTo(entry.photo());
                assertThat(pool.pair(entry)).isEqualTo(again.pair(entry));
            }
            ExamplePool.Entry negative = pool.entries().getFirst();
            Task.Pair pair = pool.pair(negative);
            int together = 0;
            for (int i = 0; i < 16 * 16; i++) {
                together += (pair.input().at(i % 16, i / 16, 1) - 128) * (pair.output().at(i % 16, i / 16, 1) - 128);
            }
            assertThat(together).as("a negative").isNegative();
            assertThat(negative.instruction()).containsAnyOf("negative");
        }
    }

    private static double cosine(float[] a, float[] b) {
        double dot = 0;
        for (int i = 0; i < a.length; i++) {
            dot += (double) a[i] * b[i];
        }
        return dot;
    }

    private static final float[][] FEATURES = {{1, 0}, {0, 1}}; // of input and truth

    private static EditCase answered(int photo, Picture answer, float[] feature) {
        Task.Pair pair = new Task.Pair(Picture.filled(4, 4, 0x000000), Picture.filled(4, 4, 0xFFFFFF));
        WordedTasks.Worded task = TASKS.all().getFirst();
        EditQuery query = new EditQuery(task, photo, pair, null, "", "", 0);
        Map<EditColumn, Picture> answers = new EnumMap<>(EditColumn.class);
        Map<EditColumn, EditScores> scores = new EnumMap<>(EditColumn.class);
        for (EditColumn column : EditColumn.values()) {
            boolean copy = column == EditColumn.COPY;
            answers.put(column, copy ? pair.input() : answer);
            scores.put(column, EditScores.of(pair, answers.get(column), FEATURES[0], FEATURES[1], copy ? FEATURES[0] : feature));
        }
        return new EditCase(query, new ExamplePool.Entry(0, photo == 2 ? TASKS.all().get(1) : task, 9, ""), pair, answers, scores);
    }

    @Test
    void perfectAnswersScoreOneAndCopiesNothing() {
        Picture perfect = Picture.filled(4, 4, 0xFFFFFF);
        EditingFigures figures = EditingFigures.of(List.of(answered(1, perfect, FEATURES[1]), answered(2, perfect, FEATURES[1])), "vqgan", 0);
        EditingFigures.Row row = figures.groups().getFirst();
        assertThat(row.name()).isEqualTo("trained tone tasks");
        for (String score : List.of("hit", "vqgan_dir", "vqgan_sim")) {
            assertThat(row.at(EditColumn.TEXT, score)).as(score).isEqualTo(new Figure(1, 1, 1, 2));
            assertThat(row.at(EditColumn.COPY, score)).as(score).isEqualTo(new Figure(0, 0, 0, 2));
        }
        assertThat(row.at(EditColumn.COPY, "psnr").mean()).isZero();
        assertThat(row.at(EditColumn.TEXT, "edit_psnr").mean()).isEqualTo(54);
        assertThat(row.found().mean()).as("of two examples one shows another task").isEqualTo(0.5);
    }

    @Test
    void figuresAreMeansOverPhotographsOfWhatThereIs() {
        Figure.Values values = new Figure.Values().add(7, 1).add(7, 0).add(8, 1).add(9, Double.NaN);
        assertThat(values.figure(0)).isEqualTo(new Figure(0.75, 0.5, 1, 2));
        assertThat(new Figure.Values().add(1, Double.NaN).figure(0)).isNull();
    }

    @Test
    void rightDescriptionsScoreOne() {
        List<EditQuery> queries = EditQuery.draw(TASKS, PHOTOS, 16, new WordsSettings(4, 2, 1, 6));
        assertThat(queries).hasSize(4 * TASKS.all().size());
        ToldKinds kinds = ToldKinds.of(TASKS);
        List<DescriptionEvaluation.Case> cases = queries.stream().map(q -> new DescriptionEvaluation.Case(q, q.difference(), "lorem ipsum")).toList();
        for (DescriptionFigures.Row row : DescriptionFigures.of(cases, kinds, 0).groups()) {
            assertThat(row.kind().mean()).as(row.name()).isEqualTo(1);
            assertThat(row.attributes().mean()).as(row.name()).isEqualTo(1);
            assertThat(row.baselineKind().mean()).as(row.name()).isZero();
            assertThat(row.baselineAttributes().mean()).as(row.name()).isZero();
        }
    }

    @Test
    void rightScenesAreMetAndRightCaptionsWhole() {
        List<SceneEvaluation.Case> right = new ArrayList<>();
        List<SceneEvaluation.Case> wrong = new ArrayList<>();
        for (SceneRequest.Kind kind : SceneRequest.Kind.values()) {
            Philox random = new Philox(2, kind.ordinal());
            SceneRequest request = SceneRequest.draw(kind, random);
            Scene scene = request.scene(random);
            Picture picture = scene.draw(64);
            right.add(new SceneEvaluation.Case(request, "", scene, picture, Picture.filled(64, 64, 0), SceneWords.tell(scene, random, Split.TEST)));
            wrong.add(new SceneEvaluation.Case(request, "", scene, Picture.filled(64, 64, 0), picture, "lorem ipsum"));
        }
        SceneFigures good = SceneFigures.of(right, 0);
        SceneFigures bad = SceneFigures.of(wrong, 0);
        good.drawn().forEach(row -> assertThat(List.of(row.met().mean(), row.ceiling().mean())).as(row.name()).containsExactly(1.0, 0.0));
        bad.drawn().forEach(row -> assertThat(List.of(row.met().mean(), row.ceiling().mean())).as(row.name()).containsExactly(0.0, 1.0));
        good.shown().forEach((name, figure) -> assertThat(figure.mean()).as(name).isEqualTo(1));
        bad.shown().forEach((name, figure) -> assertThat(figure.mean()).as(name).isZero());
        assertThat(good.shown().get("relation").photographs()).as("only where it is asked for").isEqualTo(1);
        good.captions().forEach((name, figure) -> assertThat(figure.mean()).as(name).isEqualTo(1));
        bad.captions().forEach((name, figure) -> assertThat(figure.mean()).as(name).isZero());
        assertThat(good.captions().get("relation").photographs()).as("only scenes of two different things").isEqualTo(3);
    }
}
