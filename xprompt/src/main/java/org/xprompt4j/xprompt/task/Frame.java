package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.wording.ColourNames;
import org.xprompt4j.xprompt.wording.ToneWords;

/** A border of one colour, U(0.1, 0.22) of the side wide. */
public final class Frame implements Family {
    @Override
    public PixelMap draw(Philox random) {
        float share = random.nextFloat(0.1f, 0.22f);
        float[] colour = Curves.colour(random);
        PixelMap map = (photo, r) -> {
            int w = Math.max(1, (int) (share * Math.min(photo.width(), photo.height())));
            return Places.map(photo, (x, y, c) -> {
                boolean inside = x >= w && y >= w && x < photo.width() - w && y < photo.height() - w;
                return inside ? photo.at(x, y, c) : colour[c];
            });
        };
        return map.saying(ToneWords.frame(ColourNames.of(colour)));
    }
}
