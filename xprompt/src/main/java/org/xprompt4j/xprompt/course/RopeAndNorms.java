package org.xprompt4j.xprompt.course;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.op.QkNormRopeSpec;
import org.xprompt4j.xprompt.picture.Charts;
import org.xprompt4j.xprompt.picture.Drawing;
import org.xprompt4j.xprompt.picture.Palette;

/** Chapter 6: where a token stands turns its query and key; norms keep sizes out of what directions say. */
final class RopeAndNorms implements Chapter {
    private static final int DIM = 32; // of a head, as in the shipped model
    private static final double THETA = 10000;
    private static final float EPS = 1e-5f;
    private static final int FARTHEST = 96;

    @Override
    public String name() {
        return "06-rope-and-norms";
    }

    @Override
    public String idea() {
        return "positions turn queries and keys, so scores know distances; norms keep sizes from exploding";
    }

    @Override
    public Lesson run(Materials materials) {
        double[] q = layerNorm(random(1));
        double[] k = layerNorm(random(1)); // the same content: what does distance alone do to the score?
        double[] near = new double[FARTHEST + 1];
        double[] far = new double[FARTHEST + 1];
        double spread = 0;
        for (int distance = 0; distance <= FARTHEST; distance++) {
            near[distance] = score(rotate(q, distance), rotate(k, 0));
            far[distance] = score(rotate(q, 1000 + distance), rotate(k, 1000));
            spread = Math.max(spread, Math.abs(near[distance] - far[distance]));
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("largest_change_of_a_score_when_both_move_by_1000", spread);
        figures.put("score_at_distance_0", near[0]);
        figures.put("mean_score_beyond_48", Arrays.stream(near).skip(48).average().orElseThrow());
        figures.put("length_changed_by_turning", Math.abs(Math.sqrt(dot(rotate(q, 77), rotate(q, 77))) - Math.sqrt(dot(q, q))));
        figures.put("engine_against_plain_rope", ropeError(materials.backend()));
        double[] x = random(2);
        double[] y = rmsNorm(x);
        figures.put("rms_after_norm", Math.sqrt(dot(y, y) / DIM));
        figures.put("engine_against_plain_rmsnorm", rmsError(materials.backend(), x, y));
        double[] scales = IntStream.rangeClosed(0, 16).mapToDouble(i -> Math.pow(10, i / 8.0)).toArray();
        double[] plain = Arrays.stream(scales).map(s -> largestScore(s, false)).toArray();
        double[] normed = Arrays.stream(scales).map(s -> largestScore(s, true)).toArray();
        figures.put("largest_score_at_100_times_without_norm", plain[16]);
        figures.put("largest_score_at_100_times_with_norm", normed[16]);
        return new Lesson(draw(near, far, scales, plain, normed), figures);
    }

    // [rotate]
    /** A head [dim] at a position: pair (i, i + dim/2) turns by position · theta^(-2i/dim). */
    private static double[] rotate(double[] head, int position) {
        double[] out = new double[DIM];
        for (int i = 0; i < DIM / 2; i++) {
            double angle = position * Math.pow(THETA, -2.0 * i / DIM);   // i = 0: one radian a step; the last: a ten-thousandth or so
            out[i] = head[i] * Math.cos(angle) - head[i + DIM / 2] * Math.sin(angle);
            out[i + DIM / 2] = head[i + DIM / 2] * Math.cos(angle) + head[i] * Math.sin(angle);
        }
        return out;
    }
    // [end]

    // [norms]
    /** RMSNorm: length becomes sqrt(dim), direction stays. x [dim]. */
    private static double[] rmsNorm(double[] x) {
        double rms = Math.sqrt(dot(x, x) / DIM + EPS);
        return Arrays.stream(x).map(v -> v / rms).toArray();             // a learned weight [dim] follows in the engine
    }

    /** LayerNorm: the mean is taken out first. */
    private static double[] layerNorm(double[] x) {
        double mean = Arrays.stream(x).average().orElseThrow();
        return rmsNorm(Arrays.stream(x).map(v -> v - mean).toArray());   // a learned weight and bias follow
    }
    // [end]

    private static double score(double[] q, double[] k) {
        return dot(q, k) / Math.sqrt(DIM);
    }

    private static double dot(double[] a, double[] b) {
        return IntStream.range(0, DIM).mapToDouble(i -> a[i] * b[i]).sum();
    }

    /** The largest of some scores when queries and keys are made {@code scale} times as large. */
    private static double largestScore(double scale, boolean norm) {
        double largest = 0;
        for (int i = 0; i < 16; i++) {
            double[] q = Arrays.stream(random(10 + i)).map(v -> v * scale).toArray();
            double[] k = Arrays.stream(random(40 + i)).map(v -> v * scale).toArray();
            largest = Math.max(largest, Math.abs(norm ? score(layerNorm(q), layerNorm(k)) : score(q, k)));
        }
        return largest;
    }

    /** Largest deviation of the engine from {@link #layerNorm} and {@link #rotate} over some positions. */
    private static double ropeError(Backend backend) {
        int[] positions = {0, 1, 7, 500};
        float[] heads = new float[positions.length * DIM];
        for (int p = 0; p < positions.length; p++) {
            System.arraycopy(floats(random(p)), 0, heads, p * DIM, DIM);
        }
        try (MemoryScope scope = backend.openScope("chapter 6")) {
            float[] ones = new float[DIM];
            Arrays.fill(ones, 1);
            // [engine]
            float[] out = new Ops(backend, scope).qkNormRope(new QkNormRopeSpec(EPS, (float) THETA),
                    scope.of(heads, 1, positions.length, 1, DIM),                        // [batch, seq, heads, headDim]
                    scope.of(ones, 1, DIM), scope.of(new float[DIM], 1, DIM),            // weight and bias [groups, headDim]
                    scope.of(positions, 1, positions.length)).toFloatArray();            // positions [batch, seq]
            // [end]
            double worst = 0;
            for (int p = 0; p < positions.length; p++) {
                double[] expected = rotate(layerNorm(random(p)), positions[p]);
                for (int i = 0; i < DIM; i++) {
                    worst = Math.max(worst, Math.abs(out[p * DIM + i] - expected[i]));
                }
            }
            return worst;
        }
    }

    private static double rmsError(Backend backend, double[] x, double[] expected) {
        try (MemoryScope scope = backend.openScope("chapter 6")) {
            float[] ones = new float[DIM];
            Arrays.fill(ones, 1);
            float[] out = new Ops(backend, scope).rmsNorm(scope.of(floats(x), 1, DIM), scope.of(ones, DIM), EPS).toFloatArray();
            return IntStream.range(0, DIM).mapToDouble(i -> Math.abs(out[i] - expected[i])).max().orElseThrow();
        }
    }

    private static double[] random(int stream) {
        return IntStream.range(0, DIM).mapToDouble(i -> Philox.normal(6, stream, i)).toArray();
    }

    private static float[] floats(double[] values) {
        float[] out = new float[values.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) values[i];
        }
        return out;
    }

