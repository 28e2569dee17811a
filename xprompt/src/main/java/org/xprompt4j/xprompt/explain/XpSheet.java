package org.xprompt4j.xprompt.explain;

import java.awt.image.BufferedImage;
import java.util.Locale;
import org.xprompt4j.xprompt.picture.Drawing;
import org.xprompt4j.xprompt.picture.Picture;

/** Draws an {@link XpStudy.Study}: the example and the answers above, then what each token looked at and the answer without it. */
public final class XpSheet {
    private static final int SIDE = 128;
    private static final int GAP = 10;
    private static final int COLUMNS = 2;
    private static final int CELL = 3 * SIDE + 2 * GAP + 78;
    private static final int ROW = SIDE + 56;

    private static final int KEPT = SIDE + 90;

    private XpSheet() {
    }

    /** The sheet of a study. */
    public static BufferedImage draw(XpStudy.Study study) {
        int tokens = study.without().size();
        int top = Drawing.HEAD + SIDE + 110;
        Drawing sheet = new Drawing(2 * Drawing.MARGIN + COLUMNS * CELL, top + Math.ceilDiv(tokens, COLUMNS) * ROW + 74 + KEPT, "What each X-Prompt token keeps of the example",
                "each token: its attention over the example's two pictures (mean of all layers and heads), and the answer drawn without it");
        Picture[] pictures = {study.example().input(), study.example().output(), study.query(), study.whole().picture(), study.none().picture()};
        String[] names = {"example: before", "example: after", "the photo", "answer, all tokens", "answer, no example"};
        for (int i = 0; i < pictures.length; i++) {
            int x = Drawing.MARGIN + i * (SIDE + 54);
            sheet.bold(x, Drawing.HEAD + 14, names[i]).picture(AttentionOverlay.shown(pictures[i], SIDE), x, Drawing.HEAD + 22, 1);
        }
        sheet.small(Drawing.MARGIN + 3 * (SIDE + 54), Drawing.HEAD + SIDE + 40, String.format(Locale.ROOT, "%.2f nats", study.whole().nats()));
        sheet.small(Drawing.MARGIN + 4 * (SIDE + 54), Drawing.HEAD + SIDE + 40, String.format(Locale.ROOT, "%.2f nats, %.1f dB", study.none().nats(), study.none().psnr()));
        for (int token = 0; token < tokens; token++) {
            int x = Drawing.MARGIN + token % COLUMNS * CELL;
            int y = top + token / COLUMNS * ROW;
            sheet.bold(x, y + 14, "XP " + token);
            double[] in = study.toInput()[token];
            double[] out = study.toOutput()[token];
            double own = Math.max(AttentionOverlay.max(new double[][] {in}), AttentionOverlay.max(new double[][] {out}));
            int at = x + 56;
            sheet.picture(AttentionOverlay.shown(AttentionOverlay.draw(study.example().input(), AttentionOverlay.square(in), own), SIDE), at, y, 1);
            sheet.picture(AttentionOverlay.shown(AttentionOverlay.draw(study.example().output(), AttentionOverlay.square(out), own), SIDE), at + SIDE + GAP, y, 1);
            sheet.picture(AttentionOverlay.shown(study.without().get(token).picture(), SIDE), at + 2 * (SIDE + GAP), y, 1);
            sheet.small(at, y + SIDE + 15, String.format(Locale.ROOT, "looks: before %.0f %%", 100 * AttentionStudy.sum(in)));
            sheet.small(at + SIDE + GAP, y + SIDE + 15, String.format(Locale.ROOT, "after %.0f %%", 100 * AttentionStudy.sum(out)));
            sheet.small(at + 2 * (SIDE + GAP), y + SIDE + 15, String.format(Locale.ROOT, "without: %+.2f nats", study.loss(token)));
            sheet.small(at + 2 * (SIDE + GAP), y + SIDE + 30, String.format(Locale.ROOT, "%.1f dB to the whole", study.without().get(token).psnr()));
        }
        int y = top + Math.ceilDiv(tokens, COLUMNS) * ROW + 20;
        for (int i = 0; i < Math.min(6, study.kept().size()); i++) {
            XpStudy.Answer kept = study.kept().get(i);
            int x = Drawing.MARGIN + i * (SIDE + 54);
            sheet.bold(x, y, study.counts().get(i) == 1 ? "one token kept" : study.counts().get(i) + " tokens kept");
            sheet.picture(AttentionOverlay.shown(kept.picture(), SIDE), x, y + 10, 1);
            sheet.small(x, y + SIDE + 25, String.format(Locale.ROOT, "%+.2f nats", kept.nats() - study.whole().nats()));
            sheet.small(x, y + SIDE + 40, String.format(Locale.ROOT, "%.1f dB to the whole", kept.psnr()));
        }
        y += KEPT;
        sheet.small(Drawing.MARGIN, y + 11, "attention (square root), each token's own scale:").heatScale(Drawing.MARGIN + 340, y, "its most");
        sheet.small(Drawing.MARGIN, y + 42, "nats: how hard the first row of the answer with all tokens is to guess, per code; dB: likeness to that answer (54: the same picture)");
        return sheet.image();
    }
}
