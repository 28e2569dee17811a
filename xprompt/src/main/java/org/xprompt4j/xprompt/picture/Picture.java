package org.xprompt4j.xprompt.picture;

import java.awt.image.BufferedImage;
import java.util.Arrays;

/**
 * An 8-bit sRGB picture: what is read, shown to the tokenizer, compared and written. Immutable by convention: whoever is given
 * the array of {@link #rgb()} reads it and does not write to it.
 */
public final class Picture {
    private final int width;
    private final int height;
    private final byte[] rgb;   // [height, width, 3], unsigned

    /**
     * @param width  pixels per row, at least 1
     * @param height rows, at least 1
     * @param rgb    [height, width, 3] unsigned bytes, owned by the picture from now on
     */
    public Picture(int width, int height, byte[] rgb) {
        if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
            throw new IllegalArgumentException(rgb.length + " bytes do not make an RGB picture of " + width + " x " + height);
        }
        this.width = width;
        this.height = height;
        this.rgb = rgb;
    }

    /** A picture of one colour, given as 0xRRGGBB. */
    public static Picture filled(int width, int height, int colour) {
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < rgb.length; i += 3) {
            rgb[i] = (byte) (colour >> 16);
            rgb[i + 1] = (byte) (colour >> 8);
            rgb[i + 2] = (byte) colour;
        }
        return new Picture(width, height, rgb);
    }

    /**
     * The way out of the image tokenizer, exactly as Meta's: clamp to [-1, 1], (x + 1) / 2 * 255 in float32, truncate.
     *
     * @param chw [3, height, width] in about [-1, 1]
     */
    public static Picture ofSignedPlanes(float[] chw, int width, int height) {
        int plane = width * height;
        byte[] rgb = new byte[3 * plane];
        for (int c = 0; c < 3; c++) {
            for (int i = 0; i < plane; i++) {
                float x = Math.clamp(chw[c * plane + i], -1f, 1f);
                rgb[3 * i + c] = (byte) (int) ((x + 1f) / 2f * 255f);
            }
        }
        return new Picture(width, height, rgb);
    }

    /** The opaque pixels of an image in the JVM's default sRGB. */
    public static Picture of(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        byte[] rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
        int[] row = new int[width];
        for (int y = 0; y < height; y++) {
            image.getRGB(0, y, width, 1, row, 0, width);
            for (int x = 0; x < width; x++) {
                int o = 3 * (y * width + x);
                rgb[o] = (byte) (row[x] >> 16);
                rgb[o + 1] = (byte) (row[x] >> 8);
                rgb[o + 2] = (byte) row[x];
            }
        }
        return new Picture(width, height, rgb);
    }

    /** Width in pixels. */
    public int width() {
        return width;
    }

    /** Height in pixels. */
    public int height() {
        return height;
    }

    /** @return [height, width, 3] unsigned bytes; not to be written to */
    public byte[] rgb() {
        return rgb;
    }

    /** One sample, 0..255. */
    public int at(int x, int y, int channel) {
        return rgb[3 * (y * width + x) + channel] & 0xFF;
    }

    /** A rectangle of this picture, which must lie inside it. */
    public Picture crop(int x, int y, int w, int h) {
        if (x < 0 || y < 0 || w < 1 || h < 1 || x + w > width || y + h > height) {
            throw new IllegalArgumentException("crop " + w + " x " + h + " at " + x + "," + y + " leaves a picture of " + width + " x " + height);
        }
        byte[] out = new byte[3 * w * h];
        for (int row = 0; row < h; row++) {
            System.arraycopy(rgb, 3 * ((y + row) * width + x), out, 3 * row * w, 3 * w);
        }
        return new Picture(w, h, out);
    }

    /**
     * The way into the image tokenizer, exactly as Meta's: x / 255 * 2 - 1, computed in double, stored in float32.
     *
     * @return [3, height, width] in [-1, 1]
     */
    public float[] signedPlanes() {
        int plane = width * height;
        float[] chw = new float[3 * plane];
        for (int c = 0; c < 3; c++) {
            for (int i = 0; i < plane; i++) {
                chw[c * plane + i] = (float) ((rgb[3 * i + c] & 0xFF) / 255.0 * 2.0 - 1.0);
            }
        }
        return chw;
    }

    /** The same picture as floats in [0, 1]. */
    public Pixels pixels() {
        float[] out = new float[rgb.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (rgb[i] & 0xFF) / 255f;
        }
        return new Pixels(width, height, out);
    }

    /** A copy for Java2D and ImageIO. */
    public BufferedImage image() {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        int[] row = new int[width];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int o = 3 * (y * width + x);
                row[x] = (rgb[o] & 0xFF) << 16 | (rgb[o + 1] & 0xFF) << 8 | rgb[o + 2] & 0xFF;
            }
            image.setRGB(0, y, width, 1, row, 0, width);
        }
        return image;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Picture p && width == p.width && height == p.height && Arrays.equals(rgb, p.rgb);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * width + height) + Arrays.hashCode(rgb);
    }

    @Override
    public String toString() {
        return "Picture " + width + " x " + height;
    }
}
