package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.wording.ToneWords;

/** Paler, U(0, 0.4) of the colour, or richer, U(1.8, 3). */
public final class Saturation implements Family {
    @Override
    public PixelMap draw(Philox random) {
        float s = random.nextFloat() < 0.5f ? random.nextFloat(0, 0.4f) : random.nextFloat(1.8f, 3);
        return PixelMap.ofColours(colour -> {
            float y = Curves.luma(colour);
            for (int c = 0; c < 3; c++) {
                colour[c] = y + s * (colour[c] - y);
            }
        }).saying(ToneWords.saturation(s > 1));
    }
}
