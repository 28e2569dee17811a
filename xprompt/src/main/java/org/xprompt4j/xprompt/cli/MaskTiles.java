package org.xprompt4j.xprompt.cli;

import org.xprompt4j.tensor.op.AttentionMask;
import org.xprompt4j.tensor.op.AttentionMask.KeyRange;

/**
 * How the tiles of a mask are worked: all of a tile, a part of it, or nothing. A tile is a square of a fixed grid, judged by
 * the key ranges that the mask gives the kernels.
 *
 * @param above tiles wholly above the diagonal, which plain causal attention skips too
 * @param causalPairs pairs that plain causal attention over the same tokens would have
 * @param saved share of those pairs that do not attend
 */
record MaskTiles(long full, long partial, long skipped, long above, long causalPairs, double saved) {
    /** What happens to one tile. */
    enum Work { FULL, PARTIAL, SKIPPED, ABOVE }

    static MaskTiles count(AttentionMask mask, int tile) {
        long[] counts = new long[Work.values().length];
        int grid = (mask.keys() + tile - 1) / tile;
        for (int q = 0; q < grid; q++) {
            for (Work work : row(mask, tile, q)) {
                counts[work.ordinal()]++;
            }
        }
        long causal = (long) mask.keys() * (mask.keys() + 1) / 2;
        return new MaskTiles(counts[0], counts[1], counts[2], counts[3], causal, 1 - (double) mask.visiblePairs() / causal);
    }

    /** The tiles of one row of the grid, from left to right. */
    static Work[] row(AttentionMask mask, int tile, int q) {
        int n = mask.keys();
        int from = q * tile;
        int to = Math.min(n, from + tile);
        long[] fullKeys = new long[(n + tile - 1) / tile]; // keys of the tile that every query of the row sees
        boolean[] any = new boolean[fullKeys.length];
        for (KeyRange range : mask.keyRanges(from, to, n)) {
            for (int k = range.from() / tile; k * tile < range.to(); k++) {
                int overlap = Math.min(range.to(), (k + 1) * tile) - Math.max(range.from(), k * tile);
                any[k] = true;
                fullKeys[k] += range.full() ? overlap : 0;
            }
        }
        Work[] out = new Work[fullKeys.length];
        for (int k = 0; k < out.length; k++) {
            int width = Math.min(n, (k + 1) * tile) - k * tile;
            out[k] = k * tile >= to ? Work.ABOVE : !any[k] ? Work.SKIPPED : fullKeys[k] == width ? Work.FULL : Work.PARTIAL;
        }
        return out;
    }
}
