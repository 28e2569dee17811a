package org.xprompt4j.tests.precision;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.xprompt.picture.LossCurve;

/**
 * Two hundred steps of one recipe: F32 and BF16 on the CPU and BF16 on the GPU's kernels with the same seed and data, and F32 with two
 * other seeds as the noise that any change of a run has. Prints how far the curves lie apart, writes {@code precision.csv} and
 * {@code precision.png}.
 *
 * <pre>tests/precision.sh [STEPS] [DEVICE]</pre>
 */
final class LossInBothPrecisions {
    /** Steps over which a loss is averaged: single steps jump with the photographs that they drew. */
    static final int WINDOW = 20;

    private LossInBothPrecisions() {
    }

    /** The largest distance of two curves of window means. */
    static double distance(double[] a, double[] b) {
        double largest = 0;
        for (int from = 0; from + WINDOW <= a.length; from += WINDOW) {
            largest = Math.max(largest, Math.abs(mean(a, from) - mean(b, from)));
        }
        return largest;
    }

    private static double mean(double[] losses, int from) {
        return Arrays.stream(losses, from, Math.min(losses.length, from + WINDOW)).average().orElseThrow();
    }

    /** Arguments: steps, the device of the GPU's kernels, the folder for table and plot. */
    public static void main(String[] args) throws IOException {
        int steps = Integer.parseInt(args[0]);
        String device = args[1];
        Path out = Files.createDirectories(Path.of(args[2]));
        PrecisionRecipe recipe = new PrecisionRecipe(Files.createTempDirectory("precision"));
        Map<String, double[]> curves = new LinkedHashMap<>();
        curves.put("f32 cpu", run(recipe, "cpu", DType.F32, 1, steps));
        curves.put("bf16 cpu", run(recipe, "cpu", DType.BF16, 1, steps));
        curves.put("bf16 " + device, run(recipe, device, DType.BF16, 1, steps));
        curves.put("f32 cpu seed 2", run(recipe, "cpu", DType.F32, 2, steps));
        curves.put("f32 cpu seed 3", run(recipe, "cpu", DType.F32, 3, steps));
        write(out, curves, steps);
        double[] reference = curves.get("f32 cpu");
        curves.forEach((name, losses) -> System.out.printf(Locale.ROOT, "%s: last %d steps %.4f, at most %.4f from f32 cpu over %d steps%n", name, WINDOW,
                mean(losses, losses.length - WINDOW), distance(reference, losses), WINDOW));
    }

    private static double[] run(PrecisionRecipe recipe, String device, DType precision, long seed, int steps) throws IOException {
        long start = System.nanoTime();
        double[] losses = recipe.losses(device, precision, seed, steps, (step, loss) -> {
            if (step % WINDOW == 0 || step == 1) {
                System.out.printf(Locale.ROOT, "%s %s seed %d, step %d: loss %.4f, %.0f s%n", device, precision, seed, step, loss, (System.nanoTime() - start) * 1e-9);
            }
        });
        return losses;
    }

    private static void write(Path out, Map<String, double[]> curves, int steps) throws IOException {
        StringBuilder table = new StringBuilder("step," + curves.keySet().stream().map(name -> name.replace(' ', '_')).collect(Collectors.joining(",")) + "\n");
        for (int i = 0; i < steps; i++) {
            int step = i;
            table.append(step + 1).append(curves.values().stream().map(losses -> String.format(Locale.ROOT, ",%.5f", losses[step])).collect(Collectors.joining()))
                    .append('\n');
        }
        Files.writeString(out.resolve("precision.csv"), table);
        Map<String, LossCurve.Series> series = new LinkedHashMap<>();
        curves.forEach((name, losses) -> {
            int windows = losses.length - WINDOW + 1;
            double[] at = new double[windows];
            double[] means = new double[windows];
            Arrays.setAll(at, i -> i + WINDOW);
            Arrays.setAll(means, i -> mean(losses, i));
            series.put(name, new LossCurve.Series(at, means));
        });
        LossCurve.write(out.resolve("precision.png"), "Training in f32 and bf16, means of " + WINDOW + " steps", "loss (nats per token)", series);
    }
}
