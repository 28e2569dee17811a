package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;

/** A strong gamma of its own for each channel. */
public final class ChannelCurves implements Family {
    @Override
    public PixelMap draw(Philox random) {
        float[] g = {Curves.gamma(random), Curves.gamma(random), Curves.gamma(random)};
        return PixelMap.ofSamples((x, c) -> Curves.power(x, g[c]));
    }
}
