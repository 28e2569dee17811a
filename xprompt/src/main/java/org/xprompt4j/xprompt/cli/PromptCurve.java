package org.xprompt4j.xprompt.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.xprompt4j.xprompt.picture.LossCurve;
import org.xprompt4j.xprompt.training.TrainingLog;

/** Draws {@code loss.png} of a run from its logs. */
final class PromptCurve {
    private PromptCurve() {
    }

    static void draw(Path out) {
        TrainingLog losses = TrainingLog.read(out.resolve("log.csv"));
        TrainingLog checks = TrainingLog.read(out.resolve("checks.csv"));
        Map<String, LossCurve.Series> series = new LinkedHashMap<>();
        series.put("training", new LossCurve.Series(losses.steps(), losses.column("loss")));
        series.put("unseen photographs", new LossCurve.Series(checks.steps(), checks.column("validation_loss")));
        LossCurve.write(out.resolve("loss.png"), "Training under the X-Prompt mask", "loss (nats per token)", series);
    }
}
