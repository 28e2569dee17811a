package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.picture.Pixels;

/** What one task with fixed parameters does to a photograph. */
@FunctionalInterface
public interface PixelMap {
    /**
     * @param photo  sRGB in [0, 1]
     * @param random for what differs from picture to picture (grains of noise, drops of rain, the place of a hole)
     * @return the changed picture, of the same size; values outside [0, 1] are clamped later
     */
    Pixels apply(Pixels photo, Philox random);

    /** A map that treats every pixel's colour alike. */
    static PixelMap ofColours(Pixels.ColourMap map) {
        return (photo, random) -> photo.mapColours(map);
    }

    /** A map that treats every sample alike. */
    static PixelMap ofSamples(Pixels.ToneCurve curve) {
        return (photo, random) -> photo.mapSamples(curve);
    }
}
