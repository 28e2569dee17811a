package org.xprompt4j.xprompt.picture;

import java.util.Arrays;

/**
 * Shrinking by area: each new pixel is the mean of exactly the part of the picture that it covers, fractions of pixels included.
 * No ringing and no aliasing, and any size is possible; used for the photographs of the pack and for training crops.
 */
public final class AreaShrink {
    private AreaShrink() {}

    /** The picture so that its shorter side is at most {@code limit}; smaller pictures are returned as they are. */
    public static Picture toShorterSide(Picture picture, int limit) {
        int shorter = Math.min(picture.width(), picture.height());
        if (shorter <= limit) {
            return picture;
        }
        double scale = (double) limit / shorter;
        int width = Math.max(1, (int) Math.rint(picture.width() * scale));
        int height = Math.max(1, (int) Math.rint(picture.height() * scale));
        return resize(picture, width, height);
    }

    /** The picture at a size that is no larger in either direction. */
    public static Picture resize(Picture picture, int width, int height) {
        if (width < 1 || height < 1 || width > picture.width() || height > picture.height()) {
            throw new IllegalArgumentException("cannot shrink " + picture + " to " + width + " x " + height);
        }
        float[] columns = new float[3 * width * picture.height()];   // [picture.height, width, 3]
        byte[] in = picture.rgb();
        double stepX = (double) picture.width() / width;
        for (int y = 0; y < picture.height(); y++) {
            for (int x = 0; x < width; x++) {
                double from = x * stepX;
                double to = Math.min(from + stepX, picture.width());
                int o = 3 * (y * width + x);
                for (int sx = (int) from; sx < to; sx++) {
                    float share = (float) ((Math.min(to, sx + 1) - Math.max(from, sx)) / stepX);
                    int i = 3 * (y * picture.width() + sx);
                    columns[o] += share * (in[i] & 0xFF);
                    columns[o + 1] += share * (in[i + 1] & 0xFF);
                    columns[o + 2] += share * (in[i + 2] & 0xFF);
                }
            }
        }
        byte[] out = new byte[3 * width * height];
        double stepY = (double) picture.height() / height;
        float[] row = new float[3 * width];
        for (int y = 0; y < height; y++) {
            Arrays.fill(row, 0);
            double from = y * stepY;
            double to = Math.min(from + stepY, picture.height());
            for (int sy = (int) from; sy < to; sy++) {
                float share = (float) ((Math.min(to, sy + 1) - Math.max(from, sy)) / stepY);
                for (int i = 0; i < row.length; i++) {
                    row[i] += share * columns[sy * row.length + i];
                }
            }
            for (int i = 0; i < row.length; i++) {
                out[y * row.length + i] = (byte) Math.clamp(Math.round(row[i]), 0, 255);
            }
        }
        return new Picture(width, height, out);
    }
}
