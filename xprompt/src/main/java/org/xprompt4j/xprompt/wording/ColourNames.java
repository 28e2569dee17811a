package org.xprompt4j.xprompt.wording;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Plain names for colours: of the eleven basic colour terms of English (Berlin and Kay, 1969) the one whose typical colour is nearest. */
public final class ColourNames {
    private static final Map<String, float[]> TYPICAL = new LinkedHashMap<>(); // sRGB in [0, 1]

    static {
        put("black", 0x101010);
        put("grey", 0x808080);
        put("white", 0xF0F0F0);
        put("red", 0xD01818);
        put("orange", 0xF08010);
        put("yellow", 0xF0E020);
        put("green", 0x20A030);
        put("blue", 0x2040D0);
        put("purple", 0x8030B0);
        put("pink", 0xF090B8);
        put("brown", 0x7A4A20);
    }

    private ColourNames() {
    }

    private static void put(String name, int rgb) {
        TYPICAL.put(name, new float[] {(rgb >> 16) / 255f, (rgb >> 8 & 255) / 255f, (rgb & 255) / 255f});
    }

    /** The names, dark and colourless first. */
    public static List<String> all() {
        return List.copyOf(TYPICAL.keySet());
    }

    /**
     * The colour that a name stands for, [3] sRGB in [0, 1].
     *
     * @throws IllegalArgumentException when it is none of {@link #all}
     */
    public static float[] typical(String name) {
        float[] rgb = TYPICAL.get(name);
        if (rgb == null) {
            throw new IllegalArgumentException("'" + name + "' is no colour's name; known are " + all());
        }
        return rgb.clone();
    }

    /**
     * The name of a colour.
     *
     * @param rgb [3] sRGB in [0, 1]
     */
    public static String of(float[] rgb) {
        String best = null;
        double least = Double.MAX_VALUE;
        for (Map.Entry<String, float[]> entry : TYPICAL.entrySet()) {
            double distance = distance(rgb, entry.getValue());
            if (distance < least) {
                least = distance;
                best = entry.getKey();
            }
        }
        return best;
    }

    /** Weighted by the mean red, a cheap stand-in for a uniform space (Riemersma's formula). */
    private static double distance(float[] a, float[] b) {
        double red = (a[0] + b[0]) / 2;
        double dr = a[0] - b[0];
        double dg = a[1] - b[1];
        double db = a[2] - b[2];
        return (2 + red) * dr * dr + 4 * dg * dg + (3 - red) * db * db;
    }
}
