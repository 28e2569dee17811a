package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.picture.Pixels;
import org.xprompt4j.xprompt.wording.ToneWords;

/** A box of 3, 5 or 7 pixels applied twice, borders repeated. Reversed it is deblurring. */
public final class BoxBlur implements Family {
    @Override
    public PixelMap draw(Philox random) {
        int radius = 1 + random.nextInt(3);
        PixelMap map = (photo, r) -> blur(blur(photo, radius), radius);
        return map.saying(ToneWords.blur());
    }

    private static Pixels blur(Pixels photo, int radius) {
        float weight = 1f / (2 * radius + 1);
        Pixels rows = Places.map(photo, (x, y, c) -> {
            float sum = 0;
            for (int d = -radius; d <= radius; d++) {
                sum += photo.atClamped(x + d, y, c);
            }
            return sum * weight;
        });
        return Places.map(photo, (x, y, c) -> {
            float sum = 0;
            for (int d = -radius; d <= radius; d++) {
                sum += rows.atClamped(x, y + d, c);
            }
            return sum * weight;
        });
    }
}
