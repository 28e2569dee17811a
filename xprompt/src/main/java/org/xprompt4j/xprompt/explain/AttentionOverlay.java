package org.xprompt4j.xprompt.explain;

import java.awt.Color;
import org.xprompt4j.xprompt.picture.AreaShrink;
import org.xprompt4j.xprompt.picture.Palette;
import org.xprompt4j.xprompt.picture.Picture;

/**
 * Attention laid over the picture that is looked at: the picture grey and dim, what is looked at in colours from dark to
 * bright yellow. Colours follow the square root of the amount: attention is often one peak, and the rest is worth seeing.
 */
public final class AttentionOverlay {
    private static final double DIM = 0.75;

    private AttentionOverlay() {
    }

    /**
     * A picture with a map over it.
     *
     * @param picture square or not; its sides are multiples of the map's
     * @param map     [rows][columns] amounts
     * @param max     the amount that is brightest
     */
    public static Picture draw(Picture picture, double[][] map, double max) {
        int cellWidth = picture.width() / map[0].length;
        int cellHeight = picture.height() / map.length;
        byte[] rgb = new byte[3 * picture.width() * picture.height()];
        for (int y = 0; y < picture.height(); y++) {
            for (int x = 0; x < picture.width(); x++) {
                double amount = Math.sqrt(Math.clamp(map[y / cellHeight][x / cellWidth] / max, 0.0, 1.0));
                double grey = DIM * (0.299 * picture.at(x, y, 0) + 0.587 * picture.at(x, y, 1) + 0.114 * picture.at(x, y, 2));
                double share = amount == 0 ? 0 : 0.15 + 0.75 * amount;
                Color colour = Palette.heat(amount);
                int at = 3 * (y * picture.width() + x);
                rgb[at] = (byte) Math.round(grey + (colour.getRed() - grey) * share);
                rgb[at + 1] = (byte) Math.round(grey + (colour.getGreen() - grey) * share);
                rgb[at + 2] = (byte) Math.round(grey + (colour.getBlue() - grey) * share);
            }
        }
        return new Picture(picture.width(), picture.height(), rgb);
    }

    /** The picture at about {@code side} pixels: magnified by a whole factor, or shrunk. */
    public static Picture shown(Picture picture, int side) {
        int factor = side / Math.max(picture.width(), picture.height());
        if (factor < 1) {
            double scale = (double) side / Math.max(picture.width(), picture.height());
            return AreaShrink.resize(picture, (int) Math.max(1, Math.round(picture.width() * scale)), (int) Math.max(1, Math.round(picture.height() * scale)));
        }
        byte[] rgb = new byte[3 * picture.width() * factor * picture.height() * factor];
        int width = picture.width() * factor;
        for (int i = 0; i < rgb.length / 3; i++) {
            int from = 3 * (i / width / factor * picture.width() + i % width / factor);
            System.arraycopy(picture.rgb(), from, rgb, 3 * i, 3);
        }
        return new Picture(width, picture.height() * factor, rgb);
    }

    /** A run of amounts as rows of a square map. */
    static double[][] square(double[] amounts) {
        int side = (int) Math.round(Math.sqrt(amounts.length));
        double[][] map = new double[side][side];
        for (int i = 0; i < side * side; i++) {
            map[i / side][i % side] = amounts[i];
        }
        return map;
    }

    /** The largest amount of a map, or 1 where all are 0. */
    static double max(double[][] map) {
        double max = 0;
        for (double[] row : map) {
            for (double amount : row) {
                max = Math.max(max, amount);
            }
        }
        return max == 0 ? 1 : max;
    }
}
