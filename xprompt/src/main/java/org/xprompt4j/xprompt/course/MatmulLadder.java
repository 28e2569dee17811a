package org.xprompt4j.xprompt.course;

import java.awt.image.BufferedImage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.MatmulSpec;
import org.xprompt4j.xprompt.picture.Drawing;
import org.xprompt4j.xprompt.picture.Palette;

/** Chapter 3: the same 2 n³ operations, each rung using what it loads more often. */
final class MatmulLadder implements Chapter {
    private interface Product {
        void multiply(int n, float[] a, float[] b, float[] c);
    }

    private record Rung(String name, String why, double gflops, double error) {
    }

    @Override
    public String name() {
        return "03-matmul-from-loops-to-tiles";
    }

    @Override
    public String idea() {
        return "a matrix product is fast when every number that was loaded is used many times";
    }

    @Override
    public Lesson run(Materials materials) {
        Stopwatch.requireVectors();
        int n = materials.size(1024, 192) / Products.MULTIPLE * Products.MULTIPLE;
        Map<String, Product> ways = new LinkedHashMap<>();
        ways.put("naive", Products::naive);
        ways.put("rows of b", Products::rowsOfB);
        ways.put("blocked", Products::blocked);
        ways.put("register tile", Products::tiled);
        ways.put("packed", Products::packed);
        Map<String, String> why = Map.of("naive", "i, j, k: walks down the columns of b",
                "rows of b", "i, k, j: reads along rows, c once for each k",
                "blocked", "a block of b stays in the cache",
                "register tile", "4 x 2 vectors of c stay in registers",
                "packed", "the part of b in use lies together",
                "the engine", "packs a and b, larger tile, off-heap, all cores");
        float[] a = random(n * n, 1);
        float[] b = random(n * n, 2);
        Map<String, Rung> rungs = new LinkedHashMap<>();
        for (Map.Entry<String, Product> way : ways.entrySet()) {
            float[] c = new float[n * n];
            double seconds = Stopwatch.best(materials.size(way.getKey().equals("naive") ? 2 : 5, 3), 1, () -> {
                way.getValue().multiply(n, a, b, c);
                return c[n + 1];
            });
            rungs.put(way.getKey(), new Rung(way.getKey(), why.get(way.getKey()), 2.0 * n * n * n / seconds * 1e-9, error(n, a, b, c)));
        }
        rungs.put("the engine", engine(materials, n, a, b, why.get("the engine")));
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("n", n);
        rungs.forEach((name, rung) -> figures.put("gflops_" + name.replace(' ', '_'), rung.gflops()));
        figures.put("largest_error", rungs.values().stream().mapToDouble(Rung::error).max().orElseThrow());
        return new Lesson(draw(n, List.copyOf(rungs.values())), figures);
    }

    private static Rung engine(Materials materials, int n, float[] a, float[] b, String why) {
        Backend backend = materials.backend();
        try (MemoryScope scope = backend.openScope("chapter 3")) {
            // [engine]
            Tensor ta = scope.of(a, n, n);                         // [n, n], off the heap
            Tensor tb = scope.of(b, n, n);
            Tensor tc = scope.allocate(DType.F32, n, n);
            double seconds = Stopwatch.best(materials.size(12, 6), 1, () -> {
                backend.matmul(MatmulSpec.NN, ta, tb, Epilogue.NONE, tc);
                return 0;
            });
            // [end]
            return new Rung("the engine", why, 2.0 * n * n * n / seconds * 1e-9, error(n, a, b, tc.toFloatArray()));
        }
    }

    /** The largest deviation of some rows from sums in float64, over the largest such sum. */
    private static double error(int n, float[] a, float[] b, float[] c) {
        double worst = 0;
        double largest = 0;
        for (int i = 0; i < n; i += n / 8) {
            for (int j = 0; j < n; j++) {
                double sum = 0;
                for (int k = 0; k < n; k++) {
                    sum += (double) a[i * n + k] * b[k * n + j];
                }
                worst = Math.max(worst, Math.abs(sum - c[i * n + j]));
                largest = Math.max(largest, Math.abs(sum));
            }
        }
        return worst / largest;
    }

    private static float[] random(int n, int stream) {
        Philox philox = new Philox(3, stream);
        float[] out = new float[n];
        for (int i = 0; i < n; i++) {
            out[i] = philox.nextFloat(-1, 1);
        }
        return out;
    }

    private static BufferedImage draw(int n, List<Rung> rungs) {
        int row = 66;
        Drawing sheet = new Drawing(980, Drawing.HEAD + 40 + row * rungs.size() + 40, "One product of " + n + " x " + n + " matrices, six programs",
                "billions of multiplications and additions a second; a bar ten times as long is ten times as fast");
        double most = rungs.stream().mapToDouble(Rung::gflops).max().orElseThrow();
        int y = Drawing.HEAD + 24;
        for (int i = 0; i < rungs.size(); i++) {
            Rung rung = rungs.get(i);
            sheet.bold(Drawing.MARGIN, y + 16, rung.name());
            sheet.small(Drawing.MARGIN, y + 36, rung.why());
            int length = (int) Math.max(2, Math.round(480 * rung.gflops() / most));
            sheet.fill(360, y, length, 32, Palette.series(i));
            sheet.text(370 + length, y + 21, String.format(Locale.ROOT, rung.gflops() < 10 ? "%.2f" : "%.0f", rung.gflops()));
            y += row;
        }
        sheet.small(360, y + 10, "GFLOP/s; all but the engine on one thread");
        return sheet.image();
    }
}
