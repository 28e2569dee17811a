package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionSpec;

/**
 * Masked attention, tile by tile with an online softmax (Dao, 2023). Rows of a group of heads are brought to the heap
 * once, in the order of memory; then a task is one tile of queries of one head. Scores are made transposed, [keys, queries], from the transposed
 * queries: keys and values stay in their own order, and nothing but a small query tile is ever transposed.
 *
 * <p>Work follows the visible pairs: an X-Prompt mask (IE as long as TD, 1.5 % XP) takes 1.04 times its share of the pairs of a causal
 * mask's time at 1067 and at 4096 tokens, 1.07 and 0.99 times backward. Six heads of 64, one thread, medians of 3 forks,
 * {@code bench/run.sh attention --param 'tokens=1067;4096'}, AMD EPYC (Zen 4, AVX-512), 2026-11-23.
 */
final class Attention {
    // Scratch slots of a task ...
    private static final int TRANSPOSED = 0;
    private static final int SCORES = 1;
    private static final int RESULT = 2;
    private static final int STATE = 3;
    // ... and of the caller.
    private static final int KEYS = 4;
    private static final int VALUES = 5;
    private static final int QUERIES = 6;

    private static final int WIDTH = AttentionKernels.WIDTH;
    private static final int ROWS = AttentionKernels.ROWS;
    private static final int Q = AttentionTiles.QUERIES;

    /** A group on the heap: keys and values [pairs, keys + ROWS, width], scaled queries [heads, queries, width]. */
    private record Group(int firstPair, float[] keys, float[] values, float[] queries) {
    }

    private Attention() {
    }

    /** q, out [batch, queries, heads, headDim]; k, v [batch, keys, kvHeads, headDim]; logSumExp [batch, heads, queries] or null. */
    static void forward(AttentionSpec spec, Tensor q, Tensor k, Tensor v, Tensor out, Tensor logSumExp) {
        AttentionSizes sizes = AttentionSizes.of(q, k);
        AttentionTiles tiles = AttentionTiles.of(spec.mask());
        MemorySegment to = out.segment();
        MemorySegment kept = logSumExp == null ? null : logSumExp.segment();
        int atOnce = sizes.pairsAtOnce(2, 1);
        for (int first = 0; first < sizes.pairs(); first += atOnce) {
            int pairs = Math.min(atOnce, sizes.pairs() - first);
            Group group = load(sizes, first, pairs, spec.scale(), q.segment(), k.segment(), v.segment());
            WorkerPool.shared().parallelFor(Math.multiplyExact(pairs * sizes.group(), tiles.count()), task -> {
                int tile = tiles.count() - 1 - task % tiles.count(); // under a causal mask the last ones are the longest
                int head = task / tiles.count();
                walk(sizes, group, head, tiles, tile);
                store(sizes, to, kept, group.firstPair * sizes.group() + head, tiles.queryFrom(tile), tiles.queriesOf(tile));
            });
        }
    }

    private static Group load(AttentionSizes sizes, int first, int pairs, float scale, MemorySegment q, MemorySegment k, MemorySegment v) {
        int size = sizes.pairFloats();
        int width = sizes.width();
        int dim = sizes.dim();
        float[] keys = Scratch.get().floats(KEYS, Math.multiplyExact(pairs, size));
        float[] values = Scratch.get().floats(VALUES, Math.multiplyExact(pairs, size));
        float[] queries = Scratch.get().floats(QUERIES, Math.multiplyExact(pairs, sizes.queryFloats()) + Q * width);
        sizes.forEachKey(first, pairs, (pair, key) -> {
            long from = sizes.keyOffset(first + pair, key);
            AttentionKernels.loadRow(k, from, dim, keys, pair * size + key * width, width);
            AttentionKernels.loadRow(v, from, dim, values, pair * size + key * width, width);
        });
        sizes.forEachQuery(first, pairs, (head, query) -> {
            int at = (head * sizes.queries() + query) * width;
            AttentionKernels.loadRow(q, sizes.queryOffset(first * sizes.group() + head, query), dim, queries, at, width);
            AttentionKernels.scale(queries, at, width, scale);
        });
        return new Group(first, keys, values, queries);
    }

    /** All keys of one query tile: RESULT becomes Σ exp(score - max) v, STATE holds max and sum. */
    private static void walk(AttentionSizes sizes, Group group, int head, AttentionTiles tiles, int tile) {
        Scratch scratch = Scratch.get();
        int width = sizes.width();
        int dim = sizes.dim();
        int base = head / sizes.group() * sizes.pairFloats();
        int queries = tiles.queriesOf(tile);
        float[] transposed = scratch.floats(TRANSPOSED, Q * dim); // [Q / WIDTH, dim, WIDTH]
        AttentionKernels.rowsToTransposedPanels(group.queries, (head * sizes.queries() + tiles.queryFrom(tile)) * width, queries, width, dim, transposed);
        float[] scores = scratch.floats(SCORES, (AttentionTiles.KEYS + ROWS) * Q); // [keys, Q]
        float[] result = scratch.floats(RESULT, Q * width); // [Q, width]
        float[] state = scratch.floats(STATE, OnlineSoftmax.STATE);
        Arrays.fill(result, 0, Q * width, 0f);
        OnlineSoftmax.start(state);
        for (int s = tiles.first(tile); s < tiles.first(tile + 1); s++) {
            for (int key = tiles.from(s), end; key < tiles.to(s); key = end) {
                end = tiles.stepTo(s, key);
                int count = end - key;
                boolean all = tiles.allSee(s, end);
                for (int p = 0; p * WIDTH < queries; p++) {
                    int needed = tiles.keysNeeded(s, key, end, p);
                    for (int row = 0; row < needed; row += ROWS) {
                        AttentionKernels.rowsTimesPanel(group.keys, base + (key + row) * width, width, transposed, p * dim * WIDTH, WIDTH, dim,
                                scores, row * Q + p * WIDTH, Q, false);
                    }
                    if (!all) {
                        OnlineSoftmax.mask(scores, p * WIDTH, needed, tiles.visible(), s * Q, key - tiles.from(s));
                    }
                    OnlineSoftmax.update(scores, p * WIDTH, Math.min(needed, count), state);
                }
                for (int row = 0; row < queries; row += ROWS) {
                    int depth = all ? count : Math.clamp(tiles.keysOfRows(s, key, row), 0, count);
                    for (int p = 0; p < width / WIDTH; p++) {
                        AttentionKernels.columnsTimesPanel(scores, row, group.values, base + key * width + p * WIDTH, width, depth,
                                state, OnlineSoftmax.SHRINK + row, result, row * width + p * WIDTH, width);
                    }
                }
            }
        }
    }

    private static void store(AttentionSizes sizes, MemorySegment to, MemorySegment logSumExp, int head, int from, int count) {
        Scratch scratch = Scratch.get();
        int width = sizes.width();
        float[] result = scratch.floats(RESULT, 0);
        float[] state = scratch.floats(STATE, 0);
        for (int i = 0; i < count; i++) {
            float sum = state[OnlineSoftmax.SUM + i];
            AttentionKernels.scale(result, i * width, width, 1 / sum);
            Rows.store(result, i * width, sizes.dim(), to, sizes.queryOffset(head, from + i));
            if (logSumExp != null) {
                logSumExp.set(ValueLayout.JAVA_FLOAT, sizes.keptOffset(head, from + i), (float) (state[OnlineSoftmax.MAX + i] + Math.log(sum)));
            }
        }
    }
}
