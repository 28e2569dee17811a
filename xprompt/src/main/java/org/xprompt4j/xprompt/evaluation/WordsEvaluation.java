package org.xprompt4j.xprompt.evaluation;

import java.util.List;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.data.PhotoSource;
import org.xprompt4j.xprompt.data.Split;
import org.xprompt4j.xprompt.embed.CodebookEmbedder;
import org.xprompt4j.xprompt.embed.PictureEmbedder;
import org.xprompt4j.xprompt.embed.TextEmbedder;
import org.xprompt4j.xprompt.inference.GenerationOptions;
import org.xprompt4j.xprompt.inference.XPromptModel;
import org.xprompt4j.xprompt.picture.ContactSheet;
import org.xprompt4j.xprompt.scene.SceneRequest;

/**
 * Measures a model with words: edits as words ask for them, what it says of edits, scenes drawn from words and told in words. Everything
 * is on test photographs, with test phrases and test motifs, and a function of the settings.
 */
public final class WordsEvaluation {
    private final XPromptModel model;
    private final PhotoSource source;
    private final WordedTasks tasks;
    private final TextEmbedder embedder;
    private final WordsSettings settings;
    private final GenerationOptions options;

    /** Told how far a measurement is. */
    @FunctionalInterface
    public interface Listener {
        /** Called with what is being done, how much of it is done, and how much there is in all. */
        void at(String what, int done, int of);
    }

    /**
     * What was measured.
     *
     * @param report the figures
     * @param editing pictures of the edits, by task
     * @param descriptions pairs and what was said of them
     * @param scenes pictures from words
     * @param captions pictures and what was said of them
     */
    public record Result(WordsReport report, ContactSheet editing, ContactSheet descriptions, ContactSheet scenes, ContactSheet captions) {
    }

    /**
     * A measurement.
     *
     * @param embedder finds examples by their instructions; stays open
     * @param options how pictures are drawn; words are always the likeliest
     * @throws InvalidInput when the model has no words
     */
    public WordsEvaluation(XPromptModel model, PhotoSource source, WordedTasks tasks, TextEmbedder embedder, WordsSettings settings, GenerationOptions options) {
        requireWords(model);
        this.model = model;
        this.source = source;
        this.tasks = tasks;
        this.embedder = embedder;
        this.settings = settings;
        this.options = options;
    }

    /**
     * Refuses a model that was trained without words.
     *
     * @throws InvalidInput saying what to do
     */
    public static void requireWords(XPromptModel model) {
        if (!model.hasWords()) {
            throw new InvalidInput("--words: the model has no words (its folder holds no tokenizer.json); leave the option out, or name with --model "
                    + "one that was trained with words");
        }
    }

    /**
     * Measures everything.
     *
     * @param folder of the model, for the report
     */
    public Result run(String folder, Listener listener) {
        long start = System.nanoTime();
        long seed = settings.seed();
        int size = model.config().pictureSize();
        PictureEmbedder features = new CodebookEmbedder(model.backend(), model.tokenizer());
        List<EditQuery> queries = EditQuery.draw(tasks, source, size, settings);
        List<EditCase> edits;
        try (ExamplePool pool = new ExamplePool(source, source.indices(Split.TRAIN), tasks, size, settings, embedder, model.backend())) {
            edits = new EditingEvaluation(model, pool, embedder, features, options, seed).run(queries, done -> listener.at("editing", done, queries.size()));
        }
        List<DescriptionEvaluation.Case> told = DescriptionEvaluation.run(model, queries, seed, done -> listener.at("describing", done, queries.size()));
        List<SceneEvaluation.Case> scenes = SceneEvaluation.run(model, settings, options,
                done -> listener.at("drawing scenes", done, settings.scenes() * SceneRequest.Kind.values().length));
        ToldKinds kinds = ToldKinds.of(tasks);
        WordsReport report = new WordsReport(folder, model.fingerprint(), 0, settings, embedder.name(), features.name(),
                EditingFigures.of(edits, features.name(), seed), DescriptionFigures.of(told, kinds, seed), SceneFigures.of(scenes, seed));
        return new Result(report.after((System.nanoTime() - start) / 1e9), WordsSheets.editing(edits), WordsSheets.descriptions(told, kinds),
                WordsSheets.scenes(scenes), WordsSheets.captions(scenes));
    }
}
