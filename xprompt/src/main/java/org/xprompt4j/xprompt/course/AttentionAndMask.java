package org.xprompt4j.xprompt.course;

import java.awt.image.BufferedImage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.op.AttentionMask;
import org.xprompt4j.tensor.op.AttentionSpec;
import org.xprompt4j.xprompt.picture.Drawing;
import org.xprompt4j.xprompt.picture.Palette;
import org.xprompt4j.xprompt.prompt.Segment;
import org.xprompt4j.xprompt.prompt.SegmentKind;
import org.xprompt4j.xprompt.prompt.XPromptMask;

/** Chapter 5: attention is a weighted mean of what may be looked at; the mask of X-Prompt makes a bottleneck of it. */
final class AttentionAndMask implements Chapter {
    private static final List<Segment> SEGMENTS = List.of(new Segment(SegmentKind.IE, 8), new Segment(SegmentKind.XP, 3), new Segment(SegmentKind.TD, 7));
    private static final int SEQ = 18;
    private static final int DIM = 8;
    private static final int CELL = 22;

    @Override
    public String name() {
        return "05-attention-and-its-mask";
    }

    @Override
    public String idea() {
        return "attention is a weighted mean over what may be looked at; the mask decides what may";
    }

    @Override
    public Lesson run(Materials materials) {
        float[] q = random(1);
        float[] k = random(2);
        float[] v = random(3);
        AttentionMask causal = AttentionMask.causal(SEQ);
        AttentionMask xprompt = XPromptMask.of(SEGMENTS);
        double[][] open = new double[SEQ][];
        double[][] masked = new double[SEQ][];
        double worst = 0;
        double worstOnline = 0;
        float[] engine = engine(materials.backend(), xprompt, q, k, v);
        for (int i = 0; i < SEQ; i++) {
            open[i] = probabilities(causal, i, q, k);
            masked[i] = probabilities(xprompt, i, q, k);
            double[] direct = mean(masked[i], v);
            double[] online = online(xprompt, i, q, k, v);
            for (int c = 0; c < DIM; c++) {
                worst = Math.max(worst, Math.abs(direct[c] - engine[i * DIM + c]));
                worstOnline = Math.max(worstOnline, Math.abs(direct[c] - online[c]));
            }
        }
        // What the job sees when the example changes: nothing moves while the keys and values of XP stay.
        float[] otherK = k.clone();
        float[] otherV = v.clone();
        for (int i = 0; i < 8 * DIM; i++) {
            otherK[i] = -k[i];
            otherV[i] = 2 * v[i] + 1;
        }
        float[] changed = engine(materials.backend(), xprompt, q, otherK, otherV);
        double moved = 0;
        for (int i = 11 * DIM; i < SEQ * DIM; i++) {
            moved = Math.max(moved, Math.abs(changed[i] - engine[i]));
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("engine_against_plain_code", worst);
        figures.put("online_softmax_against_two_passes", worstOnline);
        figures.put("pairs_causal", causal.visiblePairs());
        figures.put("pairs_xprompt", xprompt.visiblePairs());
        figures.put("job_rows_moved_by_another_example", moved);
        figures.put("saved_in_a_demo_prompt", saved(517, 16, 518));
        return new Lesson(draw(open, masked, causal, xprompt), figures);
    }

    // [plain]
    /** How much query i looks at each key, [keys]: softmax of q·k / sqrt(dim) over what the mask allows. q, k [seq, dim]. */
    static double[] probabilities(AttentionMask mask, int i, float[] q, float[] k) {
        double[] p = new double[SEQ];
        double max = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < SEQ; j++) {
            p[j] = Double.NEGATIVE_INFINITY;                 // exp of it is 0: not looked at
            if (mask.allows(i, j)) {
                p[j] = 0;
                for (int c = 0; c < DIM; c++) {
                    p[j] += q[i * DIM + c] * k[j * DIM + c] / Math.sqrt(DIM);
                }
            }
            max = Math.max(max, p[j]);
        }
        double sum = 0;
        for (int j = 0; j < SEQ; j++) {
            p[j] = Math.exp(p[j] - max);                     // without "- max" a score of 100 would overflow float32
            sum += p[j];
        }
        for (int j = 0; j < SEQ; j++) {
            p[j] /= sum;
        }
        return p;
    }
    // [end]

    /** out [dim] = Σ_j p[j] v[j]. */
    private static double[] mean(double[] p, float[] v) {
        double[] out = new double[DIM];
        for (int j = 0; j < SEQ; j++) {
            for (int c = 0; c < DIM; c++) {
                out[c] += p[j] * v[j * DIM + c];
            }
        }
        return out;
    }

