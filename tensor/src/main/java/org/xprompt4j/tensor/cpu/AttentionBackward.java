package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionSpec;

/**
 * Gradients of {@link Attention} (Dao, 2023, algorithm 2): the probabilities are made again from the scores and the kept
 * logSumExp. With P = exp(S - logSumExp), dP = dOut Vᵀ and delta = rowsum(dOut ⊙ out):
 * dV = Pᵀ dOut, dS = P ⊙ (dP - delta), dQ = scale dS K, dK = scale dSᵀ Q.
 *
 * <p>A task owns one (batch row, key head) and adds tile after tile in a fixed order. Where there are too few of those, query
 * tiles are dealt to several tasks with sums of their own, which are then added in the order of the tasks.
 */
final class AttentionBackward {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    private static final int WIDTH = AttentionKernels.WIDTH;
    private static final int ROWS = AttentionKernels.ROWS;
    private static final int Q = AttentionTiles.QUERIES;
    // Scratch slots of a task: the key side ...
    private static final int KEYS = 0;
    private static final int KEY_PANELS = 1;
    private static final int VALUES = 2;
    private static final int D_KEYS = 3;
    private static final int D_VALUES = 4;
    // ... the query side ...
    private static final int QUERY_ROWS = 5;
    private static final int QUERY_PANELS = 6;
    private static final int QUERIES_TRANSPOSED = 7;
    private static final int D_OUT_ROWS = 8;
    private static final int D_OUT_PANELS = 9;
    private static final int D_OUT_TRANSPOSED = 10;
    private static final int D_QUERIES = 11;
    /** logSumExp, delta, ones, and a vector for sums that nobody reads: [3, Q] and L. */
    private static final int STATE = 12;
    // ... a pair of tiles ...
    private static final int SCORES = 13;
    private static final int D_SCORES = 14;
    // ... and of the caller.
    private static final int PARTIALS = 15;

    /** What one call reads and writes. */
    private record Call(Attention.Sizes sizes, AttentionTiles tiles, float scale, MemorySegment q, MemorySegment k, MemorySegment v,
            MemorySegment out, MemorySegment logSumExp, MemorySegment dOut, MemorySegment dQ, MemorySegment dK, MemorySegment dV) {
        /** Numbers of dK, and of dV, of one task; a few rows more take the zeros of incomplete groups of four. */
        int sumSize() {
            return (sizes.keys() + ROWS) * sizes.width();
        }
    }

    private AttentionBackward() {
    }

    /** Shapes as in {@link Attention#forward}; dQ, dK, dV are added to and may be null. */
    static void backward(AttentionSpec spec, Tensor q, Tensor k, Tensor v, Tensor out, Tensor logSumExp, Tensor dOut,
            Tensor dQ, Tensor dK, Tensor dV) {
        Call call = new Call(Attention.Sizes.of(q, k), new AttentionTiles(spec.mask()), spec.scale(), q.segment(), k.segment(), v.segment(),
                out.segment(), logSumExp.segment(), dOut.segment(), segment(dQ), segment(dK), segment(dV));
        Attention.Sizes sizes = call.sizes;
        boolean split = sizes.splits() > 1;
        int sumSize = call.sumSize();
        float[] partials = split ? Scratch.get().floats(PARTIALS, Math.multiplyExact(sizes.tasks(), 2 * sumSize)) : null; // [tasks, dK and dV]
        WorkerPool.shared().parallelFor(sizes.tasks(), task -> {
            runTask(call, task);
            float[] dKeys = Scratch.get().floats(D_KEYS, 0);
            float[] dValues = Scratch.get().floats(D_VALUES, 0);
            if (split) {
                System.arraycopy(dKeys, 0, partials, task * 2 * sumSize, sumSize);
                System.arraycopy(dValues, 0, partials, (task * 2 + 1) * sumSize, sumSize);
            } else {
                addToKeys(call, task, dKeys, 0, call.dK);
                addToKeys(call, task, dValues, 0, call.dV);
            }
        });
        if (split) {
            WorkerPool.shared().parallelFor(sizes.batch() * sizes.kvHeads(), pair -> {
                int first = pair * sizes.splits();
                for (int task = first + 1; task < first + sizes.splits(); task++) {
                    Rows.accumulate(partials, task * 2 * sumSize, partials, first * 2 * sumSize, 2 * sumSize);
                }
                addToKeys(call, first, partials, first * 2 * sumSize, call.dK);
                addToKeys(call, first, partials, (first * 2 + 1) * sumSize, call.dV);
            });
        }
    }

    private static MemorySegment segment(Tensor x) {
        return x == null ? null : x.segment();
    }

