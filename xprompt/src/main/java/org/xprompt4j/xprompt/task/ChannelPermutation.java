package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;

/** Red, green and blue in another order, one of the five. */
public final class ChannelPermutation implements Family {
    private static final int[][] ORDERS = {{0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

    @Override
    public PixelMap draw(Philox random) {
        int[] order = ORDERS[random.nextInt(ORDERS.length)];
        return PixelMap.ofColours(colour -> {
            float[] old = colour.clone();
            for (int c = 0; c < 3; c++) {
                colour[c] = old[order[c]];
            }
        });
    }
}
