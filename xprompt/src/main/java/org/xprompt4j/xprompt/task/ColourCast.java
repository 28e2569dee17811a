package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.wording.ColourNames;
import org.xprompt4j.xprompt.wording.ToneWords;

/** Coloured light: each channel times U(0.25, 1), the largest scaled to 1. Reversed it is white balance. */
public final class ColourCast implements Family {
    @Override
    public PixelMap draw(Philox random) {
        float[] light = {random.nextFloat(0.25f, 1), random.nextFloat(0.25f, 1), random.nextFloat(0.25f, 1)};
        float most = Math.max(light[0], Math.max(light[1], light[2]));
        return PixelMap.ofSamples((x, c) -> x * light[c] / most)
                .saying(ToneWords.cast(ColourNames.of(new float[] {light[0] / most, light[1] / most, light[2] / most})));
    }
}
