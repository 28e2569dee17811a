package org.xprompt4j.tensor.cpu;

import java.util.Arrays;
import java.util.List;

import org.xprompt4j.tensor.op.AttentionMask;
import org.xprompt4j.tensor.op.AttentionMask.KeyRange;

/**
 * Which key tiles each query tile visits, made once per call from the mask. Neighbouring full ranges and the partial one that
 * ends them share a tile, so that a diagonal of leftovers costs no tile of its own; what nobody sees is in no tile.
 */
final class AttentionTiles {
    /** Queries of a tile. */
    static final int QUERIES = 64;
    /** Keys of a tile at most: scores of a tile pair are 16 KiB. */
    static final int KEYS = 64;

    private final int queries;
    private final int[] first; // [queryTiles + 1], index of each query tile's first key tile
    private int[] from = new int[64]; // [tiles]
    private int[] to = new int[64]; // [tiles]
    private int[] countsAt = new int[64]; // [tiles], -1 where every query sees every key
    private float[] counts = new float[0]; // [partial tiles][QUERIES], how many keys of the tile a query sees
    private int size;
    private int partials;

    AttentionTiles(AttentionMask mask) {
        queries = mask.queries();
        first = new int[queryTiles() + 1];
        for (int tile = 0; tile < queryTiles(); tile++) {
            addKeyTiles(mask, queryFrom(tile), queryFrom(tile) + queriesOf(tile));
            first[tile + 1] = size;
        }
    }

    private void addKeyTiles(AttentionMask mask, int queryFrom, int queryTo) {
        List<KeyRange> ranges = mask.keyRanges(queryFrom, queryTo, KEYS);
        int start = size;
        for (KeyRange range : ranges) {
            int last = size - 1;
            boolean joins = size > start && countsAt[last] < 0 && to[last] == range.from() && range.to() - from[last] <= KEYS;
            if (!joins) {
                last = size++;
                ensureCapacity();
                from[last] = range.from();
                countsAt[last] = -1;
            }
            to[last] = range.to();
            if (!range.full()) {
                countsAt[last] = addCounts(mask, queryFrom, queryTo, range, range.from() - from[last]);
            }
        }
    }

    private void ensureCapacity() {
        if (size > from.length) {
            from = Arrays.copyOf(from, 2 * from.length);
            to = Arrays.copyOf(to, 2 * to.length);
            countsAt = Arrays.copyOf(countsAt, 2 * countsAt.length);
        }
    }

    private int addCounts(AttentionMask mask, int queryFrom, int queryTo, KeyRange range, int before) {
        int at = partials++ * QUERIES;
        if (at + QUERIES > counts.length) {
            counts = Arrays.copyOf(counts, Math.max(2 * counts.length, 16 * QUERIES));
        }
        for (int q = queryFrom; q < queryTo; q++) {
            counts[at + q - queryFrom] = before + mask.visibleKeys(q, range);
        }
        return at;
    }

    int queryTiles() {
        return (queries + QUERIES - 1) / QUERIES;
    }

    /** First query of a tile. */
    int queryFrom(int tile) {
        return tile * QUERIES;
    }

    /** Number of queries of a tile. */
    int queriesOf(int tile) {
        return Math.min(QUERIES, queries - queryFrom(tile));
    }

    /** Index of the first key tile of a query tile; those up to {@code first(tile + 1)} belong to it. */
    int first(int tile) {
        return first[tile];
    }

    int from(int keyTile) {
        return from[keyTile];
    }

    int to(int keyTile) {
        return to[keyTile];
    }

    /** Where in {@link #counts} the visible keys of each query begin; -1 when all see all. */
    int countsAt(int keyTile) {
        return countsAt[keyTile];
    }

    float[] counts() {
        return counts;
    }
}
