package org.xprompt4j.xprompt.explain;

import java.awt.image.BufferedImage;
import java.util.Locale;
import java.util.stream.IntStream;
import org.xprompt4j.xprompt.picture.Drawing;
import org.xprompt4j.xprompt.picture.Palette;
import org.xprompt4j.xprompt.picture.Picture;

/** Draws how one token of the answer attends to the photo, layer by layer and head by head. */
public final class AttentionSheet {
    private static final int MOST = 8; // layers and heads on a sheet; larger models show as many, evenly spread

    private static final double LEAST = 0.01; // a map whose most is less stays dark

    private AttentionSheet() {
    }

    /**
     * What the sheet shows.
     *
     * @param seen   attention of one token
     * @param photo  the query picture, as the model saw it
     * @param answer what the model drew
     * @param from   sequence index of the photo's first code
     * @param codes  of the photo
     * @param at     which code of the answer is about to be drawn
     */
    public record Subject(AttentionStudy.Seen seen, Picture photo, Picture answer, int from, int codes, int at) {
    }

    /** Evenly spread choices out of n, first and last among them. */
    static int[] chosen(int n) {
        int count = Math.min(n, MOST);
        return IntStream.range(0, count).map(i -> count == 1 ? 0 : Math.round((float) i * (n - 1) / (count - 1))).toArray();
    }

    /** The sheet of one photograph. */
    public static BufferedImage draw(Subject subject) {
        int[] layers = chosen(subject.seen.layers());
        int[] heads = chosen(subject.seen.heads());
        int side = heads.length > 6 ? 96 : 128;
        int gap = 14;
        int columns = (int) Math.round(Math.sqrt(subject.codes));
        int left = 330;
        Drawing sheet = new Drawing(left + heads.length * (side + gap) + Drawing.MARGIN, Math.max(Drawing.HEAD + 40 + layers.length * (side + 36), 640) + 50,
                "Where the model looks while it draws one code",
                String.format(Locale.ROOT, "code %d of the answer (column %d, row %d); each map is one head of one layer over the photo, on its own scale", subject.at,
                        subject.at % columns, subject.at / columns));
        place(sheet, "the photo", subject.photo, subject, columns, Drawing.HEAD + 30);
        place(sheet, "the answer", subject.answer, subject, columns, Drawing.HEAD + 310);
        sheet.small(Drawing.MARGIN, Drawing.HEAD + 578, "square: the place that is being drawn");
        for (int c = 0; c < heads.length; c++) {
            sheet.boldCentred(left + c * (side + gap) + side / 2, Drawing.HEAD + 22, "head " + heads[c]);
        }
        for (int r = 0; r < layers.length; r++) {
            int y = Drawing.HEAD + 30 + r * (side + 36);
            sheet.right(left - 8, y + side / 2, "layer " + layers[r]);
            for (int c = 0; c < heads.length; c++) {
                double[] map = subject.seen.to(layers[r], heads[c], 0, subject.from, subject.codes);
                double[][] square = AttentionOverlay.square(map);
                int x = left + c * (side + gap);
                sheet.picture(AttentionOverlay.shown(AttentionOverlay.draw(subject.photo, square, Math.max(LEAST, AttentionOverlay.max(square))), side), x, y, 1);
                sheet.small(x, y + side + 14, String.format(Locale.ROOT, "%.0f %%, most %.0f %%", 100 * AttentionStudy.sum(map), 100 * AttentionOverlay.max(square)));
            }
        }
        int y = Drawing.HEAD + 40 + layers.length * (side + 36);
        sheet.small(left, y + 11, "attention, square root:").heatScale(left + 160, y, "most, at least 1 %");
        sheet.small(left + 350, y + 11, "below a map: share of all attention that goes to the photo,");
        sheet.small(left + 350, y + 27, "and the most that one of its codes gets");
        return sheet.image();
    }

    private static void place(Drawing sheet, String name, Picture picture, Subject subject, int columns, int y) {
        Picture shown = AttentionOverlay.shown(picture, 224);
        int cell = shown.width() / columns;
        sheet.bold(Drawing.MARGIN, y - 8, name).picture(shown, Drawing.MARGIN, y, 1);
        sheet.frame(Drawing.MARGIN + subject.at % columns * cell - 2, y + subject.at / columns * cell - 2, cell + 3, cell + 3, Palette.VERMILION, 3);
    }
}
