package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.picture.AreaShrink;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.wording.ToneWords;

/** Squares of one eighth or one quarter of the side, each of its mean colour. */
public final class Pixelate implements Family {
    @Override
    public PixelMap draw(Philox random) {
        int count = random.nextFloat() < 0.5f ? 8 : 4;
        PixelMap map = (photo, r) -> {
            Picture small = AreaShrink.resize(photo.picture(), Math.min(count, photo.width()), Math.min(count, photo.height()));
            return Places.map(photo, (x, y, c) -> small.at(x * small.width() / photo.width(), y * small.height() / photo.height(), c) / 255f);
        };
        return map.saying(ToneWords.pixels(count));
    }
}
