package org.xprompt4j.xprompt.picture;

import java.awt.Color;

/**
 * Colours that people with any kind of colour vision tell apart: Okabe and Ito's eight for things, and for amounts a scale that
 * grows steadily brighter (the anchors of matplotlib's viridis).
 */
public final class Palette {
    /** First of a series. */
    public static final Color BLUE = new Color(0x0072B2);
    /** Second of a series. */
    public static final Color ORANGE = new Color(0xE69F00);
    /** Third of a series. */
    public static final Color GREEN = new Color(0x009E73);
    /** Fourth of a series. */
    public static final Color VERMILION = new Color(0xD55E00);
    /** Fifth of a series. */
    public static final Color PURPLE = new Color(0xCC79A7);
    /** Sixth of a series. */
    public static final Color SKY = new Color(0x56B4E9);
    /** Text, and seventh of a series. */
    public static final Color INK = new Color(0x1B1F24);
    /** Notes and axes. */
    public static final Color FAINT = new Color(0x57606A);
    /** Lines of a grid. */
    public static final Color RULE = new Color(0xD8D8D2);
    /** Background. */
    public static final Color PAPER = new Color(0xFCFCFA);

    private static final Color[] SERIES = {BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, INK};
    private static final int[] HEAT = {0x440154, 0x482878, 0x3E4A89, 0x31688E, 0x26828E, 0x1F9E89, 0x35B779, 0x6DCD59, 0xB4DE2C, 0xFDE725};

    private Palette() {}

    /** The colour of the i-th thing in a drawing. */
    public static Color series(int i) {
        return SERIES[i % SERIES.length];
    }

    /** Dark for 0, bright yellow for 1; amounts outside are cut off. */
    public static Color heat(double amount) {
        double at = Math.clamp(Double.isNaN(amount) ? 0 : amount, 0.0, 1.0) * (HEAT.length - 1);
        int i = Math.min(HEAT.length - 2, (int) at);
        return mix(new Color(HEAT[i]), new Color(HEAT[i + 1]), at - i);
    }

    /** {@code share} of the second colour, the rest of the first. */
    public static Color mix(Color first, Color second, double share) {
        return new Color(mix(first.getRed(), second.getRed(), share), mix(first.getGreen(), second.getGreen(), share),
                mix(first.getBlue(), second.getBlue(), share));
    }

    private static int mix(int a, int b, double share) {
        return (int) Math.round(a + (b - a) * share);
    }
}
