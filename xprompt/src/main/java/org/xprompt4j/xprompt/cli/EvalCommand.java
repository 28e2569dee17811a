package org.xprompt4j.xprompt.cli;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.data.PhotoSource;
import org.xprompt4j.xprompt.evaluation.Suite;
import org.xprompt4j.xprompt.inference.GenerationOptions;
import org.xprompt4j.xprompt.inference.XPromptConfig;
import org.xprompt4j.xprompt.inference.XPromptModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code xp eval}: the table behind the demo. */
@Command(name = "eval", header = "measures a model on photographs that it was not trained on", description = {
    "Measures a model on photographs that it was not trained on. Each task is asked of every photograph three times: with no",
    "example, with the example in full, and with the example compressed into X-Prompt tokens. Beside them stand copying the input",
    "and the tokenizer's own reconstruction of the right answer (the ceiling). Writes report.json and sheet.png."},
        footerHeading = "%nExamples:%n",
        footer = {
            "  xp eval --out eval                                       the shipped model, all of its tasks",
            "  xp eval --model run/demo/model --photos data --out eval  more photographs, from 'xp data prepare --out data'",
            "  xp eval --suite configs/demo-suite.json --out eval --json      figures for programs",
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

    @Option(names = "--suite", paramLabel = "FILE", description = "what to measure; default: every task of the model on 16 photographs")
    private Path suite;

    @Option(names = "--photos", paramLabel = "DIR", description = "photographs: a pack or folder; default: those in the repository")
    private Path photos;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "where report.json and sheet.png go")
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

    @Override
    public Integer call() {
        long start = System.nanoTime();
        GenerationOptions options = sampling.options();
        OutputPlace.folder(out);
        Suite given = suite == null ? null : EvaluationOutput.requireTasks(Suite.read(suite), suite);
        PhotoSource source = EvaluationOutput.photographs(photos);
        try (XPromptModel opened = model.open()) {
            Suite measured = given != null ? given : ofModel(opened.config());
            new EvaluationOutput(common, true, model.folder(), opened).run(measured, source, options, out, start);
        }
        return Main.DONE;
    }
}
