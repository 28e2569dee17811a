package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionSpec;

/**
 * Masked attention, tile by tile with an online softmax (Dao, 2023). One task holds the keys and values of one (batch row,
 * key head) on the heap and walks query tiles of the heads that share them. Scores are made transposed, [keys, queries], from
 * the transposed queries: keys and values stay in their own order, and nothing but a small query tile is ever transposed.
 */
final class Attention {
    /** Enough tasks to keep workers busy; more only repeat the copy of keys and values. */
    private static final int WANTED_TASKS = 16;
    // Scratch slots of a task.
    private static final int KEYS = 0;
    private static final int VALUES = 1;
    private static final int QUERIES = 2;
    private static final int TRANSPOSED = 3;
    private static final int SCORES = 4;
    private static final int RESULT = 5;
    private static final int STATE = 6;

    private static final int WIDTH = AttentionKernels.WIDTH;
    private static final int ROWS = AttentionKernels.ROWS;
    private static final int Q = AttentionTiles.QUERIES;

    /** The sizes of one call and how it is cut into tasks, by sizes alone. */
    record Sizes(int batch, int queries, int keys, int heads, int kvHeads, int dim, int splits) {
        static Sizes of(Tensor q, Tensor k) {
            int pairs = q.size(0) * k.size(2);
            int tiles = (q.size(1) + Q - 1) / Q;
            int splits = Math.max(1, Math.min(tiles, (WANTED_TASKS + pairs - 1) / Math.max(1, pairs)));
            return new Sizes(q.size(0), q.size(1), k.size(1), q.size(2), k.size(2), q.size(3), splits);
        }

        int tasks() {
            return batch * kvHeads * splits;
        }

        /** Head dimension padded to whole panels. */
        int width() {
            return AttentionKernels.padded(dim);
        }

        int batchOf(int task) {
            return task / splits / kvHeads;
        }

        int kvHeadOf(int task) {
            return task / splits % kvHeads;
        }

        /** Query heads of a key head. */
        int group() {
            return heads / kvHeads;
        }

        /** Byte offset of a query's head. */
        long queryOffset(int b, int query, int head) {
            return 4L * (((long) b * queries + query) * heads + head) * dim;
        }

        long queryStride() {
            return 4L * heads * dim;
        }

        /** Byte offset of a key's or value's head. */
        long keyOffset(int b, int key, int kvHead) {
            return 4L * (((long) b * keys + key) * kvHeads + kvHead) * dim;
        }

        long keyStride() {
            return 4L * kvHeads * dim;
        }
    }

    private Attention() {
    }

    /** q, out [batch, queries, heads, headDim]; k, v [batch, keys, kvHeads, headDim]; logSumExp [batch, heads, queries] or null. */
    static void forward(AttentionSpec spec, Tensor q, Tensor k, Tensor v, Tensor out, Tensor logSumExp) {
        Sizes sizes = Sizes.of(q, k);
        AttentionTiles tiles = new AttentionTiles(spec.mask());
        MemorySegment qs = q.segment();
        MemorySegment ks = k.segment();
        MemorySegment vs = v.segment();
        MemorySegment to = out.segment();
        MemorySegment kept = logSumExp == null ? null : logSumExp.segment();
        WorkerPool.shared().parallelFor(sizes.tasks(), task -> {
            int b = sizes.batchOf(task);
            int kvHead = sizes.kvHeadOf(task);
            load(sizes, ks, vs, b, kvHead);
            for (int h = 0; h < sizes.group(); h++) {
                int head = kvHead * sizes.group() + h;
                for (int tile = task % sizes.splits; tile < tiles.queryTiles(); tile += sizes.splits) {
                    loadQueries(sizes, qs, b, tiles.queryFrom(tile), tiles.queriesOf(tile), head, spec.scale());
                    walk(sizes, tiles, tile);
                    store(sizes, to, kept, b, tiles.queryFrom(tile), tiles.queriesOf(tile), head);
                }
            }
        });
    }

