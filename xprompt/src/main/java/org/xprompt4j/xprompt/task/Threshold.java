package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;

/** Two colours, one below a luma of U(0.3, 0.6), one above, with a soft edge. */
public final class Threshold implements Family {
    @Override
    public PixelMap draw(Philox random) {
        float[][] ends = Curves.twoColours(random);
        float t = random.nextFloat(0.3f, 0.6f);
        return PixelMap.ofColours(colour -> Curves.blend(colour, ends[0], ends[1], (float) (1 / (1 + Math.exp(-12 * (Curves.luma(colour) - t))))));
    }
}
