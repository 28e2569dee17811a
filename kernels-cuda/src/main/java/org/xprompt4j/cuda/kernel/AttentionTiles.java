package org.xprompt4j.cuda.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryPool;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionMask;
import org.xprompt4j.tensor.op.AttentionMask.KeyRange;

/**
 * A mask as the kernels read it: the pairs of a tile of queries and a tile of keys of which some see some, by query tile and by key tile,
 * with words of bits for every pair that is not full. Built on the host in time proportional to the pairs of tiles, kept on the device.
 */
final class AttentionTiles {
    private static final int WORD = 32; // keys of a word

    /**
     * How large tiles are.
     *
     * @param queries of a tile
     * @param keys of a tile, a multiple of 32
     */
    record Size(int queries, int keys) {
        int words() {
            return keys / WORD; // of a query
        }
    }

    /**
     * One way through the pairs.
     *
     * @param starts [tiles + 1], where each tile's entries begin
     * @param list [pairs, 2], the other tile and the place of its words, -1 for a full pair
     * @param words [words], for each query of a tile those of its keys, one bit for a key
     * @param order [tiles], those with most entries first: blocks that take longest must not start last
     */
    record Lists(Tensor starts, Tensor list, Tensor words, Tensor order) {
    }

    /**
     * Lists on the device by mask. Every scope of programs builds its masks anew, so this forgets all once there are many: the memory
     * goes back in stream order.
     */
    static final class Cache {
        private static final int MOST = 64;

        private final MemoryPool pool;
        private final Size size;
        private final Map<AttentionMask, AttentionTiles> tiles = new IdentityHashMap<>();
        private MemoryScope scope;

        Cache(MemoryPool pool, Size size) {
            this.pool = pool;
            this.size = size;
            this.scope = new MemoryScope("attention tiles", pool);
        }

        AttentionTiles of(AttentionMask mask) {
            if (tiles.size() == MOST && !tiles.containsKey(mask)) {
                tiles.clear();
                scope.close();
                scope = new MemoryScope("attention tiles", pool);
            }
            return tiles.computeIfAbsent(mask, key -> new AttentionTiles(key, size, scope));
        }
    }

    private record Pair(int queryTile, int keyTile, int words) { // words: place, -1 when full
    }

    private final Lists byQuery;
    private final Lists byKey;

    AttentionTiles(AttentionMask mask, Size size, MemoryScope scope) {
        int queryTiles = (mask.queries() + size.queries() - 1) / size.queries();
        int keyTiles = (mask.keys() + size.keys() - 1) / size.keys();
        int tileWords = size.queries() * size.words();
        List<Pair> pairs = new ArrayList<>();
        int[] words = new int[tileWords * 4];
        int used = 0;
        for (int t = 0; t < queryTiles; t++) {
            int[][] bits = bits(mask, size, t, keyTiles);
            int rows = Math.min(size.queries(), mask.queries() - t * size.queries());
            for (int k = 0; k < keyTiles; k++) {
                if (bits[k] == null) {
                    continue;
                }
                if (isFull(bits[k], rows, size.words(), mask.keys() - k * size.keys())) {
                    pairs.add(new Pair(t, k, -1));
                } else if (Arrays.stream(bits[k]).anyMatch(word -> word != 0)) {
                    words = used + tileWords > words.length ? Arrays.copyOf(words, 2 * words.length) : words;
                    System.arraycopy(bits[k], 0, words, used, tileWords);
                    pairs.add(new Pair(t, k, used));
                    used += tileWords;
                }
            }
        }
        Tensor wordTensor = scope.of(used == 0 ? new int[1] : Arrays.copyOf(words, used), Math.max(1, used));
        byQuery = lists(scope, pairs, queryTiles, true, wordTensor);
        byKey = lists(scope, pairs, keyTiles, false, wordTensor);
    }

    /** True when each of the rows sees all of the keys that there are. */
    private static boolean isFull(int[] bits, int rows, int perRow, int keys) {
        for (int i = 0; i < rows * perRow; i++) {
            if (bits[i] != lowBits(Math.clamp(keys - i % perRow * (long) WORD, 0, WORD))) {
                return false;
            }
        }
        return true;
    }

    Lists byQuery() {
        return byQuery;
    }

    Lists byKey() {
        return byKey;
    }

    /** For a tile of queries: per key tile the words of the keys that each query sees, null where none does. */
    private static int[][] bits(AttentionMask mask, Size size, int queryTile, int keyTiles) {
        int from = queryTile * size.queries();
        int to = Math.min(from + size.queries(), mask.queries());
        int[][] bits = new int[keyTiles][];
        for (KeyRange range : mask.keyRanges(from, to, mask.keys())) {
            for (int query = from; query < to; query++) {
                int end = range.from() + (range.full() ? range.to() - range.from() : mask.visibleKeys(query, range));
                for (int key = range.from(); key < end;) {
                    int tile = key / size.keys();
                    int stop = Math.min(end, (key / WORD + 1) * WORD);
                    bits[tile] = bits[tile] == null ? new int[size.queries() * size.words()] : bits[tile];
                    bits[tile][(query - from) * size.words() + key % size.keys() / WORD] |= lowBits(stop - key) << key % WORD;
                    key = stop;
                }
            }
        }
        return bits;
    }

    private static int lowBits(int count) {
        return count >= WORD ? -1 : (1 << count) - 1;
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
        int[] order = IntStream.range(0, tiles).boxed().sorted(Comparator.comparingInt((Integer t) -> starts[t] - starts[t + 1]))
                .mapToInt(Integer::intValue).toArray(); // a stable sort
        return new Lists(scope.of(starts, starts.length), scope.allocate(DType.I32, Shape.of(list.length / 2, 2)).set(list), words,
                scope.of(order, order.length));
    }
}
