package org.xprompt4j.tensor.cpu;

import java.util.Arrays;

import org.xprompt4j.tensor.op.AttentionMask;
import org.xprompt4j.tensor.op.AttentionMask.KeyRange;

/**
 * Which keys each tile of queries visits. The keys of a tile are stretches of consecutive ones of which every query sees a
 * prefix: all of it in the past, less and less along the diagonal. What no query of the tile sees is in no stretch. Query tiles
 * end where the next query sees other segments (under the X-Prompt mask: where TD begins), so that no tile visits keys for the
 * sake of a few of its queries. Memory grows with the tiles and the stretches, a few to a tile: linear in the tokens.
 *
 * <p>A stretch is walked in steps of {@link #KEYS}, the odd ones first, so that a diagonal lies in the last step. Where a step
 * is not seen by all, {@link #keysOfRows} and {@link #keysOfPanel} say how much of it four queries or a panel of queries need.
 */
final class AttentionTiles {
    /** Queries of a tile at most. */
    static final int QUERIES = 64;
    /** Keys of a step at most: scores of a tile and a step are 16 KiB. */
    static final int KEYS = 64;
    /** Queries that {@link #keysOfRows} takes together. */
    static final int ROWS = AttentionKernels.ROWS;

    private static final int WIDTH = AttentionKernels.WIDTH;
    private static final int ROW_GROUPS = QUERIES / ROWS;
    private static final int PANELS = QUERIES / WIDTH;

    // Layers and passes of a step use one mask: the last one's tiles are kept.
    private static volatile AttentionTiles latest;

    private final AttentionMask mask;
    private int tiles;
    private int[] queryFrom; // [tiles + 1]
    private int[] first; // [tiles + 1], each tile's first stretch
    private int stretches;
    private int[] from = new int[16]; // [stretches], key positions
    private int[] to = new int[16]; // [stretches]
    private float[] visible = new float[16 * QUERIES]; // [stretches, QUERIES], keys that a query sees, from the stretch's start
    private int[] rowKeys; // [stretches, ROW_GROUPS], the largest of four queries
    private int[] panelKeys; // [stretches, PANELS], the largest of a panel and those before it
    private int[] fullKeys; // [stretches], the smallest of the tile

    private AttentionTiles(AttentionMask mask) {
        this.mask = mask;
        cutQueries();
        first = new int[tiles + 1];
        for (int tile = 0; tile < tiles; tile++) {
            addStretches(tile);
            first[tile + 1] = stretches;
        }
        summarise();
    }

    /** The tiles of a mask. */
    static AttentionTiles of(AttentionMask mask) {
        AttentionTiles tiles = latest;
        if (tiles == null || tiles.mask != mask) {
            tiles = new AttentionTiles(mask);
            latest = tiles;
        }
        return tiles;
    }

    private void cutQueries() {
        int queries = mask.queries();
        int shift = mask.keys() - queries; // a query's position is its row plus this
        queryFrom = new int[queries / QUERIES + mask.segments() + 2];
        int at = 0;
        for (int segment = 0; segment < mask.segments(); segment++) {
            int border = segment == mask.segments() - 1 ? queries : Math.min(queries, mask.segmentEnd(segment) - shift);
            if (border > at && (border == queries || !seesAlike(border - 1, border))) {
                for (int size; at < border; at += size) {
                    int odd = (border - at) % QUERIES; // the short tile first, where it sees the fewest keys
                    size = odd == 0 ? QUERIES : odd;
                    queryFrom[tiles++] = at;
                }
            }
        }
        queryFrom[tiles] = queries;
    }

    /** True when two neighbouring queries see the same of what lies before both. */
    private boolean seesAlike(int query, int next) {
        int position = query + mask.keys() - mask.queries();
        for (int segment = 0, start = 0; segment < mask.segments() && start <= position; start = mask.segmentEnd(segment++)) {
            if (mask.segmentEnd(segment) > start && mask.allows(query, start) != mask.allows(next, start)) {
                return false;
            }
        }
        return true;
    }

    private void addStretches(int tile) {
        int start = stretches;
        int[] seen = new int[QUERIES]; // of one range
        for (KeyRange range : mask.keyRanges(queryFrom[tile], queryFrom[tile + 1], mask.keys())) {
            for (int i = 0; i < queriesOf(tile); i++) {
                seen[i] = range.full() ? range.to() - range.from() : mask.visibleKeys(queryFrom[tile] + i, range);
            }
            int last = stretches - 1;
            if (stretches == start || to[last] != range.from() || !isPrefix(seen, last, queriesOf(tile))) {
                last = stretches++;
                if (last == from.length) {
                    from = Arrays.copyOf(from, 2 * last);
                    to = Arrays.copyOf(to, 2 * last);
                    visible = Arrays.copyOf(visible, 2 * visible.length);
                }
                from[last] = range.from();
            }
            to[last] = range.to();
            for (int i = 0; i < queriesOf(tile); i++) {
                visible[last * QUERIES + i] += seen[i];
            }
        }
    }

