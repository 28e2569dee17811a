package org.xprompt4j.cuda.emulator;

import org.xprompt4j.tensor.Philox;

/** In which order warps run, and for how long at a time: by index as far as each goes, or, with a seed, another legal order in small steps. */
final class WarpOrder {
    private final Philox random;
    private BlockRun shuffled;
    private int[] order = new int[0];

    private WarpOrder(Philox random) {
        this.random = random;
    }

    static WarpOrder byIndex() {
        return new WarpOrder(null);
    }

    static WarpOrder seeded(long seed) {
        return new WarpOrder(new Philox(seed, 0x70747821L));
    }

    /** The warp that runs as number k of a round. */
    int warp(BlockRun block, int k) {
        if (random == null) {
            return k;
        }
        if (k == 0 || shuffled != block) {
            shuffle(block);
        }
        return order[k];
    }

    private void shuffle(BlockRun block) {
        shuffled = block;
        order = new int[block.warps.length];
        for (int i = 0; i < order.length; i++) {
            int other = random.nextInt(i + 1);
            order[i] = order[other];
            order[other] = i;
        }
    }

    /** Basic blocks that a warp runs before the next one gets its turn. */
    int turn(int most) {
        return random == null ? most : 1 + random.nextInt(24);
    }
}
