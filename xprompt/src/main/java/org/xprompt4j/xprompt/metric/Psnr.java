package org.xprompt4j.xprompt.metric;

import org.xprompt4j.xprompt.picture.Picture;

/** Peak signal-to-noise ratio in dB, peak 255: 10 log10(255^2 / mse). Higher is better; equal pictures have infinity. */
public final class Psnr {
    private Psnr() {}

    /** @return dB, {@link Double#POSITIVE_INFINITY} for equal pictures (written as the string "inf" in JSON) */
    public static double of(Picture a, Picture b) {
        return 10 * Math.log10(255.0 * 255.0 / Mse.on255(a, b));
    }

    /**
     * As {@link #of}, but at most {@code ceiling}, so that one pair of equal pictures does not turn a mean into infinity.
     * The reports use {@link #CEILING} and say so.
     */
    public static double capped(Picture a, Picture b, double ceiling) {
        return Math.min(of(a, b), ceiling);
    }

    /** The dB at which reports cap single pictures: what an error of half a grey level everywhere would give, rounded. */
    public static final double CEILING = 54.0;
}
