package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.wording.ToneWords;

/** Rec. 601 luma in all channels. Reversed it is colorisation. */
public final class Grey implements Family {
    @Override
    public PixelMap draw(Philox random) {
        return PixelMap.ofColours(colour -> {
            float y = Curves.luma(colour);
            colour[0] = y;
            colour[1] = y;
            colour[2] = y;
        }).saying(ToneWords.grey());
    }
}
