package org.xprompt4j.xprompt.cli;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import org.xprompt4j.tensor.op.AttentionMask;
import org.xprompt4j.xprompt.prompt.Segment;
import org.xprompt4j.xprompt.prompt.SegmentKind;

/** Draws a mask: pairs that attend in the colour of the segment looked at, the grid of tiles over them, a legend below. */
final class MaskPicture {
    private static final int SIDE = 860; // pixels of the square, about; a token is a whole number of pixels where it fits
    private static final int LEFT = 78;
    private static final int TOP = 78;
    private static final int RIGHT = 30;
    private static final int LEGEND = 132;
    private static final Color BACKGROUND = Color.WHITE;
    private static final Color BLIND = new Color(0xF1F1F1);
    private static final Color SKIPPED = new Color(0xC62828);
    private static final Color INK = new Color(0x202020);

    private final AttentionMask mask;
    private final List<Segment> segments;
    private final int tile;
    private final double scale; // pixels per token
    private final int side; // pixels of the square
    private final BufferedImage image;
    private final Graphics2D g;

    private MaskPicture(AttentionMask mask, List<Segment> segments, int tile) {
        this.mask = mask;
        this.segments = segments;
        this.tile = tile;
        int n = mask.keys();
        this.scale = n <= SIDE ? SIDE / n : (double) SIDE / n;
        this.side = (int) Math.round(scale * n);
        this.image = new BufferedImage(LEFT + Math.max(side, 700) + RIGHT, TOP + side + LEGEND, BufferedImage.TYPE_INT_RGB);
        this.g = image.createGraphics();
    }

    static BufferedImage draw(AttentionMask mask, List<Segment> segments, int tile, MaskTiles tiles) {
        MaskPicture picture = new MaskPicture(mask, segments, tile);
        picture.g.setColor(BACKGROUND);
        picture.g.fillRect(0, 0, picture.image.getWidth(), picture.image.getHeight());
        picture.pairs();
        picture.g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        picture.g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        picture.grid();
        picture.axes();
        picture.legend(tiles);
        picture.g.dispose();
        return picture.image;
    }

    private static Color colour(SegmentKind kind) {
        return switch (kind) {
            case IE -> new Color(0x4C78A8);
            case XP -> new Color(0xF58518);
            case TD -> new Color(0x54A24B);
        };
    }

    /** One pixel of the square shows the pair of tokens at its middle. */
    private void pairs() {
        int n = mask.keys();
        Color[] ofKey = new Color[n];
        int at = 0;
        for (Segment segment : segments) {
            for (int i = 0; i < segment.length(); i++) {
                ofKey[at++] = colour(segment.kind());
            }
        }
        for (int y = 0; y < side; y++) {
            int query = Math.min(n - 1, (int) ((y + 0.5) / scale));
            for (int x = 0; x < side; x++) {
                int key = Math.min(n - 1, (int) ((x + 0.5) / scale));
                Color shown = mask.allows(query, key) ? ofKey[key] : key <= query ? BLIND : BACKGROUND;
                boolean border = scale >= 8 && ((int) (x % scale) == 0 || (int) (y % scale) == 0);
                image.setRGB(LEFT + x, TOP + y, border && key <= query ? BACKGROUND.getRGB() : shown.getRGB());
            }
        }
    }

    /** Lines of the tile grid below the diagonal; a cross over each tile that only the X-Prompt rule skips, a dot in a partial one. */
    private void grid() {
        int n = mask.keys();
        double pixels = tile * scale;
        if (pixels < 4) {
            return; // finer than the eye
        }
        g.setStroke(new BasicStroke(1));
        for (int q = 0; q * tile < n; q++) {
            MaskTiles.Work[] row = MaskTiles.row(mask, tile, q);
            for (int k = 0; k < row.length; k++) {
                int x = px(k * tile);
                int y = px(q * tile);
                int w = px(Math.min(n, (k + 1) * tile)) - x;
                int h = px(Math.min(n, (q + 1) * tile)) - y;
                switch (row[k]) {
                    case ABOVE -> {
                    }
                    case SKIPPED -> {
                        g.setColor(SKIPPED);
                        g.drawLine(LEFT + x + 2, TOP + y + 2, LEFT + x + w - 2, TOP + y + h - 2);
                        g.drawLine(LEFT + x + 2, TOP + y + h - 2, LEFT + x + w - 2, TOP + y + 2);
                        outline(x, y, w, h);
                    }
                    case PARTIAL -> {
                        outline(x, y, w, h);
                        dot(LEFT + x + w / 2, TOP + y + h / 2, (int) Math.clamp(pixels / 5, 3, 12));
                    }
                    case FULL -> outline(x, y, w, h);
                }
            }
        }
    }

