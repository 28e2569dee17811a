package org.xprompt4j.xprompt.task;

import org.xprompt4j.xprompt.picture.Pixels;

/** Maps that look at where a sample is. */
final class Places {
    /** The new value of one sample. */
    @FunctionalInterface
    interface Sample {
        float at(int x, int y, int channel);
    }

    private Places() {}

    /** A picture of the same size, sample by sample. */
    static Pixels map(Pixels like, Sample sample) {
        Pixels out = new Pixels(like.width(), like.height());
        int i = 0;
        for (int y = 0; y < like.height(); y++) {
            for (int x = 0; x < like.width(); x++) {
                for (int c = 0; c < 3; c++) {
                    out.rgb()[i++] = sample.at(x, y, c);
                }
            }
        }
        return out;
    }

    /** Bilinear between the four nearest pixels, borders repeated. */
    static float between(Pixels in, double x, double y, int channel) {
        int x0 = (int) Math.floor(x);
        int y0 = (int) Math.floor(y);
        float fx = (float) (x - x0);
        float fy = (float) (y - y0);
        float upper = in.atClamped(x0, y0, channel) * (1 - fx) + in.atClamped(x0 + 1, y0, channel) * fx;
        float lower = in.atClamped(x0, y0 + 1, channel) * (1 - fx) + in.atClamped(x0 + 1, y0 + 1, channel) * fx;
        return upper * (1 - fy) + lower * fy;
    }
}