    /** True when whoever sees something of the next range sees the whole stretch before it. */
    private boolean isPrefix(int[] seen, int stretch, int queries) {
        for (int i = 0; i < queries; i++) {
            if (seen[i] > 0 && visible[stretch * QUERIES + i] != to[stretch] - from[stretch]) {
                return false;
            }
        }
        return true;
    }

    private void summarise() {
        rowKeys = new int[stretches * ROW_GROUPS];
        panelKeys = new int[stretches * PANELS];
        fullKeys = new int[stretches];
        for (int tile = 0; tile < tiles; tile++) {
            for (int s = first[tile]; s < first[tile + 1]; s++) {
                fullKeys[s] = Integer.MAX_VALUE;
                for (int i = 0; i < queriesOf(tile); i++) {
                    int keys = (int) visible[s * QUERIES + i];
                    fullKeys[s] = Math.min(fullKeys[s], keys);
                    rowKeys[s * ROW_GROUPS + i / ROWS] = Math.max(rowKeys[s * ROW_GROUPS + i / ROWS], keys);
                    for (int p = i / WIDTH; p < PANELS; p++) {
                        panelKeys[s * PANELS + p] = Math.max(panelKeys[s * PANELS + p], keys);
                    }
                }
            }
        }
    }

    /** Number of query tiles. */
    int count() {
        return tiles;
    }

    /** First query of a tile. */
    int queryFrom(int tile) {
        return queryFrom[tile];
    }

    /** Number of queries of a tile. */
    int queriesOf(int tile) {
        return queryFrom[tile + 1] - queryFrom[tile];
    }

    /** Index of the first stretch of a tile; those up to {@code first(tile + 1)} belong to it. */
    int first(int tile) {
        return first[tile];
    }

    /** First key of a stretch. */
    int from(int stretch) {
        return from[stretch];
    }

    /** The key behind a stretch. */
    int to(int stretch) {
        return to[stretch];
    }

    /** Where a step ends that begins at a key of the stretch. */
    int stepTo(int stretch, int key) {
        int odd = (to[stretch] - key) % KEYS;
        return key + (odd == 0 ? KEYS : odd);
    }

    /** True when all queries of the tile see all keys of the stretch up to this one. */
    boolean allSee(int stretch, int keyTo) {
        return keyTo <= from[stretch] + fullKeys[stretch];
    }

    /** How many keys from {@code key} on the most far-sighted of four queries sees; may be negative or beyond a step. */
    int keysOfRows(int stretch, int key, int row) {
        return rowKeys[stretch * ROW_GROUPS + row / ROWS] - (key - from[stretch]);
    }

    /** The same of a panel and all panels before it. */
    int keysOfPanel(int stretch, int key, int panel) {
        return panelKeys[stretch * PANELS + panel] - (key - from[stretch]);
    }

    /** How many keys of a stretch each query sees, [QUERIES] from {@code stretch * QUERIES} on. */
    float[] visible() {
        return visible;
    }

    /** Scores that are computed for one head: visible pairs, and what rounding to panels and groups of four keys adds. */
    long scores() {
        long scores = 0;
        for (int tile = 0; tile < tiles; tile++) {
            for (int s = first[tile]; s < first[tile + 1]; s++) {
                for (int key = from[s], end; key < to[s]; key = end) {
                    end = stepTo(s, key);
                    for (int p = 0; p < (queriesOf(tile) + WIDTH - 1) / WIDTH; p++) {
                        scores += (long) WIDTH * keysNeeded(s, key, end, p);
                    }
                }
            }
        }
        return scores;
    }

    /** Keys of a step that a panel of queries computes scores for: all, or up to what it sees, in groups of four. */
    int keysNeeded(int stretch, int key, int keyTo, int panel) {
        int needed = allSee(stretch, keyTo) ? keyTo - key : Math.clamp(keysOfPanel(stretch, key, panel), 0, keyTo - key);
        return (needed + ROWS - 1) / ROWS * ROWS;
    }

    /** Cuts the tiles into parts of about equal work: [parts + 1], the first tile of each and the end. */
    int[] balanced(int parts) {
        long[] before = new long[tiles + 1]; // keys visited
        for (int tile = 0; tile < tiles; tile++) {
            before[tile + 1] = before[tile] + KEYS;
            for (int s = first[tile]; s < first[tile + 1]; s++) {
                before[tile + 1] += to[s] - from[s];
            }
        }
        int[] cuts = new int[parts + 1];
        for (int part = 1; part <= parts; part++) {
            int tile = cuts[part - 1];
            while (tile < tiles && before[tile] * parts < before[tiles] * part) {
                tile++;
            }
            cuts[part] = tile;
        }
        return cuts;
    }
}
