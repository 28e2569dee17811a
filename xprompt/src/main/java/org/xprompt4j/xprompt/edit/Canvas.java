package org.xprompt4j.xprompt.edit;

import org.xprompt4j.xprompt.picture.LinearLight;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.sprite.Sprite;

/** A photograph on which drawings are laid in linear light. Pixels that no drawing and no shadow reaches keep their bytes. */
final class Canvas {
    private static final float LEAST = 1 / 255f; // opacity below this is not drawn, so that masks have no endless tails
    private static final float DARKEST = 0.55f;  // share of the light that the middle of a shadow takes
    private static final int BLUR_SHARE = 12;    // a shadow is as soft, and lies as far beside, as this part of the drawing's longer side

    private final int width;
    private final int height;
    private final byte[] rgb;          // [height, width, 3] of the photograph
    private final float[] light;       // [height, width, 3], linear
    private final boolean[] touched;   // [height, width]

    Canvas(Picture photo) {
        width = photo.width();
        height = photo.height();
        rgb = photo.rgb();
        light = new float[rgb.length];
        for (int i = 0; i < rgb.length; i++) {
            light[i] = LinearLight.of(rgb[i] & 255);
        }
        touched = new boolean[width * height];
    }

    /** Lays a drawing with its upper left corner at a place, parts outside of the picture are cut; with a soft shadow below it or not. */
    Canvas draw(Sprite sprite, int left, int top, boolean shadow) {
        if (shadow) {
            drawShadow(sprite, left, top);
        }
        for (int y = Math.max(0, -top); y < Math.min(sprite.height(), height - top); y++) {
            for (int x = Math.max(0, -left); x < Math.min(sprite.width(), width - left); x++) {
                float alpha = sprite.alpha(x, y);
                if (alpha >= LEAST) {
                    int at = (top + y) * width + left + x;
                    touched[at] = true;
                    for (int c = 0; c < 3; c++) {
                        light[3 * at + c] = sprite.rgba()[4 * (y * sprite.width() + x) + c] + (1 - alpha) * light[3 * at + c];
                    }
                }
            }
        }
        return this;
    }

    private void drawShadow(Sprite sprite, int left, int top) {
        int radius = Math.max(1, Math.max(sprite.width(), sprite.height()) / BLUR_SHARE);
        int w = sprite.width() + 4 * radius;
        int h = sprite.height() + 4 * radius;
        float[] cover = new float[w * h]; // [h, w]: the outline with room for two blurs
        for (int y = 0; y < sprite.height(); y++) {
            for (int x = 0; x < sprite.width(); x++) {
                cover[(y + 2 * radius) * w + x + 2 * radius] = sprite.alpha(x, y);
            }
        }
        cover = blurred(blurred(cover, w, h, radius), w, h, radius);
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                int px = left - radius + x; // shifted by the radius to the right and down
                int py = top - radius + y;
                float dark = DARKEST * cover[y * w + x];
                if (dark >= LEAST && px >= 0 && py >= 0 && px < width && py < height) {
                    touched[py * width + px] = true;
                    for (int c = 0; c < 3; c++) {
                        light[3 * (py * width + px) + c] *= 1 - dark;
                    }
                }
            }
        }
    }

    /** The mean of a square of side 2 · radius + 1 around each sample; nothing lies outside. */
    private static float[] blurred(float[] in, int w, int h, int radius) {
        float[] rows = new float[in.length];
        float[] out = new float[in.length];
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                float sum = 0;
                for (int s = Math.max(0, x - radius); s <= Math.min(w - 1, x + radius); s++) {
                    sum += in[y * w + s];
                }
                rows[y * w + x] = sum / (2 * radius + 1);
            }
        }
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                float sum = 0;
                for (int s = Math.max(0, y - radius); s <= Math.min(h - 1, y + radius); s++) {
                    sum += rows[s * w + x];
                }
                out[y * w + x] = sum / (2 * radius + 1);
            }
        }
        return out;
    }

    /** True where a drawing or a shadow lies; pixels count row by row. */
    boolean touched(int pixel) {
        return touched[pixel];
    }

    /** The finished picture. */
    Picture picture() {
        byte[] out = rgb.clone();
        for (int i = 0; i < out.length; i++) {
            if (touched[i / 3]) {
                out[i] = (byte) LinearLight.toSrgb(light[i]);
            }
        }
        return new Picture(width, height, out);
    }
}
