package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.picture.AreaShrink;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.picture.Resample;

/** Shrunk four times by area and enlarged with a bicubic kernel. Reversed it is super-resolution. */
public final class LowResolution implements Family {
    @Override
    public PixelMap draw(Philox random) {
        return (photo, r) -> {
            int w = photo.width();
            int h = photo.height();
            Picture small = AreaShrink.resize(photo.picture(), Math.max(1, w / 4), Math.max(1, h / 4));
            return Resample.resize(small, w, h, Resample.Kernel.BICUBIC).pixels();
        };
    }
}
