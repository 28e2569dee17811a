package org.xprompt4j.xprompt.metric;

import org.xprompt4j.xprompt.picture.Picture;

/** The pixels that an edit changes: those where a channel of input and truth differs by more than a tenth of its range. */
public final class ChangedPixels {
    private static final double LEAST = 0.1 * 255; // grey levels

    private final Picture input;
    private final Picture truth;
    private final boolean[] changed; // [height * width]
    private final int count;

    /** @param truth as large as the input */
    public ChangedPixels(Picture input, Picture truth) {
        Mse.requireSameSize(input, truth);
        this.input = input;
        this.truth = truth;
        changed = new boolean[input.width() * input.height()];
        int found = 0;
        for (int i = 0; i < changed.length; i++) {
            for (int c = 0; c < 3; c++) {
                changed[i] |= Math.abs((input.rgb()[3 * i + c] & 0xFF) - (truth.rgb()[3 * i + c] & 0xFF)) > LEAST;
            }
            found += changed[i] ? 1 : 0;
        }
        count = found;
    }

    /** How many there are. */
    public int count() {
        return count;
    }

    /** PSNR in dB of an answer against the truth over these pixels alone, at most {@link Psnr#CEILING}; NaN when there are none. */
    public double psnr(Picture answer) {
        return count == 0 ? Double.NaN : Math.min(10 * Math.log10(255.0 * 255.0 * 3 * count / squares(answer, truth)), Psnr.CEILING);
    }

    /** 1 when over these pixels an answer is nearer to the truth than to the input, by squared differences, else 0; NaN when there are none. */
    public double hit(Picture answer) {
        return count == 0 ? Double.NaN : squares(answer, truth) < squares(answer, input) ? 1 : 0;
    }

    private long squares(Picture a, Picture b) {
        Mse.requireSameSize(a, b);
        long sum = 0;
        for (int i = 0; i < changed.length; i++) {
            for (int c = 0; changed[i] && c < 3; c++) {
                int d = (a.rgb()[3 * i + c] & 0xFF) - (b.rgb()[3 * i + c] & 0xFF);
                sum += d * d;
            }
        }
        return sum;
    }
}
