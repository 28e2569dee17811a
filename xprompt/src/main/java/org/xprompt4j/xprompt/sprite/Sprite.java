package org.xprompt4j.xprompt.sprite;

import org.xprompt4j.xprompt.picture.LinearLight;

/**
 * A drawing with transparency in linear light, its colours multiplied by its opacity: in this form an average of pixels is the pixel
 * that a camera would see, and nothing of the colour of invisible pixels comes in.
 *
 * @param width pixels in a row
 * @param height rows
 * @param rgba [height, width, 4]: red, green, blue times opacity, opacity; all in [0, 1]
 */
public record Sprite(int width, int height, float[] rgba) {
    /** Less opacity than this is none: a pixel that no eight bits would show. */
    private static final float LEAST = 1 / 255f;

    /** Refuses samples that are not as many as the sizes say. */
    public Sprite {
        if (width < 1 || height < 1 || rgba.length != 4L * width * height) {
            throw new IllegalArgumentException(rgba.length + " samples do not make a sprite of " + width + " x " + height);
        }
    }

    /**
     * From pixels as files hold them.
     *
     * @param argb [height, width], alpha in the highest eight bits, sRGB colours not multiplied by it
     */
    static Sprite of(int width, int height, int[] argb) {
        float[] rgba = new float[4 * width * height];
        for (int i = 0; i < argb.length; i++) {
            float alpha = (argb[i] >>> 24) / 255f;
            for (int c = 0; c < 3; c++) {
                rgba[4 * i + c] = alpha * LinearLight.of(argb[i] >> 16 - 8 * c & 255);
            }
            rgba[4 * i + 3] = alpha;
        }
        return new Sprite(width, height, rgba);
    }

    /** [height, width] as files hold them: sRGB, alpha in the highest eight bits. */
    int[] argb() {
        int[] argb = new int[width * height];
        for (int i = 0; i < argb.length; i++) {
            float alpha = rgba[4 * i + 3];
            if (alpha >= LEAST / 2) {
                argb[i] = Math.round(alpha * 255) << 24;
                for (int c = 0; c < 3; c++) {
                    argb[i] |= LinearLight.toSrgb(rgba[4 * i + c] / alpha) << 16 - 8 * c;
                }
            }
        }
        return argb;
    }

    /** Opacity of one pixel, 0 to 1. */
    public float alpha(int x, int y) {
        return rgba[4 * (y * width + x) + 3];
    }

    /** True when nothing of it can be seen. */
    public boolean isEmpty() {
        for (int i = 3; i < rgba.length; i += 4) {
            if (rgba[i] >= LEAST) {
                return false;
            }
        }
        return true;
    }

    /** The same outline in plain white. */
    Sprite silhouette() {
        float[] out = new float[rgba.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = rgba[i | 3]; // white light times opacity is the opacity
        }
        return new Sprite(width, height, out);
    }

    /** This one laid over another of the same size. */
    Sprite over(Sprite below) {
        float[] out = new float[rgba.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = rgba[i] + (1 - rgba[i | 3]) * below.rgba[i];
        }
        return new Sprite(width, height, out);
    }

    /** Without its transparent border; the sprite itself where all of it is transparent. */
    public Sprite trimmed() {
        int left = width;
        int top = height;
        int right = -1;
        int bottom = -1;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                if (alpha(x, y) >= LEAST) {
                    left = Math.min(left, x);
                    right = Math.max(right, x);
                    top = Math.min(top, y);
                    bottom = y;
                }
            }
        }
        return right < 0 ? this : crop(left, top, right - left + 1, bottom - top + 1);
    }

    private Sprite crop(int left, int top, int w, int h) {
        float[] out = new float[4 * w * h];
        for (int y = 0; y < h; y++) {
            System.arraycopy(rgba, 4 * ((top + y) * width + left), out, 4 * y * w, 4 * w);
        }
        return new Sprite(w, h, out);
    }

    /** With its longer side at {@code pixels}, at least 1. */
    public Sprite withLongerSide(int pixels) {
        double scale = (double) pixels / Math.max(width, height);
        return resized(Math.max(1, (int) Math.rint(width * scale)), Math.max(1, (int) Math.rint(height * scale)));
    }

    /** Each new pixel is the mean of the part that it covers, as a camera would see it. */
    public Sprite resized(int w, int h) {
        float[] out = new float[4 * w * h];
        double stepX = (double) width / w;
        double stepY = (double) height / h;
        for (int y = 0; y < h; y++) {
            double top = y * stepY;
            double bottom = Math.min(top + stepY, height);
            for (int x = 0; x < w; x++) {
                double left = x * stepX;
                double right = Math.min(left + stepX, width);
                for (int sy = (int) top; sy < bottom; sy++) {
                    double rows = Math.min(bottom, sy + 1) - Math.max(top, sy);
                    for (int sx = (int) left; sx < right; sx++) {
                        float share = (float) (rows * (Math.min(right, sx + 1) - Math.max(left, sx)) / (stepX * stepY));
                        for (int c = 0; c < 4; c++) {
                            out[4 * (y * w + x) + c] += share * rgba[4 * (sy * width + sx) + c];
                        }
                    }
                }
            }
        }
        return new Sprite(w, h, out);
    }
}
