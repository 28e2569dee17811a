package org.xprompt4j.xprompt.picture;

/**
 * A picture as floats, for arithmetic: sRGB values in [0, 1], which may leave that range between two steps.
 * Operations return new pixels; {@link #picture()} clamps and rounds.
 */
public record Pixels(int width, int height, float[] rgb) {   // rgb: [height, width, 3]

    /** What happens to one colour. */
    @FunctionalInterface
    public interface ColourMap {
        /** @param colour the three values of a pixel, to be replaced in place */
        void apply(float[] colour);
    }

    /** What happens to one sample. */
    @FunctionalInterface
    public interface ToneCurve {
        /** The new value of one channel (0 red, 1 green, 2 blue) of a pixel. */
        float apply(float value, int channel);
    }

    /** Refuses samples that are not as many as the sizes say. */
    public Pixels {
        if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
            throw new IllegalArgumentException(rgb.length + " samples do not make a picture of " + width + " x " + height);
        }
    }

    /** Black pixels. */
    public Pixels(int width, int height) {
        this(width, height, new float[3 * width * height]);
    }

    /** One sample. */
    public float at(int x, int y, int channel) {
        return rgb[3 * (y * width + x) + channel];
    }

    /** One sample of the picture continued by its border pixels. */
    public float atClamped(int x, int y, int channel) {
        return at(Math.clamp(x, 0, width - 1), Math.clamp(y, 0, height - 1), channel);
    }

    /** Rec. 601 luma of one pixel. */
    public float luma(int x, int y) {
        int o = 3 * (y * width + x);
        return luma(rgb[o], rgb[o + 1], rgb[o + 2]);
    }

    /** Rec. 601 luma. */
    public static float luma(float r, float g, float b) {
        return 0.299f * r + 0.587f * g + 0.114f * b;
    }

    /** Every pixel's colour through one map. */
    public Pixels mapColours(ColourMap map) {
        float[] out = rgb.clone();
        float[] colour = new float[3];
        for (int i = 0; i < out.length; i += 3) {
            System.arraycopy(out, i, colour, 0, 3);
            map.apply(colour);
            System.arraycopy(colour, 0, out, i, 3);
        }
        return new Pixels(width, height, out);
    }

    /** Every sample through one curve. */
    public Pixels mapSamples(ToneCurve curve) {
        float[] out = new float[rgb.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = curve.apply(rgb[i], i % 3);
        }
        return new Pixels(width, height, out);
    }

    /** Clamped to [0, 1], times 255, rounded to nearest. */
    public Picture picture() {
        byte[] out = new byte[rgb.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (byte) Math.round(Math.clamp(rgb[i], 0f, 1f) * 255f);
        }
        return new Picture(width, height, out);
    }
}
