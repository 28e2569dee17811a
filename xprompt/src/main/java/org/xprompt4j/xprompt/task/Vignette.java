package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;

/** Dark towards the corners: 1 - k r^2 with k U(0.7, 1), r = 1 in the corners. */
public final class Vignette implements Family {
    @Override
    public PixelMap draw(Philox random) {
        float k = random.nextFloat(0.7f, 1);
        return (photo, r) -> Places.map(photo, (x, y, c) -> {
            float dx = 2 * (x + 0.5f) / photo.width() - 1;
            float dy = 2 * (y + 0.5f) / photo.height() - 1;
            return photo.at(x, y, c) * (1 - k * (dx * dx + dy * dy) / 2);
        });
    }
}
