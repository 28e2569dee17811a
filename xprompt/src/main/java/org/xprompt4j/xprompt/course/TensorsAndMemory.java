package org.xprompt4j.xprompt.course;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.xprompt.picture.Charts;
import org.xprompt4j.xprompt.picture.Drawing;
import org.xprompt4j.xprompt.picture.Palette;

/** Chapter 1: a tensor is a block of memory with a way to read it; who owns the block decides when it goes. */
final class TensorsAndMemory implements Chapter {
    private static final int ROWS = 4;
    private static final int COLUMNS = 6;
    private static final int CELL = 26;

    /** One way to look at the 24 numbers. */
    private record View(String code, Tensor tensor) {
    }

    @Override
    public String name() {
        return "01-tensors-and-memory";
    }

    @Override
    public String idea() {
        return "a tensor is a block of memory and a way to read it; scopes give the memory back";
    }

    @Override
    public Lesson run(Materials materials) {
        Backend backend = materials.backend();
        Map<String, Object> figures = new LinkedHashMap<>();
        List<double[]> memory = steps(backend, materials.size(12, 6));
        try (MemoryScope scope = backend.openScope("chapter 1")) {
            // [views]
            Tensor x = scope.of(numbers(), ROWS, COLUMNS);     // [4, 6], strides (6, 1): 24 floats, one block
            List<View> views = List.of(
                    new View("x", x),
                    new View("x.select(0, 2)", x.select(0, 2)),                          // [6]: row 2
                    new View("x.select(1, 2)", x.select(1, 2)),                          // [4]: column 2
                    new View("x.slice(0, 1, 3).slice(1, 2, 5)", x.slice(0, 1, 3).slice(1, 2, 5)), // [2, 3]: a window
                    new View("x.permute(1, 0)", x.permute(1, 0)));                       // [6, 4]: transposed, nothing moved
            // [end]
            BufferedImage picture = draw(views, memory);
            Tensor window = views.get(3).tensor();
            figures.put("window_offset", window.offset());
            figures.put("window_strides", List.of(window.stride(0), window.stride(1)));
            figures.put("transposed_strides", List.of(views.get(4).tensor().stride(0), views.get(4).tensor().stride(1)));
            // [alias]
            backend.fill(x, 0);                                // write through the block ...
            float sum = 0;
            for (float value : window.toFloatArray()) {        // ... and the window [2, 3] has changed: it never was a copy
                sum += value;
            }
            // [end]
            figures.put("window_sum_after_clearing_the_block", (double) sum);
            figures.put("bytes_of_a_step", memory.getFirst()[0]);
            figures.put("bytes_from_the_system_after_step_1", memory.getFirst()[1]);
            figures.put("bytes_from_the_system_after_the_last", memory.getLast()[1]);
            figures.put("bytes_in_use_after_the_last", memory.getLast()[2]);
            return new Lesson(picture, figures);
        }
    }

    private static float[] numbers() {
        float[] out = new float[ROWS * COLUMNS];
        for (int i = 0; i < out.length; i++) {
            out[i] = i;
        }
        return out;
    }

    /** For each of some equal steps: bytes in use inside it; then, behind it, bytes taken from the system so far and bytes in use. */
    private static List<double[]> steps(Backend backend, int count) {
        List<double[]> out = new ArrayList<>();
        long before = backend.memory().reservedBytes();
        long used = backend.memory().usedBytes();
        for (int i = 0; i < count; i++) {
            double inside;
            // [scope]
            try (MemoryScope step = backend.openScope("step")) {
                Ops ops = new Ops(backend, step);
                Tensor a = step.allocate(DType.F32, 256, 256);   // [256, 256]
                backend.fill(a, 1);
                ops.sum(ops.multiply(a, ops.add(a, a)));         // two temporaries [256, 256] and a sum [1]
                inside = backend.memory().usedBytes() - used;
            }                                                    // all four are given back here, to the pool
            // [end]
            out.add(new double[] {inside, backend.memory().reservedBytes() - before, backend.memory().usedBytes() - used});
        }
        return out;
    }

    private static BufferedImage draw(List<View> views, List<double[]> memory) {
        Drawing sheet = new Drawing(980, 860, "One block of memory, five tensors",
                "element (i, j) of a view lies at  offset + i · stride 0 + j · stride 1;  a view copies nothing");
        int y = Drawing.HEAD + 6;
        for (int v = 0; v < views.size(); v++) {
            View view = views.get(v);
            Tensor t = view.tensor();
            String strides = IntStream.range(0, t.rank()).mapToObj(a -> "" + t.stride(a)).toList().toString();
            sheet.bold(Drawing.MARGIN, y + 14, view.code());
            sheet.text(Drawing.MARGIN, y + 34, "shape " + t.shape() + "   strides " + strides + "   offset " + t.offset());
            float[] held = t.toFloatArray();
            for (int i = 0; i < ROWS * COLUMNS; i++) {
                int at = i;
                int place = IntStream.range(0, held.length).filter(n -> held[n] == at).findFirst().orElse(-1);
                int x = 325 + i * CELL;
                sheet.fill(x, y, CELL - 2, CELL - 2, place < 0 ? Palette.RULE : Palette.mix(Palette.PAPER, Palette.series(v), 0.75));
                sheet.centred(x + CELL / 2 - 1, y + 17, place < 0 ? "" : "" + place);
                sheet.centred(x + CELL / 2 - 1, y + 39, v == 0 || i % COLUMNS == 0 ? "" + i : "", Palette.FAINT);
            }
            y += 68;
        }
        sheet.small(325, y - 4, "a cell is one float of the block, its address below it; inside: which element of the view it is");
        double[] steps = IntStream.rangeClosed(1, memory.size()).asDoubleStream().toArray();
        Map<String, double[][]> curves = new LinkedHashMap<>();
        curves.put("handed out to steps, summed up", new double[][] {steps, sums(kilobytes(memory, 0))});
        curves.put("taken from the system so far", new double[][] {steps, kilobytes(memory, 1)});
        curves.put("in use behind the step", new double[][] {steps, kilobytes(memory, 2)});
        sheet.image(Charts.lines(new Charts.Frame(940, 380, "The same step again and again: the pool asks the system once", "step", "KiB"),
                curves, true), 20, y + 16);
        return sheet.image();
    }

    private static double[] kilobytes(List<double[]> memory, int column) {
        return memory.stream().mapToDouble(row -> row[column] / 1024).toArray();
    }

    private static double[] sums(double[] values) {
        double[] out = values.clone();
        for (int i = 1; i < out.length; i++) {
            out[i] += out[i - 1];
        }
        return out;
    }
}
