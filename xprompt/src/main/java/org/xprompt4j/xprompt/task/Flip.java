package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;

/** Mirrored, left to right or upside down. */
public final class Flip implements Family {
    private final boolean upsideDown;

    /** Left for right, or top for bottom. */
    public Flip(boolean upsideDown) {
        this.upsideDown = upsideDown;
    }

    @Override
    public PixelMap draw(Philox random) {
        return (photo, r) -> Places.map(photo, (x, y, c) -> upsideDown ? photo.at(x, photo.height() - 1 - y, c) : photo.at(photo.width() - 1 - x, y, c));
    }
}