    /** Keys as rows [keys, width], values as panels [width / WIDTH, keys, WIDTH]. */
    private static void load(Sizes sizes, MemorySegment ks, MemorySegment vs, int b, int kvHead) {
        int width = sizes.width();
        // Products take four keys at a time: a few rows more may be read, never used.
        float[] keys = Scratch.get().floats(KEYS, (sizes.keys + ROWS) * width);
        float[] values = Scratch.get().floats(VALUES, sizes.keys * width);
        AttentionKernels.loadRows(vs, sizes.keyOffset(b, 0, kvHead), sizes.keyStride(), sizes.keys, sizes.dim, keys, width);
        AttentionKernels.rowsToPanels(keys, sizes.keys, width, values, sizes.keys);
        AttentionKernels.loadRows(ks, sizes.keyOffset(b, 0, kvHead), sizes.keyStride(), sizes.keys, sizes.dim, keys, width);
    }

    /** Scaled queries, transposed to panels [Q / WIDTH, dim, WIDTH]; missing ones are zero. */
    private static void loadQueries(Sizes sizes, MemorySegment qs, int b, int from, int count, int head, float scale) {
        int width = sizes.width();
        float[] rows = Scratch.get().floats(QUERIES, Q * width);
        float[] transposed = Scratch.get().floats(TRANSPOSED, Q * sizes.dim);
        AttentionKernels.loadRows(qs, sizes.queryOffset(b, from, head), sizes.queryStride(), count, sizes.dim, rows, width);
        Arrays.fill(rows, count * width, Q * width, 0f);
        AttentionKernels.scale(rows, 0, count * width, scale);
        AttentionKernels.rowsToTransposedPanels(rows, width, sizes.dim, transposed);
    }

    /** All key tiles of one query tile: RESULT becomes Σ exp(score - max) v, STATE holds max and sum. */
    private static void walk(Sizes sizes, AttentionTiles tiles, int tile) {
        Scratch scratch = Scratch.get();
        int width = sizes.width();
        int queries = AttentionKernels.padded(tiles.queriesOf(tile));
        float[] keys = scratch.floats(KEYS, 0);
        float[] values = scratch.floats(VALUES, 0);
        float[] transposed = scratch.floats(TRANSPOSED, 0);
        float[] scores = scratch.floats(SCORES, (AttentionTiles.KEYS + ROWS) * Q); // [keys, Q]
        float[] result = scratch.floats(RESULT, Q * width); // [Q, width]
        float[] state = scratch.floats(STATE, OnlineSoftmax.STATE);
        Arrays.fill(result, 0, Q * width, 0f);
        OnlineSoftmax.start(state);
        for (int t = tiles.first(tile); t < tiles.first(tile + 1); t++) {
            int from = tiles.from(t);
            int count = tiles.to(t) - from;
            for (int p = 0; p < queries / WIDTH; p++) {
                for (int row = 0; row < count; row += ROWS) {
                    AttentionKernels.rowsTimesPanel(keys, (from + row) * width, width, transposed, p * sizes.dim * WIDTH, sizes.dim,
                            scores, row * Q + p * WIDTH, Q, false);
                }
            }
            if (tiles.countsAt(t) >= 0) {
                OnlineSoftmax.mask(scores, count, queries, tiles.counts(), tiles.countsAt(t));
            }
            OnlineSoftmax.update(scores, count, queries, state);
            for (int p = 0; p < width / WIDTH; p++) {
                for (int row = 0; row < tiles.queriesOf(tile); row += ROWS) {
                    AttentionKernels.columnsTimesPanel(scores, row, values, (p * sizes.keys + from) * WIDTH, count,
                            state, OnlineSoftmax.SHRINK + row, result, row * width + p * WIDTH, width);
                }
            }
        }
    }

    private static void store(Sizes sizes, MemorySegment to, MemorySegment logSumExp, int b, int from, int count, int head) {
        Scratch scratch = Scratch.get();
        int width = sizes.width();
        float[] result = scratch.floats(RESULT, 0);
        float[] state = scratch.floats(STATE, 0);
        for (int i = 0; i < count; i++) {
            float sum = state[OnlineSoftmax.SUM + i];
            AttentionKernels.scale(result, i * width, width, 1 / sum);
            Rows.store(result, i * width, sizes.dim, to, sizes.queryOffset(b, from + i, head));
            if (logSumExp != null) {
                long at = 4L * (((long) b * sizes.heads + head) * sizes.queries + from + i);
                logSumExp.set(ValueLayout.JAVA_FLOAT, at, (float) (state[OnlineSoftmax.MAX + i] + Math.log(sum)));
            }
        }
    }
}
