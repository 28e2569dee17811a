package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.wording.ColourNames;
import org.xprompt4j.xprompt.wording.ToneWords;

/** Luma laid out between two colours whose own luma differs by at least 0.35. */
public final class Duotone implements Family {
    @Override
    public PixelMap draw(Philox random) {
        float[][] ends = Curves.twoColours(random);
        return PixelMap.ofColours(colour -> Curves.blend(colour, ends[0], ends[1], Curves.luma(colour))).saying(ToneWords.duotone(ColourNames.of(ends[0]), ColourNames.of(ends[1])));
    }
}
