package org.xprompt4j.xprompt.picture;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A labelled grid of pictures: a title, headings over the columns, a name (and a badge such as "novel") before each row, a caption
 * such as "23.1 dB" under each picture. Small pictures are magnified by a whole factor, so that their pixels stay square and sharp.
 * Drawn with Java2D; needs no display.
 */
public final class ContactSheet {
    private static final int LEAST_SHOWN = 120;
    private static final int GAP = 14;
    private static final int MARGIN = 28;
    private static final int CAPTION = 22;
    private static final int HEADING = 30;
    private static final Font TITLE_FONT = Lettering.bold(24);
    private static final Font NOTE_FONT = Lettering.plain(14);
    private static final Font HEADING_FONT = Lettering.bold(14);
    private static final Font ROW_FONT = Lettering.bold(16);
    private static final Font CAPTION_FONT = Lettering.plain(13);
    private static final Font BADGE_FONT = Lettering.bold(11);
    private static final Color PAPER = new Color(0xFCFCFA);
    private static final Color INK = new Color(0x1B1F24);
    private static final Color FAINT = new Color(0x6A737D);
    private static final Color RULE = new Color(0xE4E4DF);
    private static final Color BADGE = new Color(0xC2410C);

    /**
     * One place of the grid.
     *
     * @param picture null leaves the place empty
     * @param caption under the picture; may be empty
     */
    public record Cell(Picture picture, String caption) {}

    private record Row(String name, String note, String badge, List<Cell> cells) {}

    private final String title;
    private final String note;
    private final List<String> columns;
    private final List<Row> rows = new ArrayList<>();

    /**
     * @param title   over the sheet
     * @param note    a line under the title; may be empty
     * @param columns headings
     */
    public ContactSheet(String title, String note, List<String> columns) {
        this.title = title;
        this.note = note;
        this.columns = List.copyOf(columns);
    }

    /**
     * Adds a row.
     *
     * @param name  before the row
     * @param note  under the name, smaller; may be empty
     * @param badge in colour under both, such as "novel"; may be empty
     * @param cells one for each column
     */
    public ContactSheet row(String name, String note, String badge, List<Cell> cells) {
        if (cells.size() != columns.size()) {
            throw new IllegalArgumentException("row \"" + name + "\" has " + cells.size() + " pictures for " + columns.size() + " columns");
        }
        rows.add(new Row(name, note, badge, List.copyOf(cells)));
        return this;
    }

    /** Writes the sheet as a PNG file. */
    public void write(Path file) {
        PictureWriter.write(draw(), file);
    }

    /** The sheet. */
    public BufferedImage draw() {
        int[] widths = new int[columns.size()];
        int[] heights = new int[rows.size()];
        int names = 60;
        for (int c = 0; c < widths.length; c++) {
            widths[c] = LEAST_SHOWN;
        }
        for (int r = 0; r < heights.length; r++) {
            Row row = rows.get(r);
            heights[r] = 72;
            names = Math.max(names, Math.max(Lettering.width(row.name, ROW_FONT), Lettering.width(row.note, CAPTION_FONT)));
            for (int c = 0; c < widths.length; c++) {
                Picture picture = row.cells.get(c).picture;
                if (picture != null) {
                    widths[c] = Math.max(widths[c], picture.width() * factor(picture));
                    heights[r] = Math.max(heights[r], picture.height() * factor(picture));
                }
            }
        }
        int head = MARGIN + 34 + (note.isEmpty() ? 0 : 24) + HEADING;
        int left = MARGIN + names + GAP;
        int width = left + MARGIN - GAP;
        for (int w : widths) {
            width += w + GAP;
        }
        width = Math.max(width, 2 * MARGIN + Math.max(Lettering.width(title, TITLE_FONT), Lettering.width(note, NOTE_FONT)));
        int height = head + MARGIN;
        for (int h : heights) {
            height += h + CAPTION + GAP;
        }
        BufferedImage sheet = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = sheet.createGraphics();
        try {
            Lettering.smooth(g);
            g.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
            g.setColor(PAPER);
            g.fillRect(0, 0, width, height);
            drawHead(g, widths, left, head, width);
            int y = head;
            for (int r = 0; r < heights.length; r++) {
                drawRow(g, rows.get(r), widths, left, y, heights[r], names);
                y += heights[r] + CAPTION + GAP;
            }
        } finally {
            g.dispose();
        }
        return sheet;
    }

    private void drawHead(Graphics2D g, int[] widths, int left, int head, int width) {
        Lettering.left(g, title, TITLE_FONT, INK, MARGIN, MARGIN + 20, width - 2 * MARGIN);
        Lettering.left(g, note, NOTE_FONT, FAINT, MARGIN, MARGIN + 46, width - 2 * MARGIN);
        int x = left;
        for (int c = 0; c < widths.length; c++) {
            Lettering.centred(g, columns.get(c), HEADING_FONT, INK, x + widths[c] / 2, head - 14, widths[c] + GAP - 4);
            x += widths[c] + GAP;
        }
        g.setColor(RULE);
        g.fillRect(MARGIN, head - 7, width - 2 * MARGIN, 1);
    }

    private static void drawRow(Graphics2D g, Row row, int[] widths, int left, int y, int height, int names) {
        int baseline = y + height / 2 - (row.badge.isEmpty() ? 0 : 12);
        Lettering.left(g, row.name, ROW_FONT, INK, MARGIN, baseline, names);
        Lettering.left(g, row.note, CAPTION_FONT, FAINT, MARGIN, baseline + 19, names);
        if (!row.badge.isEmpty()) {
            int top = baseline + (row.note.isEmpty() ? 9 : 28);
            int width = Lettering.width(row.badge, BADGE_FONT) + 16;
            g.setColor(BADGE);
            g.fillRoundRect(MARGIN, top, width, 18, 18, 18);
            Lettering.centred(g, row.badge, BADGE_FONT, Color.WHITE, MARGIN + width / 2, top + 13, width);
        }
        int x = left;
        for (int c = 0; c < widths.length; c++) {
            Cell cell = row.cells.get(c);
            if (cell.picture != null) {
                int w = cell.picture.width() * factor(cell.picture);
                int h = cell.picture.height() * factor(cell.picture);
                g.drawImage(cell.picture.image(), x + (widths[c] - w) / 2, y + (height - h) / 2, w, h, null);
            }
            Lettering.centred(g, cell.caption, CAPTION_FONT, FAINT, x + widths[c] / 2, y + height + 15, widths[c] + GAP - 4);
            x += widths[c] + GAP;
        }
    }

    /** The smallest whole magnification that shows the shorter side at {@value #LEAST_SHOWN} pixels or more. */
    private static int factor(Picture picture) {
        return Math.max(1, Math.ceilDiv(LEAST_SHOWN, Math.min(picture.width(), picture.height())));
    }
}