    private static void addToKeys(Call call, int task, float[] sums, int at, MemorySegment gradient) {
        Attention.Sizes sizes = call.sizes;
        for (int key = 0; gradient != null && key < sizes.keys(); key++) {
            Rows.add(sums, at + key * sizes.width(), sizes.dim(), gradient, sizes.keyOffset(sizes.batchOf(task), key, sizes.kvHeadOf(task)));
        }
    }

    private static void runTask(Call call, int task) {
        Attention.Sizes sizes = call.sizes;
        int b = sizes.batchOf(task);
        int kvHead = sizes.kvHeadOf(task);
        loadKeys(call, b, kvHead);
        for (int h = 0; h < sizes.group(); h++) {
            int head = kvHead * sizes.group() + h;
            for (int tile = task % sizes.splits(); tile < call.tiles.queryTiles(); tile += sizes.splits()) {
                loadQueries(call, b, call.tiles.queryFrom(tile), call.tiles.queriesOf(tile), head);
                walk(call, tile);
                storeQueries(call, b, call.tiles.queryFrom(tile), call.tiles.queriesOf(tile), head);
            }
        }
    }

    private static void loadKeys(Call call, int b, int kvHead) {
        Scratch scratch = Scratch.get();
        Attention.Sizes sizes = call.sizes;
        int width = sizes.width();
        int size = call.sumSize();
        float[] keys = scratch.floats(KEYS, size); // [keys, width]
        float[] panels = scratch.floats(KEY_PANELS, sizes.keys() * width); // [width / WIDTH, keys, WIDTH]
        float[] values = scratch.floats(VALUES, size); // [keys, width]
        long from = sizes.keyOffset(b, 0, kvHead);
        AttentionKernels.loadRows(call.k, from, sizes.keyStride(), sizes.keys(), sizes.dim(), keys, width);
        AttentionKernels.rowsToPanels(keys, sizes.keys(), width, panels, sizes.keys());
        AttentionKernels.loadRows(call.v, from, sizes.keyStride(), sizes.keys(), sizes.dim(), values, width);
        Arrays.fill(scratch.floats(D_KEYS, size), 0, size, 0f);
        Arrays.fill(scratch.floats(D_VALUES, size), 0, size, 0f);
    }

    private static void loadQueries(Call call, int b, int from, int count, int head) {
        Scratch scratch = Scratch.get();
        Attention.Sizes sizes = call.sizes;
        int width = sizes.width();
        float[] rows = scratch.floats(QUERY_ROWS, Q * width); // [Q, width], scaled
        float[] dOut = scratch.floats(D_OUT_ROWS, Q * width); // [Q, width]
        float[] out = scratch.floats(D_QUERIES, Q * width); // [Q, width], until dQ is cleared below
        float[] state = scratch.floats(STATE, 3 * Q + L);
        long at = sizes.queryOffset(b, from, head);
        AttentionKernels.loadRows(call.q, at, sizes.queryStride(), count, sizes.dim(), rows, width);
        AttentionKernels.loadRows(call.dOut, at, sizes.queryStride(), count, sizes.dim(), dOut, width);
        AttentionKernels.loadRows(call.out, at, sizes.queryStride(), count, sizes.dim(), out, width);
        Arrays.fill(rows, count * width, Q * width, 0f);
        Arrays.fill(dOut, count * width, Q * width, 0f);
        AttentionKernels.scale(rows, 0, count * width, call.scale);
        long kept = 4L * (((long) b * sizes.heads() + head) * sizes.queries() + from);
        for (int i = 0; i < Q; i++) {
            // A missing query has probability exp(0 - 1e30) = 0 everywhere.
            state[i] = i < count ? call.logSumExp.get(ValueLayout.JAVA_FLOAT, kept + 4L * i) : 1e30f;
            state[Q + i] = i < count ? Rows.dot(dOut, i * width, out, i * width, width) : 0f;
            state[2 * Q + i] = 1f;
        }
        Arrays.fill(out, 0, Q * width, 0f);
        float[] panels = scratch.floats(QUERY_PANELS, Q * width); // [width / WIDTH, Q, WIDTH]
        float[] dOutPanels = scratch.floats(D_OUT_PANELS, Q * width); // [width / WIDTH, Q, WIDTH]
        AttentionKernels.rowsToPanels(rows, Q, width, panels, Q);
        AttentionKernels.rowsToPanels(dOut, Q, width, dOutPanels, Q);
        AttentionKernels.rowsToTransposedPanels(rows, width, sizes.dim(), scratch.floats(QUERIES_TRANSPOSED, Q * sizes.dim()));
        AttentionKernels.rowsToTransposedPanels(dOut, width, sizes.dim(), scratch.floats(D_OUT_TRANSPOSED, Q * sizes.dim()));
    }

