package org.xprompt4j.xprompt.course;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tape;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.UnaryOp;
import org.xprompt4j.xprompt.picture.Charts;
import org.xprompt4j.xprompt.picture.Drawing;
import org.xprompt4j.xprompt.picture.Palette;

/** Chapter 4: the gradient of one layer three times: derived by hand, by the tape, by finite differences. */
final class AutogradByHand implements Chapter {
    private static final int BATCH = 5;
    private static final int IN = 4;
    private static final int OUT = 3;

    /** x [BATCH, IN], w [OUT, IN], y [BATCH, OUT], all row-major. */
    private record Problem(double[] x, double[] w, double[] y) {
    }

    @Override
    public String name() {
        return "04-autograd-by-hand";
    }

    @Override
    public String idea() {
        return "each operation knows the derivative of itself alone; walking the record backwards gives all of it";
    }

    @Override
    public Lesson run(Materials materials) {
        Problem p = new Problem(random(BATCH * IN, 1), random(OUT * IN, 2), random(BATCH * OUT, 3));
        double[] byHand = byHand(p);
        double[] byTape = byTape(materials.backend(), p);
        List<double[]> differences = new ArrayList<>(); // step, error in float64, error in float32
        for (double exponent = -7; exponent <= 0; exponent += 0.25) {
            double h = Math.pow(10, exponent);
            differences.add(new double[] {h, distance(byDifferences(p, h, false), byHand), distance(byDifferences(p, h, true), byHand)});
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("loss", loss(p, p.w, false));
        figures.put("first_gradient_by_hand", byHand[0]);
        figures.put("first_gradient_by_tape", byTape[0]);
        figures.put("tape_against_hand", distance(byTape, byHand));
        figures.put("best_difference_float64_against_hand", differences.stream().mapToDouble(d -> d[1]).min().orElseThrow());
        figures.put("best_difference_float32_against_hand", differences.stream().mapToDouble(d -> d[2]).min().orElseThrow());
        double[] best = differences.stream().min((a, b) -> Double.compare(a[2], b[2])).orElseThrow();
        figures.put("best_step_float32", best[0]);
        return new Lesson(draw(p, byHand, byTape, differences), figures);
    }

    // [forward]
    /** loss = mean over all elements of (silu(x wᵀ) - y)², in float64, or rounded to float32 as kernels would. */
    private static double loss(Problem p, double[] w, boolean rounded) {
        double sum = 0;
        for (int b = 0; b < BATCH; b++) {
            for (int o = 0; o < OUT; o++) {
                double z = 0;                                               // z [BATCH, OUT] = x wᵀ
                for (int i = 0; i < IN; i++) {
                    z += p.x[b * IN + i] * w[o * IN + i];
                }
                double e = z / (1 + Math.exp(-z)) - p.y[b * OUT + o];       // e = silu(z) - y
                sum += e * e;
            }
        }
        return rounded ? (float) (sum / (BATCH * OUT)) : sum / (BATCH * OUT);
    }
    // [end]

    // [hand]
    /** dloss/dw [OUT, IN], derived on paper. */
    private static double[] byHand(Problem p) {
        double[] dW = new double[OUT * IN];
        for (int b = 0; b < BATCH; b++) {
            for (int o = 0; o < OUT; o++) {
                double z = 0;
                for (int i = 0; i < IN; i++) {
                    z += p.x[b * IN + i] * p.w[o * IN + i];
                }
                double s = 1 / (1 + Math.exp(-z));
                double dE = 2 * (z * s - p.y[b * OUT + o]) / (BATCH * OUT); // of the mean of squares
                double dZ = dE * s * (1 + z * (1 - s));                     // through silu
                for (int i = 0; i < IN; i++) {
                    dW[o * IN + i] += dZ * p.x[b * IN + i];                 // through x wᵀ: dW = dZᵀ x
                }
            }
        }
        return dW;
    }
    // [end]

    private static double[] byTape(Backend backend, Problem p) {
        try (MemoryScope scope = backend.openScope("chapter 4")) {
            // [tape]
            Tensor x = scope.of(floats(p.x), BATCH, IN);                    // [batch, in]
            Tensor w = scope.of(floats(p.w), OUT, IN);                      // [out, in]
            Tensor y = scope.of(floats(p.y), BATCH, OUT);                   // [batch, out]
            Tensor dW = scope.allocate(DType.F32, OUT, IN);
            backend.fill(dW, 0);                                            // gradients are added to
            Tape tape = new Tape(backend, scope);
            tape.watch(w, dW);
            Ops ops = new Ops(backend, scope, tape);
            Tensor z = ops.linear(x, w, null);                              // each call computes, and writes down how to go back
            Tensor e = ops.subtract(ops.unary(UnaryOp.SILU, z), y);
            Tensor loss = ops.mean(ops.multiply(e, e));
            tape.backward(loss);                                            // walks what was written down, last first
            // [end]
            float[] out = dW.toFloatArray();
            double[] wide = new double[out.length];
            for (int i = 0; i < out.length; i++) {
                wide[i] = out[i];
            }
            return wide;
        }
    }

    // [differences]
    /** dloss/dw by (loss(w + h) - loss(w - h)) / 2h, one weight after the other: 2 · OUT · IN forward passes. */
    private static double[] byDifferences(Problem p, double h, boolean rounded) {
        double[] dW = new double[OUT * IN];
        for (int i = 0; i < dW.length; i++) {
            double[] up = p.w.clone();
            double[] down = p.w.clone();
            up[i] += h;
            down[i] -= h;
            dW[i] = (loss(p, up, rounded) - loss(p, down, rounded)) / (2 * h);
        }
        return dW;
    }
    // [end]

    /** Largest deviation over the largest element of b. */
    private static double distance(double[] a, double[] b) {
        double worst = 0;
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            worst = Math.max(worst, Math.abs(a[i] - b[i]));
            largest = Math.max(largest, Math.abs(b[i]));
        }
        return worst / largest;
    }

