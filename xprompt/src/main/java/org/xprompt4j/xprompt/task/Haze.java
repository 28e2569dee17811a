package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.wording.ColourNames;
import org.xprompt4j.xprompt.wording.ToneWords;

/** An even veil of a bright colour, U(0.5, 0.7) of the light. */
public final class Haze implements Family {
    @Override
    public PixelMap draw(Philox random) {
        float t = random.nextFloat(0.5f, 0.7f);
        float[] veil = {random.nextFloat(0.3f, 1), random.nextFloat(0.3f, 1), random.nextFloat(0.3f, 1)};
        return PixelMap.ofSamples((x, c) -> x * (1 - t) + t * veil[c]).saying(ToneWords.haze(ColourNames.of(veil)));
    }
}
