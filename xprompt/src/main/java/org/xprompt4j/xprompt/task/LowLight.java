package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.wording.ToneWords;

/** Under-exposed: b x^g with noise, b U(0.4, 0.8), g U(1.6, 3), sigma U(0, 0.02) (after Lv et al., BMVC 2018). Reversed it is enhancement. */
public final class LowLight implements Family {
    @Override
    public PixelMap draw(Philox random) {
        float b = random.nextFloat(0.4f, 0.8f);
        float g = random.nextFloat(1.6f, 3);
        float sigma = random.nextFloat(0, 0.02f);
        PixelMap map = (photo, r) -> photo.mapSamples((x, c) -> b * Curves.power(x, g) + sigma * r.nextGaussian());
        return map.saying(ToneWords.lowLight());
    }
}