    private static void walk(Call call, int tile) {
        Scratch scratch = Scratch.get();
        AttentionTiles tiles = call.tiles;
        int width = call.sizes.width();
        int dim = call.sizes.dim();
        int queries = AttentionKernels.padded(tiles.queriesOf(tile));
        float[] scores = scratch.floats(SCORES, (AttentionTiles.KEYS + ROWS) * Q); // [keys, Q]
        float[] dScores = scratch.floats(D_SCORES, (AttentionTiles.KEYS + ROWS) * Q); // [keys, Q]
        float[] state = scratch.floats(STATE, 0);
        float[] dQueries = scratch.floats(D_QUERIES, 0);
        for (int t = tiles.first(tile); t < tiles.first(tile + 1); t++) {
            int from = tiles.from(t);
            int count = tiles.to(t) - from;
            int rows = (count + ROWS - 1) / ROWS * ROWS;
            products(scratch.floats(KEYS, 0), from * width, width, scratch.floats(QUERIES_TRANSPOSED, 0), dim, rows, queries, scores);
            products(scratch.floats(VALUES, 0), from * width, width, scratch.floats(D_OUT_TRANSPOSED, 0), dim, rows, queries, dScores);
            if (tiles.countsAt(t) >= 0) {
                OnlineSoftmax.mask(scores, count, queries, tiles.counts(), tiles.countsAt(t));
            }
            gradients(scores, dScores, count, queries, state);
            Arrays.fill(scores, count * Q, rows * Q, 0f);
            Arrays.fill(dScores, count * Q, rows * Q, 0f);
            outerProducts(scores, rows, queries, scratch.floats(D_OUT_PANELS, 0), scratch.floats(D_VALUES, 0), from * width, width);
            outerProducts(dScores, rows, queries, scratch.floats(QUERY_PANELS, 0), scratch.floats(D_KEYS, 0), from * width, width);
            for (int p = 0; p < width / WIDTH; p++) {
                for (int row = 0; row < tiles.queriesOf(tile); row += ROWS) {
                    AttentionKernels.columnsTimesPanel(dScores, row, scratch.floats(KEY_PANELS, 0), (p * call.sizes.keys() + from) * WIDTH, count,
                            state, 2 * Q, dQueries, row * width + p * WIDTH, width);
                }
            }
        }
    }

    /** result [keys, Q] = rows [keys, dim] · transposed queries. */
    private static void products(float[] a, int aAt, int width, float[] transposed, int dim, int rows, int queries, float[] result) {
        for (int p = 0; p < queries / WIDTH; p++) {
            for (int row = 0; row < rows; row += ROWS) {
                AttentionKernels.rowsTimesPanel(a, aAt + row * width, width, transposed, p * dim * WIDTH, dim, result, row * Q + p * WIDTH, Q, false);
            }
        }
    }

    /** sums [keys, width] += a [keys, Q] · panels of query rows. */
    private static void outerProducts(float[] a, int rows, int queries, float[] panels, float[] sums, int at, int width) {
        for (int p = 0; p < width / WIDTH; p++) {
            for (int row = 0; row < rows; row += ROWS) {
                AttentionKernels.rowsTimesPanel(a, row * Q, Q, panels, p * Q * WIDTH, queries, sums, at + row * width + p * WIDTH, width, true);
            }
        }
    }

    /** Scores become probabilities, dScores become P ⊙ (dP - delta). */
    private static void gradients(float[] scores, float[] dScores, int keys, int queries, float[] state) {
        for (int q = 0; q < queries; q += L) {
            VectorMath.expOfColumn(scores, q, keys, Q, state, q, state, 3 * Q);
            throughSoftmax(scores, dScores, keys, q, state);
        }
    }

    private static void throughSoftmax(float[] probabilities, float[] dScores, int keys, int q, float[] state) {
        FloatVector delta = FloatVector.fromArray(F, state, Q + q);
        for (int i = q; i < keys * Q + q; i += Q) {
            FloatVector.fromArray(F, dScores, i).sub(delta).mul(FloatVector.fromArray(F, probabilities, i)).intoArray(dScores, i);
        }
    }

    private static void storeQueries(Call call, int b, int from, int count, int head) {
        if (call.dQ == null) {
            return;
        }
        Attention.Sizes sizes = call.sizes;
        float[] dQueries = Scratch.get().floats(D_QUERIES, 0);
        AttentionKernels.scale(dQueries, 0, count * sizes.width(), call.scale);
        for (int i = 0; i < count; i++) {
            Rows.add(dQueries, i * sizes.width(), sizes.dim(), call.dQ, sizes.queryOffset(b, from + i, head));
        }
    }
}
