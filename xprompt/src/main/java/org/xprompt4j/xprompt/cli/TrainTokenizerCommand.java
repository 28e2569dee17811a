package org.xprompt4j.xprompt.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.vqvae.training.StepMetrics;
import org.xprompt4j.xprompt.config.ConfigFile;
import org.xprompt4j.xprompt.data.PhotoSource;
import org.xprompt4j.xprompt.task.TaskRegistry;
import org.xprompt4j.xprompt.training.PhotoBatches;
import org.xprompt4j.xprompt.training.TokenizerConfig;
import org.xprompt4j.xprompt.training.TokenizerRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code xp train-tokenizer}: trains the image tokenizer. */
@Command(name = "train-tokenizer", header = "trains the image tokenizer", description = {
    "Trains the image tokenizer (a VQGAN) on photographs. Started again with the same folder it goes on where it was, and ends",
    "with the same bytes as a run that was never interrupted. Ctrl-C saves the state first.",
    "The folder then holds model/ (the tokenizer), log.csv, held-out.csv, curve.png and the last two states."},
        footerHeading = "%nExamples:%n",
        footer = {
            "  xp train-tokenizer configs/tokenizer.json --out run/tokenizer",
            "  xp train-tokenizer configs/tokenizer.json --out run/tokenizer --stop-after 20     in pieces of 20 minutes",
            "  xp train-tokenizer configs/tokenizer.json --photos data/ --out run/tokenizer      on your own photographs"})
final class TrainTokenizerCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common;

    @Parameters(paramLabel = "CONFIG", description = "recipe as JSON; configs/ has some")
    private Path configFile;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "folder of the run, made where missing")
    private Path out;

    @Option(names = "--photos", paramLabel = "PATH", description = "photographs to use instead of those that the recipe names")
    private Path photos;

    @Option(names = "--seed", paramLabel = "N", description = "seed of the run instead of the recipe's")
    private Long seed;

    @Option(names = "--stop-after", paramLabel = "MINUTES", description = "save and stop after so many minutes; start again to go on")
    private Double minutes;

    @Option(names = "--device", paramLabel = "NAME", defaultValue = "cpu", converter = DeviceName.class, description = DeviceName.DESCRIPTION)
    private String device;

    @Override
    public Integer call() {
        if (minutes != null && !(minutes > 0)) {
            throw new InvalidInput("--stop-after must be a positive number of minutes, is " + minutes);
        }
        OutputPlace.folder(out);
        try {
            train();
        } catch (InvalidInput e) {
            throw ConfigFile.named(configFile, e);
        }
        return Main.DONE;
    }

    private void train() {
        TokenizerConfig recipe = ConfigFile.read(configFile, TokenizerConfig.class);
        TokenizerConfig config = seed == null ? recipe : recipe.withSeed(seed);
        Path beside = configFile.toAbsolutePath().getParent();
        Path pictures = photos != null ? photos : beside.resolve(config.photos()).normalize();
        PhotoBatches batches = new PhotoBatches(config, PhotoSource.open(pictures), TaskRegistry.all());
        int steps = config.recipe().steps();
        try (Interruption interruption = Interruption.listen(); Backend backend = Backends.open(device);
                Progress progress = common.progress("tokenizer", steps, "steps")) {
            common.note("training on " + batches + "; " + backend.description());
            TokenizerRun.Outcome outcome = new TokenizerRun(backend, config, batches, beside.resolve(config.startFrom()).normalize()).run(out, moment -> {
                progress.at(moment.metrics().step() + 1);
                progress.note(words(moment, config.batch()));
                return !interruption.requested() && (minutes == null || moment.seconds() < minutes * 60);
            });
            report(outcome, steps);
        }
    }

    private static String words(TokenizerRun.Moment moment, int batch) {
        StepMetrics m = moment.metrics();
        return String.format(Locale.ROOT, "loss %.4f, batch %.2f dB, held out %.2f dB, %d codes used, %.1f pictures/s", m.loss(), m.psnr(),
                moment.heldOut(), m.used(), moment.done() * (double) batch / moment.seconds());
    }

    private void report(TokenizerRun.Outcome outcome, int steps) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("step", outcome.step());
        result.put("steps", steps);
        result.put("complete", outcome.complete());
        result.put("held_out_psnr", outcome.heldOut());
        result.put("model", outcome.model().toString());
        common.result(result, () -> common.out().println(String.format(Locale.ROOT, "%s after %d of %d steps: %.2f dB on held-out photographs; model in %s%s",
                outcome.complete() ? "complete" : "stopped", outcome.step(), steps, outcome.heldOut(), outcome.model(),
                outcome.complete() ? "" : "; the same command goes on")));
    }
}
