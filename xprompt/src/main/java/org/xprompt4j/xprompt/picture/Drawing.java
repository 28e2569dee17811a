package org.xprompt4j.xprompt.picture;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;

/**
 * A sheet with a title to draw explanations on: text, boxes, arrows, pictures magnified by whole factors, and maps of amounts.
 * Coordinates are pixels from the upper left corner. Drawn with Java2D; needs no display.
 */
public final class Drawing {
    /** Pixels that the title and the note under it take. */
    public static final int HEAD = 84;
    /** Pixels that are left free on each side of the sheet. */
    public static final int MARGIN = 28;
    private static final Font TITLE = Lettering.bold(22);
    private static final Font NOTE = Lettering.plain(14);
    private static final Font BOLD = Lettering.bold(14);
    private static final Font PLAIN = Lettering.plain(13);
    private static final Font SMALL = Lettering.plain(12);

    private final BufferedImage image;
    private final Graphics2D g;

    /** A sheet of this size; the note under the title may be empty. */
    public Drawing(int width, int height, String title, String note) {
        image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        g = image.createGraphics();
        Lettering.smooth(g);
        g.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
        g.setColor(Palette.PAPER);
        g.fillRect(0, 0, width, height);
        Lettering.left(g, title, TITLE, Palette.INK, MARGIN, 38, width - 2 * MARGIN);
        Lettering.left(g, note, NOTE, Palette.FAINT, MARGIN, 62, width - 2 * MARGIN);
    }

    /** The sheet. */
    public BufferedImage image() {
        return image;
    }

    /** A line of text from x on. */
    public Drawing text(int x, int baseline, String text) {
        Lettering.left(g, text, PLAIN, Palette.INK, x, baseline, image.getWidth() - x);
        return this;
    }

    /** A line of small, faint text from x on. */
    public Drawing small(int x, int baseline, String text) {
        Lettering.left(g, text, SMALL, Palette.FAINT, x, baseline, image.getWidth() - x);
        return this;
    }

    /** A heading from x on. */
    public Drawing bold(int x, int baseline, String text) {
        Lettering.left(g, text, BOLD, Palette.INK, x, baseline, image.getWidth() - x);
        return this;
    }

    /** A heading about a middle. */
    public Drawing boldCentred(int middle, int baseline, String text) {
        Lettering.centred(g, text, BOLD, Palette.INK, middle, baseline, image.getWidth());
        return this;
    }

    /** Text about a middle. */
    public Drawing centred(int middle, int baseline, String text) {
        return centred(middle, baseline, text, Palette.INK);
    }

    /** Text about a middle in a colour. */
    public Drawing centred(int middle, int baseline, String text, Color colour) {
        Lettering.centred(g, text, PLAIN, colour, middle, baseline, image.getWidth());
        return this;
    }

    /** Text that ends at x. */
    public Drawing right(int x, int baseline, String text) {
        Lettering.left(g, text, PLAIN, Palette.INK, x - Lettering.width(text, PLAIN), baseline, image.getWidth());
        return this;
    }

    /** A filled rectangle. */
    public Drawing fill(int x, int y, int width, int height, Color colour) {
        g.setColor(colour);
        g.fillRect(x, y, width, height);
        return this;
    }

    /** The border of a rectangle. */
    public Drawing frame(int x, int y, int width, int height, Color colour, int thickness) {
        g.setColor(colour);
        g.setStroke(new BasicStroke(thickness));
        g.drawRect(x, y, width, height);
        return this;
    }

    /** A rounded box with lines of text in its middle, the first one bold. */
    public Drawing box(int x, int y, int width, int height, Color fill, String... lines) {
        g.setColor(fill);
        g.fillRoundRect(x, y, width, height, 12, 12);
        g.setColor(Palette.INK);
        g.setStroke(new BasicStroke(1.2f));
        g.drawRoundRect(x, y, width, height, 12, 12);
        int baseline = y + height / 2 - (lines.length - 1) * 9 + 5;
        for (int i = 0; i < lines.length; i++) {
            Lettering.centred(g, lines[i], i == 0 ? BOLD : SMALL, Palette.INK, x + width / 2, baseline + 18 * i, width - 6);
        }
        return this;
    }

    /** A line. */
    public Drawing line(int x1, int y1, int x2, int y2, Color colour, float thickness) {
        g.setColor(colour);
        g.setStroke(new BasicStroke(thickness));
        g.drawLine(x1, y1, x2, y2);
        return this;
    }

    /** A line with a head at its end. */
    public Drawing arrow(int x1, int y1, int x2, int y2, Color colour) {
        line(x1, y1, x2, y2, colour, 1.6f);
        double angle = Math.atan2(y2 - y1, x2 - x1);
        int[] xs = {x2, (int) Math.round(x2 - 9 * Math.cos(angle - 0.4)), (int) Math.round(x2 - 9 * Math.cos(angle + 0.4))};
        int[] ys = {y2, (int) Math.round(y2 - 9 * Math.sin(angle - 0.4)), (int) Math.round(y2 - 9 * Math.sin(angle + 0.4))};
        g.fillPolygon(xs, ys, 3);
        return this;
    }

    /** A dot about a place. */
    public Drawing dot(int x, int y, int radius, Color colour) {
        g.setColor(colour);
        g.fillOval(x - radius, y - radius, 2 * radius, 2 * radius);
        return this;
    }

    /** A ring about a place. */
    public Drawing ring(int x, int y, int radius, Color colour) {
        g.setColor(colour);
        g.setStroke(new BasicStroke(1.2f));
        g.drawOval(x - radius, y - radius, 2 * radius, 2 * radius);
        return this;
    }

    /** A picture, every pixel a square of {@code factor} pixels. */
    public Drawing picture(Picture picture, int x, int y, int factor) {
        g.drawImage(picture.image(), x, y, picture.width() * factor, picture.height() * factor, null);
        return this;
    }

    /** What was drawn elsewhere, such as a chart. */
    public Drawing image(BufferedImage other, int x, int y) {
        g.drawImage(other, x, y, null);
        return this;
    }

    /** A map of amounts [rows][columns], each a square of {@code cell} pixels; {@code max} is the brightest. Negative amounts stay blank. */
    public Drawing heat(double[][] amounts, double max, int x, int y, int cell) {
        for (int row = 0; row < amounts.length; row++) {
            for (int column = 0; column < amounts[row].length; column++) {
                double amount = amounts[row][column];
                fill(x + column * cell, y + row * cell, cell, cell, amount < 0 ? Palette.RULE : Palette.heat(amount / max));
            }
        }
        return this;
    }

    /** The scale of a map: from 0 to what {@code most} says, 160 pixels wide. */
    public Drawing heatScale(int x, int y, String most) {
        for (int i = 0; i < 160; i++) {
            fill(x + i, y, 1, 12, Palette.heat(i / 159.0));
        }
        small(x, y + 26, "0");
        Lettering.left(g, most, SMALL, Palette.FAINT, x + 160 - Lettering.width(most, SMALL), y + 26, 160);
        return this;
    }

    /** A coloured square with a word beside it; returns where the next one may begin. */
    public int legend(int x, int baseline, Color colour, String text) {
        fill(x, baseline - 11, 13, 13, colour);
        text(x + 19, baseline, text);
        return x + 19 + Lettering.width(text, PLAIN) + 22;
    }
}
