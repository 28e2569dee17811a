package org.xprompt4j.bench.openblas;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.op.MatmulSpec;

/**
 * One product of the comparison: c [m, n] of an inner size k.
 *
 * @param use where it occurs: {@code square}, or the part of a training step
 */
record GemmShape(String use, MatmulSpec spec, int m, int n, int k) {
    private static final int TOKENS = 1067; // 525 IE, 16 XP, 526 TD
    private static final int HIDDEN = 384;
    private static final int FFN = 1024;

    /**
     * The shapes of a set: {@code square} (512, 1024, 2048), {@code training} (the linear layers of the 12 x 384 transformer: forward, the
     * gradient of the input, the gradient of the weights), {@code all}, or sizes between commas as {@code MxNxK}.
     */
    static List<GemmShape> of(String set) {
        List<GemmShape> shapes = new ArrayList<>();
        if (set.equals("square") || set.equals("all")) {
            for (int size : new int[] {512, 1024, 2048}) {
                shapes.add(new GemmShape("square", MatmulSpec.NN, size, size, size));
            }
        }
        if (set.equals("training") || set.equals("all")) {
            addLayer(shapes, "q/k/v/o", HIDDEN, HIDDEN);
            addLayer(shapes, "gate/up", HIDDEN, FFN);
            addLayer(shapes, "down", FFN, HIDDEN);
        }
        if (shapes.isEmpty()) {
            for (String size : set.split(",")) {
                if (!size.toLowerCase(Locale.ROOT).matches("[1-9][0-9]{0,4}x[1-9][0-9]{0,4}x[1-9][0-9]{0,4}")) {
                    throw new InvalidInput("--shapes must be square, training, all or sizes such as 512x512x512,64x384x1024; is '" + set + "'");
                }
                String[] dims = size.toLowerCase(Locale.ROOT).split("x");
                for (MatmulSpec spec : new MatmulSpec[] {MatmulSpec.NN, MatmulSpec.NT, MatmulSpec.TN}) {
                    shapes.add(new GemmShape("given", spec, Integer.parseInt(dims[0]), Integer.parseInt(dims[1]), Integer.parseInt(dims[2])));
                }
            }
        }
        return shapes;
    }

    /** A linear layer of a training step, as {@code Ops.linear} runs it. */
    private static void addLayer(List<GemmShape> shapes, String name, int in, int out) {
        shapes.add(new GemmShape(name + " forward", MatmulSpec.NT, TOKENS, out, in));
        shapes.add(new GemmShape(name + " dX", MatmulSpec.NN.accumulating(), TOKENS, in, out));
        shapes.add(new GemmShape(name + " dW", MatmulSpec.TN.accumulating(), out, in, TOKENS));
    }

    /** Stored shape of the first operand. */
    long[] a() {
        return spec.transposeA() ? new long[] {k, m} : new long[] {m, k};
    }

    /** Stored shape of the second operand. */
    long[] b() {
        return spec.transposeB() ? new long[] {n, k} : new long[] {k, n};
    }

    double flops() {
        return 2.0 * m * n * k;
    }

    /** NN, NT or TN, with + where the product is added. */
    String order() {
        return (spec.transposeA() ? "T" : "N") + (spec.transposeB() ? "T" : "N") + (spec.accumulate() ? "+" : "");
    }

    @Override
    public String toString() {
        return m + "x" + n + "x" + k + " " + order() + " (" + use + ")";
    }
}
