package org.xprompt4j.xprompt.explain;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import org.xprompt4j.xprompt.picture.Drawing;
import org.xprompt4j.xprompt.picture.Palette;
import org.xprompt4j.xprompt.picture.Picture;

/** Draws a {@link CodeStudy}: the codebook with the codes in use, the picture, its map of codes, and what comes back at several sizes. */
public final class CodeSheet {
    private static final int SIDE = 256;
    private static final int SMALL = 160;

    private CodeSheet() {
    }

    /**
     * Draws a sheet.
     *
     * @param coded   the picture
     * @param levels  the same picture tokenized at several sizes, coarse to fine, each brought back to the largest size; may be empty
     * @param entries what each code looks like
     * @param use     counts over the codebook, of this picture or of more
     */
    public static BufferedImage draw(CodeStudy.Coded coded, List<CodeStudy.Coded> levels, List<Picture> entries, int[] use) {
        int[] order = CodeStudy.byBrightness(entries);
        int columns = (int) Math.ceil(Math.sqrt(order.length));
        int book = 560;
        int cell = Math.max(2, book / columns);
        int rows = Math.ceilDiv(order.length, columns);
        int levelsTop = Drawing.HEAD + Math.max(rows * cell, 2 * SIDE + 90) + 40;
        Drawing sheet = new Drawing(Math.max(1000, columns * cell + SIDE + 150), levelsTop + (levels.isEmpty() ? 0 : SMALL + 90), "A picture as codes",
                String.format(Locale.ROOT, "%d x %d codes out of %d; %d different ones; %.1f dB come back", coded.columns(),
                        coded.codes().length / coded.columns(), order.length, coded.distinct(), coded.psnr()));
        book(sheet, entries, order, use, columns, cell);
        int x = Drawing.MARGIN + columns * cell + 60;
        int y = Drawing.HEAD + 20;
        sheet.bold(x, y - 8, "the picture").picture(AttentionOverlay.shown(coded.picture(), SIDE), x, y, 1);
        y += SIDE + 46;
        sheet.bold(x, y - 8, String.format(Locale.ROOT, "what comes back: %.1f dB", coded.psnr()))
                .picture(AttentionOverlay.shown(coded.reconstruction(), SIDE), x, y, 1);
        for (int i = 0; i < levels.size(); i++) {
            CodeStudy.Coded level = levels.get(i);
            int at = Drawing.MARGIN + i * (SMALL + 32);
            sheet.bold(at, levelsTop, String.format(Locale.ROOT, "%d codes", level.codes().length));
            sheet.picture(AttentionOverlay.shown(level.reconstruction(), SMALL), at, levelsTop + 12, 1);
            sheet.text(at, levelsTop + SMALL + 32, String.format(Locale.ROOT, "%d x %d pixels: %.1f dB", level.picture().width(), level.picture().height(), level.psnr()));
        }
        return sheet.image();
    }

    /** Every entry from dark to light; those in use are framed, the more often the brighter. */
    private static void book(Drawing sheet, List<Picture> entries, int[] order, int[] use, int columns, int cell) {
        int most = 1;
        int used = 0;
        for (int count : use) {
            most = Math.max(most, count);
            used += count > 0 ? 1 : 0;
        }
        int top = Drawing.HEAD + 20;
        sheet.bold(Drawing.MARGIN, top - 8, String.format(Locale.ROOT, "the codebook, dark to light; framed: the %d in use", used));
        for (int i = 0; i < order.length; i++) {
            int x = Drawing.MARGIN + i % columns * cell;
            int y = top + i / columns * cell;
            sheet.picture(AttentionOverlay.shown(entries.get(order[i]), cell), x, y, 1);
            if (use[order[i]] > 0) {
                sheet.frame(x, y, cell - 2, cell - 2, Palette.heat(0.35 + 0.65 * Math.log(use[order[i]]) / Math.max(1e-9, Math.log(most))), 2);
            }
        }
        int y = top + Math.ceilDiv(order.length, columns) * cell + 22;
        sheet.small(Drawing.MARGIN, y, "a frame's colour: used once (blue-green) to " + most + " times (yellow)");
    }
}
