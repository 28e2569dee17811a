package org.xprompt4j.xprompt.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.xprompt4j.xprompt.data.PhotoSource;
import org.xprompt4j.xprompt.evaluation.Suite;
import org.xprompt4j.xprompt.inference.GenerationOptions;
import org.xprompt4j.xprompt.inference.XPromptModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code xp demo}: the main job on real photographs, with the shipped model. */
@Command(name = "demo", header = "the whole job on real photographs, with the shipped model", description = {
    "Shows the main job: for each task one worked example (picture in, picture out) and a new photograph that the model was not",
    "trained on, and what it answers without the example, with the example in full, and with the example compressed into X-Prompt",
    "tokens, beside the right answer. Tasks marked 'novel' were never trained. Writes sheet.png and report.json."},
        footerHeading = "%nExamples:%n",
        footer = {"  xp demo", "  xp demo --out /tmp/demo --seed 3 --json"})
final class DemoCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common;

    @Mixin
    private ModelOptions model;

    @Mixin
    private SamplingOptions sampling;

    @Option(names = "--photos", paramLabel = "DIR", description = "photographs: a pack or folder; default: those in the repository")
    private Path photos;

    @Option(names = "--out", paramLabel = "DIR", defaultValue = "demo-out", description = "where the pictures and figures go; default: ${DEFAULT-VALUE}")
    private Path out;

    @Override
    public Integer call() {
        long start = System.nanoTime();
        GenerationOptions options = sampling.options();
        OutputPlace.folder(out);
        Path file = Home.path("configs/demo-suite.json");
        Suite shipped = EvaluationOutput.requireTasks(Suite.read(file), file);
        Suite suite = new Suite(shipped.tasks(), shipped.photos(), shipped.seed() + sampling.seed());
        PhotoSource source = EvaluationOutput.photographs(photos);
        try (XPromptModel opened = model.open()) {
            new EvaluationOutput(common, false, model.folder(), opened).run(suite, source, options, out, start);
        }
        return Main.DONE;
    }
}
