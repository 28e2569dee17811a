package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.wording.ColourNames;
import org.xprompt4j.xprompt.wording.ToneWords;

/** A square of 25 to 45 % of the side painted over, black or any colour, somewhere. Reversed it is inpainting. */
public final class SquareHole implements Family {
    @Override
    public PixelMap draw(Philox random) {
        float share = random.nextFloat(0.25f, 0.45f);
        float[] colour = random.nextFloat() < 0.5f ? Curves.colour(random) : new float[3];
        PixelMap map = (photo, r) -> {
            int side = Math.max(1, (int) (share * Math.min(photo.width(), photo.height())));
            int left = r.nextInt(photo.width() - side + 1);
            int top = r.nextInt(photo.height() - side + 1);
            return Places.map(photo, (x, y, c) -> x >= left && x < left + side && y >= top && y < top + side ? colour[c] : photo.at(x, y, c));
        };
        return map.saying(ToneWords.hole(ColourNames.of(colour)));
    }
}
