package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;

/** Colours turned about the grey axis by 70 to 290 degrees. */
public final class HueRotation implements Family {
    @Override
    public PixelMap draw(Philox random) {
        double angle = Math.toRadians(random.nextFloat(70, 290));
        float c = (float) Math.cos(angle);
        float k = (1 - c) / 3;
        float q = (float) (Math.sin(angle) / Math.sqrt(3));
        float[][] m = {{c + k, k - q, k + q}, {k + q, c + k, k - q}, {k - q, k + q, c + k}};
        return PixelMap.ofColours(colour -> Curves.multiply(colour, m));
    }
}
