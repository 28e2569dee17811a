package org.xprompt4j.xprompt.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.Json;

/**
 * A file of JSON lines. Lines of the benchmarks become {@link Measurement}s, of which the last for each operation, shape, number of
 * threads and device counts; comparisons with other libraries are kept as they are, the last of each kind. What was measured on a GPU is
 * both: a measurement where the run knew the roofs, and a line beside its rival's.
 *
 * @param measurements in the order of their first appearance
 * @param comparisons of {@code openblas}, {@code torch-cpu}, {@code gpu} and {@code gpu-target}, likewise
 */
public record BenchmarkHistory(List<Measurement> measurements, List<Json> comparisons) {
    private static final long MOST_BYTES = 64L << 20;

    /**
     * Reads a history.
     *
     * @throws InvalidInput naming the file, the line and the field
     */
    public static BenchmarkHistory read(Path file) {
        Map<String, Measurement> measurements = new LinkedHashMap<>();
        Map<String, Json> comparisons = new LinkedHashMap<>();
        int number = 0;
        for (String text : lines(file)) {
            number++;
            if (text.isBlank()) {
                continue;
            }
            Json line = Json.parse(text.getBytes(StandardCharsets.UTF_8), file + ", line " + number);
            switch (line.string("tool")) {
                case "jmh" -> {
                    Measurement measurement = Measurement.of(line);
                    measurements.put(measurement.key(), measurement);
                }
                case "openblas" -> comparisons.put(String.join(" ", "openblas", line.get("m").toString(), line.get("n").toString(), line.get("k").toString(),
                        line.string("order"), line.get("threads").toString(), line.string("device")), line);
                case "torch-cpu" -> comparisons.put(String.join(" ", "torch", line.string("work"), line.get("threads").toString(),
                        line.string("device")), line);
                case "gpu" -> {
                    String key = String.join(" ", "gpu", line.string("op"), line.string("shape"), line.string("precision"), line.string("device"));
                    comparisons.put(key, line);
                    if (line.has("share")) {
                        Measurement measurement = Measurement.ofGpu(line);
                        measurements.put(measurement.key(), measurement);
                    }
                }
                case "gpu-target" -> comparisons.put(String.join(" ", "target", line.string("target"), line.string("device")), line);
                default -> throw line.get("tool").fault("must be jmh, openblas, torch-cpu, gpu or gpu-target, is \"" + line.string("tool") + "\"");
            }
        }
        if (measurements.isEmpty() && comparisons.isEmpty()) {
            throw new InvalidInput(file + ": holds no measurement; run bench/run.sh matmul first");
        }
        return new BenchmarkHistory(new ArrayList<>(measurements.values()), new ArrayList<>(comparisons.values()));
    }

    /** Comparisons of one tool. */
    List<Json> comparisons(String tool) {
        return comparisons.stream().filter(line -> line.string("tool").equals(tool)).toList();
    }

    private static List<String> lines(Path file) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new InvalidInput(file + ": larger than the " + MOST_BYTES + " bytes that a history may have");
            }
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList();
        } catch (NoSuchFileException e) {
            throw new InvalidInput(file + ": no such file; run bench/run.sh matmul first, or name one with --history", e);
        } catch (IOException e) {
            throw new InvalidInput(file + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
