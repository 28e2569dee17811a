package org.xprompt4j.xprompt.course;

import java.awt.image.BufferedImage;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.picture.Charts;
import org.xprompt4j.xprompt.picture.Drawing;

/** Chapter 2: what a multiplication costs is mostly what it costs to bring its numbers. */
final class VectorsAndLoads implements Chapter {
    private interface Dot {
        float of(float[] a, float[] b, int n);
    }

    @Override
    public String name() {
        return "02-vectors-and-loads";
    }

    @Override
    public String idea() {
        return "one instruction multiplies a whole vector; then bringing the numbers is what costs";
    }

    @Override
    public Lesson run(Materials materials) {
        Stopwatch.requireVectors();
        Map<String, Dot> ways = new LinkedHashMap<>();
        ways.put("plain loop", DotProducts::plain);
        ways.put("vectors, one sum", DotProducts::oneSum);
        ways.put("vectors, four sums", DotProducts::fourSums);
        int largest = materials.size(24, 12);
        float[] a = random(1 << largest, 1);
        float[] b = random(1 << largest, 2);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment alignedA = copy(arena, a);
            MemorySegment alignedB = copy(arena, b);
            ways.put("four sums, aligned to cache lines", (heapA, heapB, n) -> DotProducts.aligned(alignedA, alignedB, n));
            return run(materials, ways, largest, a, b);
        }
    }

    private Lesson run(Materials materials, Map<String, Dot> ways, int largest, float[] a, float[] b) {
        Map<String, double[][]> curves = new LinkedHashMap<>();
        double worst = 0;
        for (Map.Entry<String, Dot> way : ways.entrySet()) {
            worst = Math.max(worst, Math.abs(way.getValue().of(a, b, 1 << 10) - exact(a, b, 1 << 10)));
            double[][] curve = new double[2][largest - 9];
            for (int i = 0; i < curve[0].length; i++) {
                int n = 1 << (10 + i);
                double seconds = time(way.getValue(), a, b, n, materials);
                curve[0][i] = 2.0 * n * Float.BYTES / 1024; // KiB of both arrays
                curve[1][i] = 2.0 * n / seconds * 1e-9;     // a multiplication and an addition for each pair
            }
            curves.put(way.getKey(), curve);
        }
        double alone = 2.0 * (1 << 12) / Stopwatch.best(5, materials.size(1 << 14, 1 << 12), () -> DotProducts.arithmeticAlone(a, 1 << 12)) * 1e-9;
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("bits_of_a_vector", DotProducts.bits());
        figures.put("largest_error", worst);
        figures.put("gflops_arithmetic_alone", alone);
        curves.forEach((way, curve) -> {
            figures.put("gflops_small_" + way.replaceAll("\\W+", "_"), curve[1][1]); // 16 KiB for both: the first-level cache
            figures.put("gflops_largest_" + way.replaceAll("\\W+", "_"), curve[1][curve[1].length - 1]);
        });
        double[][] four = curves.get("four sums, aligned to cache lines");
        figures.put("gigabytes_per_second_from_the_largest", four[1][four[1].length - 1] * Float.BYTES); // 8 bytes for 2 operations
        return new Lesson(draw(curves, alone), figures);
    }

    private static MemorySegment copy(Arena arena, float[] values) {
        return arena.allocate(4L * values.length, 64).copyFrom(MemorySegment.ofArray(values));
    }

    private static double time(Dot dot, float[] a, float[] b, int n, Materials materials) {
        int times = Math.max(1, (1 << materials.size(25, 22)) / n);
        return Stopwatch.best(materials.size(15, 4), times, () -> dot.of(a, b, n));
    }

    private static double exact(float[] a, float[] b, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    private static float[] random(int n, int stream) {
        Philox philox = new Philox(2, stream);
        float[] out = new float[n];
        for (int i = 0; i < n; i++) {
            out[i] = philox.nextFloat(-1, 1);
        }
        return out;
    }

    private static BufferedImage draw(Map<String, double[][]> curves, double alone) {
        Drawing sheet = new Drawing(980, 640, "The dot product, from the first-level cache to main memory",
                String.format(Locale.ROOT, "%d-bit vectors, one thread; multiply-adds alone, nothing loaded: %.0f GFLOP/s", DotProducts.bits(), alone));
        sheet.image(Charts.lines(new Charts.Frame(960, 540, "", "KiB that both arrays take (1E4 is ten thousand)", "GFLOP/s", true, true), curves, true), 10, Drawing.HEAD);
        return sheet.image();
    }
}
