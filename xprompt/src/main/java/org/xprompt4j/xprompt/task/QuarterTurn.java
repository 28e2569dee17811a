package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;

/** Turned clockwise by 90, 180 or 270 degrees; squares only. */
public final class QuarterTurn implements Family {
    @Override
    public PixelMap draw(Philox random) {
        int quarters = 1 + random.nextInt(3);
        return (photo, r) -> {
            int last = photo.width() - 1;
            if (photo.height() != photo.width()) {
                throw new IllegalArgumentException("a turn needs a square, not " + photo.width() + " x " + photo.height());
            }
            return Places.map(photo, (x, y, c) -> switch (quarters) {
                case 1 -> photo.at(y, last - x, c);
                case 2 -> photo.at(last - x, last - y, c);
                default -> photo.at(last - y, x, c);
            });
        };
    }
}