    private static BufferedImage draw(double[] near, double[] far, double[] scales, double[] plain, double[] normed) {
        Drawing sheet = new Drawing(1000, 900, "Positions turn, norms measure", "a head of 32 numbers is 16 pairs, each a hand of a clock of its own speed");
        int[] pairs = {0, 2, 4, 8};
        for (int c = 0; c < pairs.length; c++) {
            int x = 130 + c * 245;
            int y = Drawing.HEAD + 150;
            double speed = Math.pow(THETA, -2.0 * pairs[c] / DIM);
            sheet.ring(x, y, 84, Palette.FAINT).boldCentred(x, y - 112, String.format(Locale.ROOT, "pair %d: %.4f radians a step", pairs[c], speed));
            for (int position = 0; position <= 7; position++) {
                double angle = position * speed;
                Color colour = Palette.heat(position / 8.0);
                int px = x + (int) Math.round(84 * Math.cos(angle));
                int py = y - (int) Math.round(84 * Math.sin(angle));
                sheet.line(x, y, px, py, colour, 2).dot(px, py, 5, colour);
                if (c == 0 || position == 0 || c < 3 && position == 7) {
                    sheet.centred(x + (int) (102 * Math.cos(angle)), y + 5 - (int) (102 * Math.sin(angle)), "" + position);
                }
            }
        }
        sheet.text(Drawing.MARGIN, Drawing.HEAD + 280, "positions 0 to 7, dark to bright: the first pairs tell neighbours apart, the last ones hardly move within a picture");
        double[] distances = IntStream.range(0, near.length).asDoubleStream().toArray();
        Map<String, double[][]> curves = new LinkedHashMap<>();
        curves.put("key at position 0", new double[][] {distances, near});
        double[][] sparse = new double[2][near.length / 6 + 1];
        for (int i = 0; i < sparse[0].length; i++) {
            sparse[0][i] = 6.0 * i;
            sparse[1][i] = far[6 * i];
        }
        curves.put("key at position 1000 (each sixth)", sparse);
        sheet.image(Charts.lines(new Charts.Frame(500, 480, "Score of equal content by distance", "query position - key position", "score"),
                curves, true), 5, Drawing.HEAD + 310);
        Map<String, double[][]> sizes = new LinkedHashMap<>();
        sizes.put("as they are", new double[][] {scales, plain});
        sizes.put("behind a norm (QK-norm)", new double[][] {scales, normed});
        sheet.image(Charts.lines(new Charts.Frame(490, 480, "Largest score when activations grow", "times as large", "score", true, true),
                sizes, true), 505, Drawing.HEAD + 310);
        return sheet.image();
    }
}
