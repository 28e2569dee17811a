package org.xprompt4j.xprompt.picture;

/** Eight-bit sRGB to amounts of light and back (IEC 61966-2-1): light adds up, sRGB values do not. */
public final class LinearLight {
    private static final float[] LIGHT = table(); // [256]

    private LinearLight() {
    }

    /** @param srgb 0 to 255 */
    public static float of(int srgb) {
        return LIGHT[srgb];
    }

    /**
     * The nearest of the 256 values.
     *
     * @param light clamped to [0, 1]
     */
    public static int toSrgb(float light) {
        double v = Math.clamp(light, 0f, 1f);
        double s = v <= 0.0031308 ? 12.92 * v : 1.055 * Math.pow(v, 1 / 2.4) - 0.055;
        return (int) Math.round(s * 255);
    }

    private static float[] table() {
        float[] light = new float[256];
        for (int i = 0; i < light.length; i++) {
            double v = i / 255.0;
            light[i] = (float) (v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4));
        }
        return light;
    }
}
