package org.xprompt4j.xprompt.edit;

import org.xprompt4j.tensor.Philox;

/** How large drawings are: 23 to 36 pixels of 64, six to nine codes of four pixels, enough to be known by. */
final class Sizes {
    private static final float LEAST = 0.36f;
    private static final float MOST = 0.56f;
    private static final float MOST_MOVING = 0.46f; // leaves room for a way
    private static final float SHIFT = 0.03f;

    private Sizes() {
    }

    /** Longer side as a share of the picture's. */
    static float any(Philox random) {
        return random.nextFloat(LEAST, MOST);
    }

    static float moving(Philox random) {
        return random.nextFloat(LEAST, MOST_MOVING);
    }

    /** A small shift either way, as a share of the picture's side. */
    static float shift(Philox random) {
        return random.nextFloat(-SHIFT, SHIFT);
    }

    /** A place for something in a room of so many pixels, both ends included. */
    static int anywhere(int free, Philox random) {
        return random.nextInt(free + 1);
    }
}
