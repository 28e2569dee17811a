package org.xprompt4j.tests.endurance;

import java.awt.Color;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.ToLongFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tests.cli.PaintedPhotos;
import org.xprompt4j.tests.cli.TinyModel;
import org.xprompt4j.xprompt.inference.CompressedPrompt;
import org.xprompt4j.xprompt.inference.Example;
import org.xprompt4j.xprompt.inference.GenerationOptions;
import org.xprompt4j.xprompt.inference.XPromptModel;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.training.Asked;
import org.xprompt4j.xprompt.training.PromptTraining;
import org.xprompt4j.xprompt.training.PromptTrainingRun;

/**
 * Thousands of steps of the smallest training, with its states, logs and checks, and thousands of generations of the smallest
 * model, under a {@link MemoryWatch}. Run as a program: {@code Soak STEPS GENERATIONS FOLDER}, or {@code tests/endurance.sh soak};
 * it then writes {@code soak.csv} and {@code soak.png} into the folder.
 */
final class Soak {
    /** Done after every round with the device; a place to plant a leak. */
    interface Round extends BiConsumer<Integer, Backend> {
        Round NOTHING = (round, backend) -> { };
    }

    private static final int LOOKS = 40; // per kind, about

    private Soak() {
    }

    /** Trains so many steps in a folder; throws an assertion error when memory grows. */
    static void train(Path folder, int steps, MemoryWatch watch, Round after) throws IOException {
        Path recipe = SmallTrainings.write(folder, SmallTrainings.Kind.TRANSFORMER, steps, Math.max(10, steps / 50));
        try (Backend backend = Backends.open("cpu")) {
            new PromptTrainingRun(recipe, folder.resolve("run")).run(backend, () -> false, new PromptTrainingRun.Listener() {
                @Override
                public void started(int step, int of, long parameters) {
                    System.out.println("training: " + of + " steps, " + parameters + " parameters");
                }

                @Override
                public void stepped(PromptTraining.StepResult result, double secondsOfStep) {
                    after.accept(result.step(), backend);
                    lookNow(watch, result.step(), steps, backend);
                }

                @Override
                public void checked(int step, Map<Asked, Float> validationLosses) {
                    System.out.println("step " + step + ": loss on unseen photographs " + validationLosses);
                }
            });
            System.out.println(watch.requireFlat("training"));
        }
    }

    /** Compresses an example and draws an answer, so many times; throws an assertion error when memory grows. */
    static void generate(Path folder, int generations, MemoryWatch watch, Round after) {
        try (XPromptModel model = XPromptModel.open(TinyModel.write(folder, 1), "cpu")) {
            for (int i = 1; i <= generations; i++) {
                Picture before = PaintedPhotos.picture(3 * i);
                Picture query = PaintedPhotos.picture(3 * i + 1);
                Example example = new Example(before, PaintedPhotos.picture(3 * i + 2));
                try (MemoryScope request = model.backend().openScope("request " + i)) {
                    CompressedPrompt prompt = model.compressCoded(List.of(model.encode(List.of(example))), "soak", request).getFirst();
                    model.generate(prompt, query, GenerationOptions.recommended());
                }
                after.accept(i, model.backend());
                lookNow(watch, i, generations, model.backend());
            }
            System.out.println(watch.requireFlat("generation")); // before the device closes, which finds leaks as well
        }
    }

    private static void lookNow(MemoryWatch watch, int round, int rounds, Backend backend) {
        if (round % Math.max(1, rounds / LOOKS) == 0) {
            try {
                watch.look(round, backend.memory());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            if (round % Math.max(1, rounds / 10) == 0) {
                System.out.println(round + " of " + rounds + ": " + watch.samples().getLast());
            }
        }
    }

    public static void main(String[] args) throws IOException {
        int steps = Integer.parseInt(args[0]);
        int generations = Integer.parseInt(args[1]);
        Path out = Files.createDirectories(Path.of(args[2]));
        Path work = Files.createTempDirectory("soak");
        MemoryWatch.Tolerance tolerance = new MemoryWatch.Tolerance(1 << 20, 16 << 20); // the compilers take and give back some 10 MB
        MemoryWatch training = new MemoryWatch(tolerance);
        MemoryWatch generating = new MemoryWatch(tolerance);
        try {
            train(work.resolve("training"), steps, training, Round.NOTHING);
            generate(work.resolve("model"), generations, generating, Round.NOTHING);
        } finally { // what grew is worth a picture
            Files.writeString(out.resolve("soak.csv"), "kind,round,tensor_bytes,pool_bytes,heap_bytes,resident_bytes\n" + training.csv("training")
                    + generating.csv("generation"));
            draw(out.resolve("soak.png"), Map.of("training steps", training, "generations", generating));
        }
    }

    private static void draw(Path file, Map<String, MemoryWatch> watches) throws IOException {
        List<XYChart> charts = watches.keySet().stream().filter(name -> !watches.get(name).samples().isEmpty()).sorted().map(name -> chart(name, watches.get(name))).toList();
        BitmapEncoder.saveBitmap(charts, 1, charts.size(), file.toString(), BitmapFormat.PNG);
    }

    private static XYChart chart(String name, MemoryWatch watch) {
        XYChart chart = new XYChartBuilder().width(700).height(450).title("Memory over " + name).xAxisTitle(name).yAxisTitle("MB").build();
        chart.getStyler().setYAxisMin(0.001).setYAxisLogarithmic(true).setChartBackgroundColor(Color.WHITE);
        Map<String, ToLongFunction<MemoryWatch.Sample>> columns = Map.of("resident", MemoryWatch.Sample::resident, "heap after a collection",
                MemoryWatch.Sample::heap, "pool", MemoryWatch.Sample::reserved, "tensors in use", MemoryWatch.Sample::used);
        columns.keySet().stream().sorted().forEach(column -> chart.addSeries(column, watch.rounds(), watch.megabytes(columns.get(column)))
                .setMarker(SeriesMarkers.NONE));
        return chart;
    }
}
