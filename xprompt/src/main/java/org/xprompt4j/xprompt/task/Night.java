package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.wording.ToneWords;

/** Blue and dark, most of the colour gone. */
public final class Night implements Family {
    @Override
    public PixelMap draw(Philox random) {
        float g = random.nextFloat(1.2f, 1.8f);
        float[] light = {random.nextFloat(0.15f, 0.35f), random.nextFloat(0.25f, 0.45f), random.nextFloat(0.55f, 0.9f)};
        return PixelMap.ofColours(colour -> {
            float y = Curves.power(Curves.luma(colour), g);
            for (int c = 0; c < 3; c++) {
                colour[c] = light[c] * (0.7f * y + 0.3f * Curves.power(colour[c], g));
            }
        }).saying(ToneWords.night());
    }
}
