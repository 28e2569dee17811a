package org.xprompt4j.tensor.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Who may attend to whom, never as a dense matrix: the key positions are cut into segments, every segment of queries sees a
 * set of segments of keys, and (unless the mask is {@link #full}) nobody sees a later position. The queries are the last
 * {@link #queries()} of the {@link #keys()} positions, so the same mask serves training, prefill behind a cache and pictures.
 *
 * <p>X-Prompt (paper, section 3.1): causal, and TD segments are blind to IE segments; XP sees both its own past and IE.
 */
public final class AttentionMask {
    private final int[] ends; // [segments], exclusive end of each segment in key positions
    private final boolean[][] sees; // [query segment][key segment]
    private final boolean causal;
    private final int queries;

    private AttentionMask(int[] ends, boolean[][] sees, boolean causal, int queries) {
        this.ends = ends;
        this.sees = sees;
        this.causal = causal;
        this.queries = queries;
    }

    /** Every query sees every key. */
    public static AttentionMask full(int queries, int keys) {
        requirePositive(queries, keys);
        // One segment for all positions would make queries a suffix of keys; without causality that is no restriction.
        return new AttentionMask(new int[] {keys}, new boolean[][] {{true}}, false, queries);
    }

    /** Position i sees positions 0..i. */
    public static AttentionMask causal(int length) {
        return causal(length, length);
    }

    /** The last {@code queries} of {@code keys} positions, each seeing itself and all before it. */
    public static AttentionMask causal(int queries, int keys) {
        requirePositive(queries, keys);
        if (queries > keys) {
            throw new IllegalArgumentException(queries + " causal queries over only " + keys + " keys");
        }
        return new AttentionMask(new int[] {keys}, new boolean[][] {{true}}, true, queries);
    }

    /**
     * Causal over segments with a visibility table.
     *
     * @param lengths [segments] length of each segment; empty segments are allowed
     * @param sees [query segment][key segment]; entries above the diagonal have no effect
     */
    public static AttentionMask segmented(int[] lengths, boolean[][] sees) {
        int n = lengths.length;
        if (n == 0 || sees.length != n) {
            throw new IllegalArgumentException("segments " + n + " and visibility rows " + sees.length + " must be equal and positive");
        }
        int[] ends = new int[n];
        int end = 0;
        boolean[][] copy = new boolean[n][];
        for (int i = 0; i < n; i++) {
            if (lengths[i] < 0 || sees[i].length != n || !sees[i][i]) {
                throw new IllegalArgumentException("segment " + i + " needs length >= 0, " + n + " visibility entries, and must see itself");
            }
            end = Math.addExact(end, lengths[i]);
            ends[i] = end;
            copy[i] = sees[i].clone();
        }
        requirePositive(end, end);
        return new AttentionMask(ends, copy, true, end);
    }

    private static void requirePositive(int queries, int keys) {
        if (queries < 1 || keys < 1) {
            throw new IllegalArgumentException("a mask needs at least one query and one key, got " + queries + " and " + keys);
        }
    }

    /** The same mask for the last {@code count} positions as queries. */
    public AttentionMask lastQueries(int count) {
        if (count < 1 || count > queries) {
            throw new IllegalArgumentException(count + " of " + queries + " queries");
        }
        return new AttentionMask(ends, sees, causal, count);
    }

    /** Number of queries. */
    public int queries() {
        return queries;
    }

    /** Number of keys. */
    public int keys() {
        return ends[ends.length - 1];
    }

    /** Number of segments. */
    public int segments() {
        return ends.length;
    }

    /** First key position behind a segment. */
    public int segmentEnd(int segment) {
        return ends[segment];
    }

    /** True when nothing is hidden but what comes later. */
    public boolean isCausal() {
        return causal;
    }

    /** True when query row {@code query} (0 is the first query) may attend to key position {@code key}. */
    public boolean allows(int query, int key) {
        int position = query + keys() - queries;
        return !causal ? key < keys() : key <= position && sees[segmentOf(position)][segmentOf(key)];
    }

    /** Number of (query, key) pairs that attend: the work of attention. */
    public long visiblePairs() {
        if (!causal) {
            return (long) queries * keys();
        }
        long pairs = 0;
        int from = keys() - queries;
        for (int s = 0; s < ends.length; s++) {
            int low = Math.max(from, start(s));
            if (low >= ends[s]) {
                continue;
            }
            for (int k = 0; k < s; k++) {
                pairs += sees[s][k] ? (long) (ends[s] - low) * (ends[k] - start(k)) : 0;
            }
            long first = low - start(s) + 1;
            long last = ends[s] - start(s);
            pairs += (first + last) * (last - first + 1) / 2;
        }
        return pairs;
    }

    /**
     * Consecutive keys for a tile of queries.
     *
     * @param from first key position
     * @param to position behind the last
     * @param full every query of the tile sees every key of the range; otherwise ask {@link #visibleKeys}
     */
    public record KeyRange(int from, int to, boolean full) {
    }

    /**
     * The key ranges that some query of a tile sees, in ascending order without overlap; what is between them is skipped.
     *
     * @param queryFrom first query row of the tile
     * @param queryTo row behind the last
     * @param keyTile ranges are no longer than this
     */
    public List<KeyRange> keyRanges(int queryFrom, int queryTo, int keyTile) {
        if (queryFrom < 0 || queryTo <= queryFrom || queryTo > queries || keyTile < 1) {
            throw new IllegalArgumentException("queries " + queryFrom + ".." + queryTo + " of " + queries + ", key tile " + keyTile);
        }
        List<KeyRange> ranges = new ArrayList<>();
        if (!causal) {
            addTiles(ranges, 0, keys(), keyTile, true);
            return ranges;
        }
        int shift = keys() - queries;
        int firstPosition = queryFrom + shift;
        int lastPosition = queryTo - 1 + shift;
        int firstSegment = segmentOf(firstPosition);
        int lastSegment = segmentOf(lastPosition);
        for (int k = 0; k <= lastSegment; k++) {
            boolean any = false;
            boolean all = true;
            for (int q = firstSegment; q <= lastSegment; q++) {
                if (ends[q] > start(q)) {
                    boolean visible = q >= k && sees[q][k];
                    any |= visible;
                    all &= visible;
                }
            }
            int from = start(k);
            int to = Math.min(ends[k], lastPosition + 1);
            if (!any || from >= to) {
                continue;
            }
            // Below the diagonal of the first query a visible range is full; across it the causal rule cuts.
            int diagonal = Math.max(from, Math.min(to, firstPosition + 1));
            addTiles(ranges, from, diagonal, keyTile, all);
            addTiles(ranges, diagonal, to, keyTile, false);
        }
        return ranges;
    }

    private static void addTiles(List<KeyRange> ranges, int from, int to, int tile, boolean full) {
        for (int at = from; at < to; at += tile) {
            ranges.add(new KeyRange(at, Math.min(to, at + tile), full));
        }
    }

    /**
     * For a partial range: how many of its keys, counted from its start, a query sees. Inside one range the visible keys of
     * a query are always a prefix, because ranges never cross a segment border.
     */
    public int visibleKeys(int query, KeyRange range) {
        if (!causal) {
            return range.to() - range.from();
        }
        int position = query + keys() - queries;
        if (!sees[segmentOf(position)][segmentOf(range.from())]) {
            return 0;
        }
        return Math.max(0, Math.min(range.to(), position + 1) - range.from());
    }

    private int start(int segment) {
        return segment == 0 ? 0 : ends[segment - 1];
    }

    private int segmentOf(int position) {
        int low = 0;
        while (ends[low] <= position) {
            low++;
        }
        return low;
    }

    @Override
    public String toString() {
        return (causal ? "causal" : "full") + " mask, " + queries + " queries, segments end at " + Arrays.toString(ends);
    }
}
