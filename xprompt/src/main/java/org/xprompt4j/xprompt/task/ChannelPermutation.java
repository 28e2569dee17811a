package org.xprompt4j.xprompt.task;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.wording.ToneWords;

/** Red, green and blue in another order, one of the five. */
public final class ChannelPermutation implements Family {
    private static final String[] NAMES = {"red", "green", "blue"};
    private static final int[][] ORDERS = {{0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

    @Override
    public PixelMap draw(Philox random) {
        int[] order = ORDERS[random.nextInt(ORDERS.length)];
        return PixelMap.ofColours(colour -> {
            float[] old = colour.clone();
            for (int c = 0; c < 3; c++) {
                colour[c] = old[order[c]];
            }
        }).saying(ToneWords.permutation(goesTo(order, 0), goesTo(order, 1), goesTo(order, 2)));
    }

    /** The channel in which a channel's values end up. */
    private static String goesTo(int[] order, int channel) {
        for (int c = 0; c < order.length; c++) {
            if (order[c] == channel) {
                return NAMES[c];
            }
        }
        throw new IllegalStateException("no order of channels");
    }
}
