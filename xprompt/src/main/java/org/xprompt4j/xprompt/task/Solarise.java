package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;

/** What is brighter than U(0.4, 0.6) is inverted. */
public final class Solarise implements Family {
    @Override
    public PixelMap draw(Philox random) {
        float t = random.nextFloat(0.4f, 0.6f);
        return PixelMap.ofSamples((x, c) -> x < t ? x : 1 - x);
    }
}
