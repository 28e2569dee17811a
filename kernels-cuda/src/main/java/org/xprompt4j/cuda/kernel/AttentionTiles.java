package org.xprompt4j.cuda.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryPool;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionMask;
import org.xprompt4j.tensor.op.AttentionMask.KeyRange;

/**
 * A mask as the kernels read it: the pairs of 32 queries and 32 keys of which some see some, by query tile and by key tile, with 32
 * words of bits for every pair that is not full. Built on the host in time proportional to the pairs of tiles, kept on the device.
 */
final class AttentionTiles {
    static final int TILE = 32;

    /**
     * One way through the pairs.
     *
     * @param starts [tiles + 1], where each tile's entries begin
     * @param list [pairs, 2], the other tile and the place of its words, -1 for a full pair
     * @param words [words], one for a query, one bit for a key
     */
    record Lists(Tensor starts, Tensor list, Tensor words) {
    }

    /**
     * Lists on the device by mask. Every scope of programs builds its masks anew, so this forgets all once there are many: the memory
     * goes back in stream order.
     */
    static final class Cache {
        private static final int MOST = 64;

        private final MemoryPool pool;
        private final Map<AttentionMask, AttentionTiles> tiles = new IdentityHashMap<>();
        private MemoryScope scope;

        Cache(MemoryPool pool) {
            this.pool = pool;
            this.scope = new MemoryScope("attention tiles", pool);
        }

        AttentionTiles of(AttentionMask mask) {
            if (tiles.size() == MOST && !tiles.containsKey(mask)) {
                tiles.clear();
                scope.close();
                scope = new MemoryScope("attention tiles", pool);
            }
            return tiles.computeIfAbsent(mask, key -> new AttentionTiles(key, scope));
        }
    }

    private record Pair(int queryTile, int keyTile, int words) { // words: place, -1 when full
    }

    private final Lists byQuery;
    private final Lists byKey;

    AttentionTiles(AttentionMask mask, MemoryScope scope) {
        int queryTiles = (mask.queries() + TILE - 1) / TILE;
        int keyTiles = (mask.keys() + TILE - 1) / TILE;
        List<Pair> pairs = new ArrayList<>();
        int[] words = new int[TILE * 4];
        int used = 0;
        for (int t = 0; t < queryTiles; t++) {
            int[][] bits = bits(mask, t, keyTiles);
            for (int k = 0; k < keyTiles; k++) {
                int all = lowBits(Math.min(TILE, mask.keys() - k * TILE));
                int rows = Math.min(TILE, mask.queries() - t * TILE);
                boolean any = false;
                boolean full = true;
                for (int r = 0; r < rows; r++) {
                    any |= bits[k] != null && bits[k][r] != 0;
                    full &= bits[k] != null && bits[k][r] == all;
                }
                if (any && full) {
                    pairs.add(new Pair(t, k, -1));
                } else if (any) {
                    words = used + TILE > words.length ? Arrays.copyOf(words, 2 * words.length) : words;
                    System.arraycopy(bits[k], 0, words, used, TILE);
                    pairs.add(new Pair(t, k, used));
                    used += TILE;
                }
            }
        }
        Tensor wordTensor = scope.of(used == 0 ? new int[1] : Arrays.copyOf(words, used), Math.max(1, used));
        byQuery = lists(scope, pairs, queryTiles, true, wordTensor);
        byKey = lists(scope, pairs, keyTiles, false, wordTensor);
    }

    Lists byQuery() {
        return byQuery;
    }

    Lists byKey() {
        return byKey;
    }

    /** For a tile of queries: per key tile the keys that each query sees, null where none does. */
    private static int[][] bits(AttentionMask mask, int queryTile, int keyTiles) {
        int from = queryTile * TILE;
        int to = Math.min(from + TILE, mask.queries());
        int[][] bits = new int[keyTiles][];
        for (KeyRange range : mask.keyRanges(from, to, mask.keys())) {
            for (int query = from; query < to; query++) {
                int end = range.from() + (range.full() ? range.to() - range.from() : mask.visibleKeys(query, range));
                for (int key = range.from(); key < end;) {
                    int tile = key / TILE;
                    int stop = Math.min(end, (tile + 1) * TILE);
                    bits[tile] = bits[tile] == null ? new int[TILE] : bits[tile];
                    bits[tile][query - from] |= lowBits(stop - key) << key % TILE;
                    key = stop;
                }
            }
        }
        return bits;
    }

    private static int lowBits(int count) {
        return count >= TILE ? -1 : (1 << count) - 1;
    }

    private static Lists lists(MemoryScope scope, List<Pair> pairs, int tiles, boolean queriesFirst, Tensor words) {
        int[] starts = new int[tiles + 1];
        for (Pair pair : pairs) {
            starts[(queriesFirst ? pair.queryTile() : pair.keyTile()) + 1]++;
        }
        for (int t = 0; t < tiles; t++) {
            starts[t + 1] += starts[t];
        }
        int[] next = starts.clone();
        int[] list = new int[2 * Math.max(1, pairs.size())];
        for (Pair pair : pairs) { // in rising order of query tile, then key tile
            int at = next[queriesFirst ? pair.queryTile() : pair.keyTile()]++;
            list[2 * at] = queriesFirst ? pair.keyTile() : pair.queryTile();
            list[2 * at + 1] = pair.words();
        }
        return new Lists(scope.of(starts, starts.length), scope.allocate(DType.I32, Shape.of(list.length / 2, 2)).set(list), words);
    }
}
