package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.picture.Pixels;
import org.xprompt4j.xprompt.wording.Wording;

/** What one task with fixed parameters does to a photograph. */
@FunctionalInterface
public interface PixelMap {
    /**
     * @param photo  sRGB in [0, 1]
     * @param random for what differs from picture to picture (grains of noise, drops of rain, the place of a hole)
     * @return the changed picture, of the same size; values outside [0, 1] are clamped later
     */
    Pixels apply(Pixels photo, Philox random);

    /** What is said of this change; null where it has no words. */
    default Wording wording() {
        return null;
    }

    /** The same map with words. */
    default PixelMap saying(Wording wording) {
        PixelMap map = this;
        return new PixelMap() {
            @Override
            public Pixels apply(Pixels photo, Philox random) {
                return map.apply(photo, random);
            }

            @Override
            public Wording wording() {
                return wording;
            }
        };
    }

    /** A map that treats every pixel's colour alike. */
    static PixelMap ofColours(Pixels.ColourMap map) {
        return (photo, random) -> photo.mapColours(map);
    }

    /** A map that treats every sample alike. */
    static PixelMap ofSamples(Pixels.ToneCurve curve) {
        return (photo, random) -> photo.mapSamples(curve);
    }
}
