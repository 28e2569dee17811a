package org.xprompt4j.xprompt.cli;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.data.PhotoSource;
import org.xprompt4j.xprompt.embed.TextEmbedder;
import org.xprompt4j.xprompt.embed.TextEmbedders;
import org.xprompt4j.xprompt.evaluation.Suite;
import org.xprompt4j.xprompt.evaluation.WordedTasks;
import org.xprompt4j.xprompt.evaluation.WordsEvaluation;
import org.xprompt4j.xprompt.evaluation.WordsSettings;
import org.xprompt4j.xprompt.inference.GenerationOptions;
import org.xprompt4j.xprompt.inference.XPromptConfig;
import org.xprompt4j.xprompt.inference.XPromptModel;
import org.xprompt4j.xprompt.sprite.SpriteSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code xp eval}: the table behind the demo. */
@Command(name = "eval", header = "measures a model on photographs that it was not trained on", description = {
    "Measures a model on photographs that it was not trained on. Each task is asked of every photograph three times: with no",
    "example, with the example in full, and with the example compressed into X-Prompt tokens. Beside them stand copying the input",
    "and the tokenizer's own reconstruction of the right answer (the ceiling). Writes report.json and sheet.png.",
    "",
    "With --words a model with words is measured: edits as words ask for them, with no example, with one that was found by the words, and",
    "with any; descriptions of edits; pictures of scenes from words, and captions. Prints tables in Markdown; writes report.json,",
    "editing.png, descriptions.png, scenes.png and captions.png."},
        footerHeading = "%nExamples:%n",
        footer = {
            "  xp eval --out eval                                       the shipped model, all of its tasks",
            "  xp eval --model run/demo/model --photos data --out eval  more photographs, from 'xp data prepare --out data'",
            "  xp eval --suite configs/demo-suite.json --out eval --json      figures for programs",
            "  xp eval --words --photos data --out eval                              words; 'xp models get minilm' comes first",
            "  xp eval --words --embedder words --queries 4 --scenes 10 --out eval   a short look, with an embedder that needs no model",
            "",
            "A suite is JSON: {\"tasks\": [\"sepia\", ...], \"photos\": 24, \"seed\": 0}"})
final class EvalCommand implements Callable<Integer> {
    private static final int PHOTOS = 16;

    @Mixin
    private CommonOptions common;

    @Mixin
    private ModelOptions model;

    @Mixin
    private SamplingOptions sampling;

    @Mixin
    private WordsEvaluationOptions words;

    @Option(names = "--suite", paramLabel = "FILE", description = "what to measure; default: every task of the model on 16 photographs")
    private Path suite;

    @Option(names = "--photos", paramLabel = "DIR", description = "photographs: a pack or folder; default: those in the repository")
    private Path photos;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "where report.json and the sheets of pictures go")
    private Path out;

    /** Every task of the mixture and every novel one, on as many photographs as the repository has for testing. */
    private Suite ofModel(XPromptConfig config) {
        Path file = model.folder().resolve(XPromptConfig.FILE);
        Set<String> names = new LinkedHashSet<>(config.trainedTasks());
        names.addAll(config.novelTasks());
        if (names.isEmpty()) {
            throw new InvalidInput(file + ": trained_tasks and novel_tasks name no task; say with --suite what to measure");
        }
        return EvaluationOutput.requireTasks(new Suite(List.copyOf(names), PHOTOS, sampling.seed()), file);
    }

    private void measureWords(GenerationOptions options) {
        WordsSettings settings = words.settings(sampling.seed());
        SpriteSet sprites = SpriteSet.open(words.sprites());
        PhotoSource source = EvaluationOutput.photographs(photos);
        WordsEvaluation.Result result;
        try (XPromptModel opened = model.openWithWords()) {
            WordsEvaluation.requireWords(opened);
            try (TextEmbedder embedder = TextEmbedders.open(words.embedder(), opened.backend()); StepProgress progress = new StepProgress(common)) {
                WordedTasks tasks = WordedTasks.of(opened.config().trainedTasks(), sprites);
                result = new WordsEvaluation(opened, source, tasks, embedder, settings, options).run(model.wordsFolder().toString(), progress::at);
            }
        }
        new WordsOutput(common).write(result, out);
    }

    @Override
    public Integer call() {
        long start = System.nanoTime();
        GenerationOptions options = sampling.options();
        boolean withWords = words.wanted(suite);
        OutputPlace.folder(out);
        if (withWords) {
            measureWords(options);
            return Main.DONE;
        }
        Suite given = suite == null ? null : EvaluationOutput.requireTasks(Suite.read(suite), suite);
        PhotoSource source = EvaluationOutput.photographs(photos);
        try (XPromptModel opened = model.open()) {
            Suite measured = given != null ? given : ofModel(opened.config());
            new EvaluationOutput(common, true, model.folder(), opened).run(measured, source, options, out, start);
        }
        return Main.DONE;
    }
}
