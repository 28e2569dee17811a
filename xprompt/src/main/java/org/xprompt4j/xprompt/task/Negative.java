package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.wording.ToneWords;

/** Negative of varied contrast: 0.5 - c (x - 0.5) + o, c U(0.6, 1), o U(-0.1, 0.1). */
public final class Negative implements Family {
    @Override
    public PixelMap draw(Philox random) {
        float contrast = random.nextFloat(0.6f, 1);
        float offset = random.nextFloat(-0.1f, 0.1f);
        return PixelMap.ofSamples((x, c) -> 0.5f - contrast * (x - 0.5f) + offset).saying(ToneWords.negative());
    }
}
