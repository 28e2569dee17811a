package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.wording.ToneWords;

/** White Gaussian noise, sigma U(25, 60) / 255 (Zhang et al., TIP 2017, harder). Reversed it is denoising. */
public final class Noise implements Family {
    @Override
    public PixelMap draw(Philox random) {
        float sigma = random.nextFloat(25, 60) / 255;
        PixelMap map = (photo, r) -> photo.mapSamples((x, c) -> x + sigma * r.nextGaussian());
        return map.saying(ToneWords.noise());
    }
}