    // [online]
    /** The same in one pass that keeps no row of scores: when a larger score comes, what was summed so far is scaled down. */
    private static double[] online(AttentionMask mask, int i, float[] q, float[] k, float[] v) {
        double max = Double.NEGATIVE_INFINITY;
        double sum = 0;
        double[] out = new double[DIM];
        for (int j = 0; j < SEQ; j++) {
            if (mask.allows(i, j)) {
                double score = 0;
                for (int c = 0; c < DIM; c++) {
                    score += q[i * DIM + c] * k[j * DIM + c] / Math.sqrt(DIM);
                }
                double larger = Math.max(max, score);
                double shrink = Math.exp(max - larger);      // 0 at first, 1 while the maximum stays
                double weight = Math.exp(score - larger);
                sum = sum * shrink + weight;
                for (int c = 0; c < DIM; c++) {
                    out[c] = out[c] * shrink + weight * v[j * DIM + c];
                }
                max = larger;
            }
        }
        for (int c = 0; c < DIM; c++) {
            out[c] /= sum;
        }
        return out;
    }
    // [end]

    private static float[] engine(Backend backend, AttentionMask mask, float[] q, float[] k, float[] v) {
        try (MemoryScope scope = backend.openScope("chapter 5")) {
            return new Ops(backend, scope).attention(new AttentionSpec((float) (1 / Math.sqrt(DIM)), mask),
                    scope.of(q, 1, SEQ, 1, DIM), scope.of(k, 1, SEQ, 1, DIM), scope.of(v, 1, SEQ, 1, DIM)).toFloatArray(); // [batch, seq, heads, headDim]
        }
    }

    /** Share of the causal pairs that the mask leaves out. */
    private static double saved(int ie, int xp, int td) {
        AttentionMask mask = XPromptMask.of(List.of(new Segment(SegmentKind.IE, ie), new Segment(SegmentKind.XP, xp), new Segment(SegmentKind.TD, td)));
        long n = ie + xp + td;
        return 1 - mask.visiblePairs() / (n * (n + 1) / 2.0);
    }

    private static float[] random(int stream) {
        float[] out = new float[SEQ * DIM];
        for (int i = 0; i < out.length; i++) {
            out[i] = 1.4f * Philox.normal(5, stream, i);
        }
        return out;
    }

    private static BufferedImage draw(double[][] open, double[][] masked, AttentionMask causal, AttentionMask xprompt) {
        Drawing sheet = new Drawing(1000, 640, "Who looks at whom, and how much",
                "a row is a query, a column a key, a row sums to 1; grey: not allowed to look");
        map(sheet, 70, "causal: only backwards", open, causal);
        map(sheet, 555, "X-Prompt: and TD is blind to IE", masked, xprompt);
        sheet.text(70, 610, "attention").heatScale(150, 600, "1");
        int x = sheet.legend(400, 610, Palette.BLUE, "IE: the example");
        x = sheet.legend(x, 610, Palette.ORANGE, "XP: learned tokens");
        sheet.legend(x, 610, Palette.GREEN, "TD: the job");
        return sheet.image();
    }

    private static void map(Drawing sheet, int x, String title, double[][] probabilities, AttentionMask mask) {
        int y = Drawing.HEAD + 50;
        double[][] shown = new double[SEQ][SEQ];
        for (int i = 0; i < SEQ; i++) {
            for (int j = 0; j < SEQ; j++) {
                shown[i][j] = mask.allows(i, j) ? probabilities[i][j] : -1;
            }
        }
        sheet.bold(x, y - 24, String.format(Locale.ROOT, "%s (%d pairs)", title, mask.visiblePairs())).heat(shown, 1, x, y, CELL);
        int at = 0;
        for (Segment segment : SEGMENTS) {
            int from = at * CELL;
            int length = segment.length() * CELL;
            sheet.fill(x + from, y - 14, length - 2, 9, Palette.series(segment.kind().ordinal())).fill(x - 14, y + from, 9, length - 2,
                    Palette.series(segment.kind().ordinal()));
            sheet.centred(x + from + length / 2, y + SEQ * CELL + 18, segment.kind().name());
            sheet.right(x - 18, y + from + length / 2 + 5, segment.kind().name());
            at += segment.length();
            sheet.line(x + at * CELL - 1, y, x + at * CELL - 1, y + SEQ * CELL, Palette.PAPER, 2).line(x, y + at * CELL - 1, x + SEQ * CELL, y + at * CELL - 1,
                    Palette.PAPER, 2);
        }
    }
}
