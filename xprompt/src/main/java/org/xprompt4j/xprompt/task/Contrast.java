package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.wording.ToneWords;

/** Flatter or harder: 0.5 + c (x - 0.5), c U(0.25, 0.5) or U(1.8, 3). */
public final class Contrast implements Family {
    @Override
    public PixelMap draw(Philox random) {
        float contrast = random.nextFloat() < 0.5f ? random.nextFloat(0.25f, 0.5f) : random.nextFloat(1.8f, 3);
        return PixelMap.ofSamples((x, c) -> 0.5f + contrast * (x - 0.5f)).saying(ToneWords.contrast(contrast > 1));
    }
}