    /** Normal numbers that float32 holds exactly. */
    private static double[] random(int n, int stream) {
        double[] out = new double[n];
        for (int i = 0; i < n; i++) {
            out[i] = Philox.normal(4, stream, i);
        }
        return out;
    }

    private static float[] floats(double[] values) {
        float[] out = new float[values.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) values[i];
        }
        return out;
    }

    private static BufferedImage draw(Problem p, double[] byHand, double[] byTape, List<double[]> differences) {
        Drawing sheet = new Drawing(1000, 780, "Forwards and back through  loss = mean( (silu(x wᵀ) - y)² )",
                "upper arrows: values as they are computed; lower arrows: gradients as the tape walks back");
        String[][] nodes = {{"x wᵀ", "z [5, 3]"}, {"silu", "a [5, 3]"}, {"- y", "e [5, 3]"}, {"square", "[5, 3]"}, {"mean", "loss [1]"}};
        String[] back = {"dW = dZᵀ x", "dZ = dA · s(1 + z(1-s))", "dA = dE", "dE = 2 e / n", "1 / n", "1"};
        Color[] fills = {Palette.SKY, Palette.ORANGE, Palette.RULE, Palette.RULE, Palette.GREEN};
        int y = Drawing.HEAD + 70;
        for (int i = 0; i < nodes.length; i++) {
            int x = 150 + i * 165;
            sheet.box(x, y, 104, 64, Palette.mix(Palette.PAPER, fills[i], 0.6), nodes[i]);
            sheet.arrow(x - 58, y + 18, x - 3, y + 18, Palette.INK);
            sheet.arrow(x - 3, y + 46, x - 58, y + 46, Palette.VERMILION);
            sheet.centred(x - 28, y + (i % 2 == 0 ? 92 : 116), back[i], Palette.VERMILION);
        }
        sheet.arrow(968, y + 46, 920, y + 46, Palette.VERMILION);
        sheet.centred(944, y + 92, back[5], Palette.VERMILION);
        sheet.bold(Drawing.MARGIN, y + 22, "w [3, 4]").text(Drawing.MARGIN, y - 26, "x [5, 4] and y [5, 3] are data: no gradient is asked of them")
                .text(Drawing.MARGIN, y + 51, "dW [3, 4]");
        sheet.text(Drawing.MARGIN, y + 158, String.format(Locale.ROOT,
                "loss %.6f;  dW[0, 0]:  by hand %.7f,  by the tape (float32) %.7f;  largest deviation of the tape %.1e of the largest gradient",
                loss(p, p.w, false), byHand[0], byTape[0], distance(byTape, byHand)));
        double[] steps = differences.stream().mapToDouble(d -> d[0]).toArray();
        Map<String, double[][]> curves = new LinkedHashMap<>();
        curves.put("loss kept in float32", new double[][] {steps, differences.stream().mapToDouble(d -> d[2]).toArray()});
        curves.put("loss kept in float64", new double[][] {steps, differences.stream().mapToDouble(d -> d[1]).toArray()});
        sheet.image(Charts.lines(new Charts.Frame(960, 430, "Finite differences against the gradient by hand", "step h",
                "deviation, share of the largest gradient", true, true), curves, true), 20, y + 180);
        return sheet.image();
    }
}
