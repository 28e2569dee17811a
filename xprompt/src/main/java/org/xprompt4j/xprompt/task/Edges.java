package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.picture.Pixels;
import org.xprompt4j.xprompt.wording.ColourNames;
import org.xprompt4j.xprompt.wording.ToneWords;

/** Strength of the luma gradient drawn in one colour on its complement, dark or light ground. */
public final class Edges implements Family {
    @Override
    public PixelMap draw(Philox random) {
        float gain = random.nextFloat(1.5f, 3);
        float[] ground = Curves.colour(random);
        boolean dark = random.nextFloat() < 0.5f;
        for (int c = 0; c < 3; c++) {
            ground[c] = dark ? 0.4f * ground[c] : 0.6f + 0.4f * ground[c];
        }
        PixelMap map = (photo, r) -> Places.map(photo, (x, y, c) -> {
            float edge = Math.clamp(gain * gradient(photo, x, y), 0f, 1f);
            return ground[c] + (1 - 2 * ground[c]) * edge;
        });
        return map.saying(ToneWords.edges(ColourNames.of(ground)));
    }

    /** Sum of the absolute central differences of luma, borders repeated. */
    private static float gradient(Pixels photo, int x, int y) {
        int left = Math.max(x - 1, 0);
        int right = Math.min(x + 1, photo.width() - 1);
        int up = Math.max(y - 1, 0);
        int down = Math.min(y + 1, photo.height() - 1);
        return Math.abs(photo.luma(right, y) - photo.luma(left, y)) + Math.abs(photo.luma(x, down) - photo.luma(x, up));
    }
}
