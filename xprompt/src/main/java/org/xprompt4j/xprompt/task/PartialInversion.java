package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;

/** One or two channels inverted. */
public final class PartialInversion implements Family {
    @Override
    public PixelMap draw(Philox random) {
        int channels = 1 + random.nextInt(6);   // bit set of 1..6
        return PixelMap.ofSamples((x, c) -> (channels >> c & 1) != 0 ? 1 - x : x);
    }
}