    private void outline(int x, int y, int w, int h) {
        g.setColor(new Color(0, 0, 0, 110));
        g.drawRect(LEFT + x, TOP + y, w, h);
    }

    private void dot(int x, int y, int size) {
        g.setColor(BACKGROUND);
        g.fillOval(x - size / 2 - 1, y - size / 2 - 1, size + 2, size + 2);
        g.setColor(INK);
        g.fillOval(x - size / 2, y - size / 2, size, size);
    }

    /** Bars with the names of the segments along both axes, and lines where segments meet. */
    private void axes() {
        g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 14));
        int start = 0;
        for (Segment segment : segments) {
            int from = px(start);
            int to = px(start + segment.length());
            start += segment.length();
            if (to == from) {
                continue;
            }
            g.setColor(colour(segment.kind()));
            g.fillRect(LEFT + from, TOP - 16, to - from, 12);
            g.fillRect(LEFT - 16, TOP + from, 12, to - from);
            g.setColor(INK);
            g.drawLine(LEFT + from, TOP - 16, LEFT + from, TOP - 4);
            g.drawLine(LEFT - 16, TOP + from, LEFT - 4, TOP + from);
            String label = segment.kind() + " " + segment.length();
            FontMetrics metrics = g.getFontMetrics();
            boolean fits = metrics.stringWidth(label) + 2 <= to - from;
            String shown = fits ? label : metrics.stringWidth(segment.kind().name()) + 2 <= to - from ? segment.kind().name() : "";
            centred(shown, LEFT + (from + to) / 2, TOP - 22, false);
            centred(shown, LEFT - 22, TOP + (from + to) / 2, true);
        }
        g.setColor(INK);
        centred("looked at (keys)", LEFT + side / 2, TOP - 46, false);
        centred("looking (queries)", LEFT - 46, TOP + side / 2, true);
        g.drawRect(LEFT, TOP, side, side);
    }

    private void centred(String text, int x, int y, boolean upwards) {
        int width = g.getFontMetrics().stringWidth(text);
        if (upwards) {
            g.rotate(-Math.PI / 2, x, y);
            g.drawString(text, x - width / 2, y);
            g.rotate(Math.PI / 2, x, y);
        } else {
            g.drawString(text, x - width / 2, y);
        }
    }

    private void legend(MaskTiles tiles) {
        int y = TOP + side + 30;
        int x = LEFT;
        for (SegmentKind kind : SegmentKind.values()) {
            x = swatch(x, y, colour(kind), "attends to " + kind);
        }
        swatch(x, y, BLIND, "blind, though earlier");
        y += 30;
        x = LEFT;
        x = sample(x, y, MaskTiles.Work.FULL, String.format(Locale.ROOT, "full tile: %,d", tiles.full()));
        x = sample(x, y, MaskTiles.Work.PARTIAL, String.format(Locale.ROOT, "partial: %,d", tiles.partial()));
        sample(x, y, MaskTiles.Work.SKIPPED, String.format(Locale.ROOT, "skipped: %,d   (tiles of %d x %d)", tiles.skipped(), tile, tile));
        g.setColor(INK);
        g.drawString(String.format(Locale.ROOT, "%,d of %,d causal pairs attend; %.1f %% of the work of attention is saved",
                mask.visiblePairs(), tiles.causalPairs(), 100 * tiles.saved()), LEFT, y + 32);
    }

    private int swatch(int x, int y, Color colour, String text) {
        g.setColor(colour);
        g.fillRect(x, y - 13, 16, 16);
        return label(x, y, text);
    }

    private int sample(int x, int y, MaskTiles.Work work, String text) {
        g.setColor(work == MaskTiles.Work.SKIPPED ? SKIPPED : INK);
        if (work == MaskTiles.Work.SKIPPED) {
            g.drawLine(x + 2, y - 11, x + 14, y + 1);
            g.drawLine(x + 2, y + 1, x + 14, y - 11);
        } else if (work == MaskTiles.Work.PARTIAL) {
            dot(x + 8, y - 5, 6);
        }
        g.setColor(INK);
        g.drawRect(x, y - 13, 16, 16);
        return label(x, y, text);
    }

    private int label(int x, int y, String text) {
        g.setColor(INK);
        g.drawString(text, x + 24, y);
        return x + 24 + g.getFontMetrics().stringWidth(text) + 26;
    }

    /** First pixel of a token. */
    private int px(int token) {
        return (int) Math.round(token * scale);
    }
}
