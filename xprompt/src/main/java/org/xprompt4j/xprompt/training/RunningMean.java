package org.xprompt4j.xprompt.training;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.AtomicFile;
import org.xprompt4j.tensor.file.Json;
import org.xprompt4j.tensor.file.JsonWriter;

/**
 * The mean loss since the last row of the log. Part of the training state, so that the first row of a resumed run covers the
 * same steps as that of an unbroken one.
 */
final class RunningMean {
    private static final String FILE = "since-log.json";

    private double sum;
    private int steps;

    void add(double loss) {
        sum += loss;
        steps++;
    }

    /** The mean since the last call. */
    double take() {
        double mean = sum / steps;
        sum = 0;
        steps = 0;
        return mean;
    }

    void save(Path folder) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("steps", steps);
        json.put("loss_sum", sum);
        AtomicFile.text(folder.resolve(FILE), JsonWriter.compact(json));
    }

    /** Goes on from a state; one without this part starts from nothing. */
    void load(Path folder) {
        Path file = folder.resolve(FILE);
        if (Files.exists(file)) {
            Json json = Json.read(file);
            steps = Math.toIntExact(json.get("steps").asLong(0, Integer.MAX_VALUE));
            sum = json.number("loss_sum");
            if (!Double.isFinite(sum)) {
                throw new InvalidInput(file + ": loss_sum must be a number, is " + sum);
            }
        }
    }
}
