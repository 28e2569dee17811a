package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.wording.ToneWords;

/** Luma in a brown tone, U(0.7, 1) of it, the rest the photograph. */
public final class Sepia implements Family {
    @Override
    public PixelMap draw(Philox random) {
        float strength = random.nextFloat(0.7f, 1);
        return PixelMap.ofColours(colour -> {
            float y = Curves.luma(colour);
            colour[0] += strength * (1.1f * y - colour[0]);
            colour[1] += strength * (0.9f * y - colour[1]);
            colour[2] += strength * (0.65f * y - colour[2]);
        }).saying(ToneWords.sepia());
    }
}
