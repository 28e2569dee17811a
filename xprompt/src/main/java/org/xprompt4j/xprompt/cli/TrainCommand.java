package org.xprompt4j.xprompt.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.OperationProfile;
import org.xprompt4j.tensor.ProfilingBackend;
import org.xprompt4j.xprompt.config.ConfigFile;
import org.xprompt4j.xprompt.training.Asked;
import org.xprompt4j.xprompt.training.PromptTraining;
import org.xprompt4j.xprompt.training.PromptTrainingRun;
import org.xprompt4j.xprompt.training.TrainingLog;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code xp train}: the transformer, on worked examples made from photographs. */
@Command(name = "train", header = "trains the transformer on worked examples", description = {
    "Trains the transformer on worked examples made from photographs, in one pass under the X-Prompt mask. Everything that a step",
    "does follows from the configuration and the step's number: stop the run at any time, start it again with the same command,",
    "and it goes on as if nothing had happened. The finished model is in DIR/model."},
        footerHeading = "%nExamples:%n",
        footer = {
            "  xp train configs/smoke.json --out /tmp/smoke                a minute, from data in the repository",
            "  xp train configs/demo.json --out run/demo --stop-after 30   half an hour now; the same command goes on later",
            "",
            "DIR holds log.csv, checks.csv, loss.png, the last two states, and a lock while a process trains there."})
final class TrainCommand implements Callable<Integer> {
    private static final double CURVE_SECONDS = 60; // between two drawings of the loss curve

    @Mixin
    private CommonOptions common;

    @Parameters(paramLabel = "CONFIG", description = "the recipe, a JSON file")
    private Path config;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "where the run lives")
    private Path out;

    @Option(names = "--device", paramLabel = "NAME", defaultValue = "cpu", converter = DeviceName.class, description = DeviceName.DESCRIPTION)
    private String device;

    @Mixin
    private PrecisionOption precision;

    @Option(names = "--seed", paramLabel = "N", description = "seed of the run instead of the recipe's")
    private Long seed;

    @Option(names = "--stop-after", paramLabel = "MINUTES", description = "save the state and stop after this time")
    private Double minutes;

    @Option(names = "--profile", description = "tell at the end what the operations of a step cost: time, FLOP, bandwidth")
    private boolean profiled;

    @Override
    public Integer call() {
        if (minutes != null && !(minutes > 0)) {
            throw new InvalidInput("--stop-after must be a positive number of minutes, is " + minutes);
        }
        precision.on(device); // refused before anything is written
        OutputPlace.folder(out);
        PromptTrainingRun run = new PromptTrainingRun(config, out, seed);
        long deadline = minutes == null ? Long.MAX_VALUE : System.nanoTime() + (long) (minutes * 60e9);
        try (Interruption interruption = Interruption.listen()) { // closed last: what is said below is heard
            Live live = new Live();
            Map<String, Object> result = new LinkedHashMap<>();
            boolean finished = train(run, live, () -> interruption.requested() || System.nanoTime() > deadline, result);
            report(run, live, finished, result);
        }
        return Main.DONE;
    }

    private boolean train(PromptTrainingRun run, Live live, BooleanSupplier stop, Map<String, Object> result) {
        try (live; Backend backend = open()) {
            boolean finished = run.run(backend, precision.on(device), stop, live);
            if (backend instanceof ProfilingBackend profile && live.done > 0) {
                common.note(live.done + " steps, checks and saves among them, per step:" + System.lineSeparator() + profile.profile().table(live.done));
                result.put("profile", profile.profile().costs().stream().map(TrainCommand::json).toList());
            }
            return finished;
        } catch (InvalidInput e) {
            throw ConfigFile.named(config, e);
        }
    }

    private void report(PromptTrainingRun run, Live live, boolean finished, Map<String, Object> result) {
        result.put("finished", finished);
        result.put("step", live.step);
        result.put("loss", live.loss);
        result.put("validation_loss", Double.isNaN(live.validationLoss) ? null : live.validationLoss);
        result.put("out", (finished ? run.modelFolder() : out).toString());
        common.result(result, () -> common.out().println(finished
                ? String.format(Locale.ROOT, "finished after %d steps, loss %.3f, on unseen photographs %.3f%n%s", live.step, live.loss, live.validationLoss, run.modelFolder())
                : String.format(Locale.ROOT, "stopped after step %d, loss %.3f; start the same command to go on", live.step, live.loss)));
    }

    private Backend open() {
        Backend backend = Backends.open(device);
        return profiled ? new ProfilingBackend(backend) : backend;
    }

    private static Map<String, Object> json(OperationProfile.Cost cost) {
        return Map.of("operation", cost.operation(), "calls", cost.calls(), "seconds", cost.seconds(), "flops", cost.flops(), "bytes", cost.bytes());
    }

    /** The live line and the curve. */
    private final class Live implements PromptTrainingRun.Listener, AutoCloseable {
        private Progress progress;
        private int step;
        private int done; // steps of this process
        private double loss;
        private double validationLoss = Double.NaN;
        private double tokensPerSecond;
        private long curveDrawn = System.nanoTime();

        @Override
        public void started(int at, int of, long parameters) {
            common.note(String.format(Locale.ROOT, "%,d parameters; step %d of %d", parameters, at, of));
            progress = common.progress("training", of, "steps");
            progress.at(at);
            step = at;
            double[] losses = TrainingLog.read(out.resolve("log.csv")).column("loss");
            double[] checks = TrainingLog.read(out.resolve("checks.csv")).column("validation_loss");
            loss = losses.length == 0 ? 0 : losses[losses.length - 1];
            validationLoss = checks.length == 0 ? Double.NaN : checks[checks.length - 1];
        }

        @Override
        public void stepped(PromptTraining.StepResult result, double seconds) {
            loss = loss == 0 ? result.loss() : 0.95 * loss + 0.05 * result.loss();
            double rate = result.tokens() / seconds;
            tokensPerSecond = tokensPerSecond == 0 ? rate : 0.9 * tokensPerSecond + 0.1 * rate;
            step = result.step();
            done++;
            progress.at(step);
            progress.note(String.format(Locale.ROOT, "loss %.3f, %,.0f tokens/s", loss, tokensPerSecond));
            if ((System.nanoTime() - curveDrawn) * 1e-9 > CURVE_SECONDS) {
                curveDrawn = System.nanoTime();
                PromptCurve.draw(out);
            }
        }

        @Override
        public void checked(int at, Map<Asked, Float> values) {
            validationLoss = values.getOrDefault(Asked.EDIT, Float.NaN);
            common.note("step " + at + ": loss on unseen photographs " + values.entrySet().stream()
                    .map(value -> String.format(Locale.ROOT, values.size() == 1 ? "%2$.3f" : "%s %.3f", value.getKey().label(), value.getValue()))
                    .collect(Collectors.joining(", ")));
        }

        @Override
        public void close() {
            if (progress != null) {
                progress.close();
                PromptCurve.draw(out);
            }
        }
    }
}
