package org.xprompt4j.xprompt.edit;

import org.xprompt4j.xprompt.picture.LinearLight;
import org.xprompt4j.xprompt.picture.Pixels;
import org.xprompt4j.xprompt.sprite.Sprite;

/**
 * Gives a drawing one colour and keeps its light and shade: what is as bright as the drawing on the whole takes the colour itself, what
 * is darker goes towards black, what is brighter towards white.
 */
final class Tint {
    private static final float LEAST_MIDDLE = 0.3f; // else all of a dark drawing would be bright
    private static final float MOST_MIDDLE = 0.8f;  // else a white drawing would stay white in its larger part

    private Tint() {
    }

    /**
     * Gives it a colour.
     *
     * @param lines true for black lines on white: what is white takes the colour, lines stay black
     * @param colour [3] sRGB in [0, 1]
     */
    static Sprite of(Sprite sprite, boolean lines, float[] colour) {
        float[] out = sprite.rgba().clone();
        float middle = lines ? 1 : Math.clamp(luma(mean(sprite)), LEAST_MIDDLE, MOST_MIDDLE);
        for (int i = 0; i < out.length; i += 4) {
            float alpha = out[i + 3];
            if (alpha > 0) {
                float luma = luma(srgb(out[i] / alpha, out[i + 1] / alpha, out[i + 2] / alpha));
                for (int c = 0; c < 3; c++) {
                    float value = luma <= middle ? colour[c] * luma / middle : colour[c] + (1 - colour[c]) * (luma - middle) / (1 - middle);
                    out[i + c] = alpha * LinearLight.of(Math.clamp(Math.round(value * 255), 0, 255));
                }
            }
        }
        return new Sprite(sprite.width(), sprite.height(), out);
    }

    /** Mean colour as it would be seen from far away: [3] sRGB in [0, 1]. */
    static float[] mean(Sprite sprite) {
        double[] sum = new double[4];
        for (int i = 0; i < sprite.rgba().length; i++) {
            sum[i % 4] += sprite.rgba()[i];
        }
        return srgb((float) (sum[0] / sum[3]), (float) (sum[1] / sum[3]), (float) (sum[2] / sum[3]));
    }

    private static float[] srgb(float red, float green, float blue) {
        return new float[] {LinearLight.toSrgb(red) / 255f, LinearLight.toSrgb(green) / 255f, LinearLight.toSrgb(blue) / 255f};
    }

    private static float luma(float[] srgb) {
        return Pixels.luma(srgb[0], srgb[1], srgb[2]);
    }
}
