package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;

/** Each channel a convex mix of the three; the weights of a row are Dirichlet(1/2, 1/2, 1/2), so many are near a corner. */
public final class ColourMix implements Family {
    @Override
    public PixelMap draw(Philox random) {
        float[][] m = new float[3][3];
        for (float[] row : m) {
            float sum = 0;
            for (int c = 0; c < 3; c++) {
                float n = random.nextGaussian();
                row[c] = n * n;   // twice a gamma variate of shape 1/2
                sum += row[c];
            }
            for (int c = 0; c < 3; c++) {
                row[c] /= sum;
            }
        }
        return PixelMap.ofColours(colour -> Curves.multiply(colour, m));
    }
}
