package org.xprompt4j.xprompt.metric;

import org.xprompt4j.xprompt.picture.Picture;

/** Mean squared error and its root, over all samples of all channels. */
public final class Mse {
    private Mse() {}

    /** Mean squared difference of samples in 0..255. Exact: the sum is an integer. */
    public static double on255(Picture a, Picture b) {
        requireSameSize(a, b);
        byte[] x = a.rgb();
        byte[] y = b.rgb();
        long sum = 0;
        for (int i = 0; i < x.length; i++) {
            int d = (x[i] & 0xFF) - (y[i] & 0xFF);
            sum += d * d;
        }
        return (double) sum / x.length;
    }

    /** Mean squared difference of samples in [0, 1]. */
    public static double on01(Picture a, Picture b) {
        return on255(a, b) / (255.0 * 255.0);
    }

    /** Root mean squared difference of samples in [0, 1]. */
    public static double rootOn01(Picture a, Picture b) {
        return Math.sqrt(on01(a, b));
    }

    static void requireSameSize(Picture a, Picture b) {
        if (a.width() != b.width() || a.height() != b.height()) {
            throw new IllegalArgumentException(a + " cannot be compared with " + b + ": crop or resize one first");
        }
    }
}
