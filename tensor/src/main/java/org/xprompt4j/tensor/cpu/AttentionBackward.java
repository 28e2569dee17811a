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
 * <p>A task is a run of query tiles of one (batch row, key head) with sums of its own for the keys that they see, which are
 * then added in the order of the tasks. The runs are of about equal work and depend on the mask and the sizes alone.
 */
final class AttentionBackward {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    private static final int WIDTH = AttentionKernels.WIDTH;
    private static final int ROWS = AttentionKernels.ROWS;
    private static final int Q = AttentionTiles.QUERIES;
    /** Enough tasks to keep workers busy; more only cost sums. */
    private static final int WANTED_TASKS = 12;
    // Scratch slots of a task ...
    private static final int QUERIES_TRANSPOSED = 0;
    private static final int D_OUT_TRANSPOSED = 1;
    private static final int D_QUERIES = 2;
    /** logSumExp, delta, ones, and a vector for sums that nobody reads: [3, Q] and L. */
    private static final int STATE = 3;
    private static final int SCORES = 4;
    private static final int D_SCORES = 5;
    private static final int ROW = 6;
    // ... and of the caller.
    private static final int KEYS = 7;
    private static final int VALUES = 8;
    private static final int QUERIES = 9;
    private static final int D_OUT = 10;
    private static final int DELTA = 11;
    private static final int SUMS = 12;

    /** What one call reads and writes. */
    private record Call(AttentionSizes sizes, AttentionTiles tiles, float scale, MemorySegment q, MemorySegment k, MemorySegment v,
            MemorySegment out, MemorySegment logSumExp, MemorySegment dOut, MemorySegment dQ, MemorySegment dK, MemorySegment dV) {
    }

    /**
     * A group on the heap: keys and values [pairs, keys + ROWS, width], scaled queries and dOut [heads, queries, width],
     * delta [heads, queries].
     */
    private record Group(int firstPair, float[] keys, float[] values, float[] queries, float[] dOut, float[] delta) {
    }

    /** The runs of query tiles, which keys each sees, and where in the sums of a pair its dK and then dV lie. */
    private record Runs(int[] tiles, int[] keyFrom, int[] keyTo, int[] at, int floats) {
        static Runs of(AttentionTiles tiles, int count, int width) {
            int[] cuts = tiles.balanced(count);
            int[] from = new int[count];
            int[] to = new int[count];
            int[] at = new int[count];
            int floats = 0;
            for (int run = 0; run < count; run++) {
                from[run] = Integer.MAX_VALUE;
                for (int s = tiles.first(cuts[run]); s < tiles.first(cuts[run + 1]); s++) {
                    from[run] = Math.min(from[run], tiles.from(s));
                    to[run] = Math.max(to[run], tiles.to(s));
                }
                from[run] = Math.min(from[run], to[run]);
                at[run] = floats;
                floats = Math.addExact(floats, Math.multiplyExact(2 * width, rows(to[run] - from[run])));
            }
            return new Runs(cuts, from, to, at, floats);
        }

        int count() {
            return at.length;
        }

        // A few rows more take the zeros of incomplete groups of four.
        private static int rows(int keys) {
            return keys + ROWS;
        }

        /** Floats of dK, and of dV, of a run. */
        int half(int run, int width) {
            return rows(keyTo[run] - keyFrom[run]) * width;
        }
    }

    private AttentionBackward() {
    }

    /** Shapes as in {@link Attention#forward}; dQ, dK, dV are added to and may be null. */
    static void backward(AttentionSpec spec, Tensor q, Tensor k, Tensor v, Tensor out, Tensor logSumExp, Tensor dOut,
            Tensor dQ, Tensor dK, Tensor dV) {
        Call call = new Call(AttentionSizes.of(q, k), AttentionTiles.of(spec.mask()), spec.scale(), q.segment(), k.segment(), v.segment(),
                out.segment(), logSumExp.segment(), dOut.segment(), segment(dQ), segment(dK), segment(dV));
        AttentionSizes sizes = call.sizes;
        int atOnce = sizes.pairsAtOnce(4, 2);
        Runs runs = Runs.of(call.tiles, Math.clamp((WANTED_TASKS + atOnce - 1) / atOnce, 1, call.tiles.count()), sizes.width());
        for (int first = 0; first < sizes.pairs(); first += atOnce) {
            int pairs = Math.min(atOnce, sizes.pairs() - first);
            Group group = load(call, first, pairs);
            float[] sums = Scratch.get().floats(SUMS, Math.multiplyExact(pairs, runs.floats)); // [pairs, runs, dK and dV]
            WorkerPool.shared().parallelFor(pairs * runs.count(), task -> run(call, group, task / runs.count(), runs, task % runs.count(), sums));
            sizes.forEachKey(first, pairs, (pair, key) -> {
                addSums(call, group, pair, key, runs, sums, 0, call.dK);
                addSums(call, group, pair, key, runs, sums, 1, call.dV);
            });
        }
    }

    private static MemorySegment segment(Tensor x) {
        return x == null ? null : x.segment();
    }

    private static Group load(Call call, int first, int pairs) {
        AttentionSizes sizes = call.sizes;
        int size = sizes.pairFloats();
        int width = sizes.width();
        int dim = sizes.dim();
        Scratch scratch = Scratch.get();
        float[] keys = scratch.floats(KEYS, Math.multiplyExact(pairs, size));
        float[] values = scratch.floats(VALUES, Math.multiplyExact(pairs, size));
        float[] queries = scratch.floats(QUERIES, Math.multiplyExact(pairs, sizes.queryFloats()) + Q * width);
        float[] dOut = scratch.floats(D_OUT, Math.multiplyExact(pairs, sizes.queryFloats()) + Q * width);
        float[] delta = scratch.floats(DELTA, pairs * sizes.group() * sizes.queries());
        sizes.forEachKey(first, pairs, (pair, key) -> {
            long from = sizes.keyOffset(first + pair, key);
            int at = pair * size + key * width;
            AttentionKernels.loadRow(call.k, from, dim, keys, at, width);
            AttentionKernels.loadRow(call.v, from, dim, values, at, width);
        });
        sizes.forEachQuery(first, pairs, (head, query) -> {
            float[] out = Scratch.get().floats(ROW, width);
            long from = sizes.queryOffset(first * sizes.group() + head, query);
            int at = (head * sizes.queries() + query) * width;
            AttentionKernels.loadRow(call.q, from, dim, queries, at, width);
            AttentionKernels.scale(queries, at, width, call.scale);
            AttentionKernels.loadRow(call.dOut, from, dim, dOut, at, width);
            AttentionKernels.loadRow(call.out, from, dim, out, 0, width);
            delta[head * sizes.queries() + query] = Rows.dot(dOut, at, out, 0, width);
        });
        return new Group(first, keys, values, queries, dOut, delta);
    }

    /** Adds what the runs have for a key to dK (part 0) or dV (part 1), in the order of the runs. */
    private static void addSums(Call call, Group group, int pair, int key, Runs runs, float[] sums, int part, MemorySegment gradient) {
        int width = call.sizes.width();
        int total = -1;
        for (int run = 0; gradient != null && run < runs.count(); run++) {
            if (key >= runs.keyFrom[run] && key < runs.keyTo[run]) {
                int at = pair * runs.floats + runs.at[run] + part * runs.half(run, width) + (key - runs.keyFrom[run]) * width;
                if (total < 0) {
                    total = at;
                } else {
                    Rows.accumulate(sums, at, sums, total, width);
                }
            }
        }
        if (total >= 0) {
            Rows.add(sums, total, call.sizes.dim(), gradient, call.sizes.keyOffset(group.firstPair + pair, key));
        }
    }

    private static void run(Call call, Group group, int pair, Runs runs, int run, float[] sums) {
        int half = runs.half(run, call.sizes.width());
        int at = pair * runs.floats + runs.at[run];
        Arrays.fill(sums, at, at + 2 * half, 0f);
        int dKeys = at - runs.keyFrom[run] * call.sizes.width(); // of key 0, were it there
        for (int head = pair * call.sizes.group(); head < (pair + 1) * call.sizes.group(); head++) {
            for (int tile = runs.tiles[run]; tile < runs.tiles[run + 1]; tile++) {
                prepare(call, group, head, tile);
                walk(call, group, head, tile, sums, dKeys, dKeys + half);
                storeQueries(call, group.firstPair * call.sizes.group() + head, call.tiles.queryFrom(tile), call.tiles.queriesOf(tile));
            }
        }
    }

    /** The transposes of a query tile, its state, and no dQ yet. */
    private static void prepare(Call call, Group group, int head, int tile) {
        Scratch scratch = Scratch.get();
        AttentionSizes sizes = call.sizes;
        int width = sizes.width();
        int count = call.tiles.queriesOf(tile);
        int row = head * sizes.queries() + call.tiles.queryFrom(tile);
        AttentionKernels.rowsToTransposedPanels(group.queries, row * width, count, width, sizes.dim(), scratch.floats(QUERIES_TRANSPOSED, Q * sizes.dim()));
        AttentionKernels.rowsToTransposedPanels(group.dOut, row * width, count, width, sizes.dim(), scratch.floats(D_OUT_TRANSPOSED, Q * sizes.dim()));
        float[] state = scratch.floats(STATE, 3 * Q + L);
        Arrays.fill(state, 0, Q, 1e30f); // a query that is not there has probability exp(x - 1e30) = 0
        long kept = sizes.keptOffset(group.firstPair * sizes.group() + head, call.tiles.queryFrom(tile));
        MemorySegment.copy(call.logSumExp, ValueLayout.JAVA_FLOAT, kept, state, 0, count);
        System.arraycopy(group.delta, row, state, Q, count);
        Arrays.fill(state, 2 * Q, 3 * Q, 1f);
        Arrays.fill(scratch.floats(D_QUERIES, Q * width), 0, Q * width, 0f);
    }

    /** All keys of one query tile: dQ into D_QUERIES, dK and dV into the sums, whose key 0 is at dKeys and dValues. */
    private static void walk(Call call, Group group, int head, int tile, float[] sums, int dKeys, int dValues) {
        Scratch scratch = Scratch.get();
        AttentionTiles tiles = call.tiles;
        int width = call.sizes.width();
        int base = head / call.sizes.group() * call.sizes.pairFloats();
        int rowsAt = (head * call.sizes.queries() + tiles.queryFrom(tile)) * width;
        int queries = tiles.queriesOf(tile);
        float[] scores = scratch.floats(SCORES, (AttentionTiles.KEYS + ROWS) * Q); // [keys, Q]
        float[] dScores = scratch.floats(D_SCORES, (AttentionTiles.KEYS + ROWS) * Q); // [keys, Q]
        float[] state = scratch.floats(STATE, 0);
        float[] dQueries = scratch.floats(D_QUERIES, 0);
        for (int s = tiles.first(tile); s < tiles.first(tile + 1); s++) {
            for (int key = tiles.from(s), end; key < tiles.to(s); key = end) {
                end = tiles.stepTo(s, key);
                int count = end - key;
                boolean all = tiles.allSee(s, end);
                for (int p = 0; p * WIDTH < queries; p++) {
                    int needed = tiles.keysNeeded(s, key, end, p);
                    int keysAt = base + key * width;
                    products(group.keys, keysAt, width, scratch.floats(QUERIES_TRANSPOSED, 0), call.sizes.dim(), needed, p, scores);
                    products(group.values, keysAt, width, scratch.floats(D_OUT_TRANSPOSED, 0), call.sizes.dim(), needed, p, dScores);
                    if (!all) {
                        OnlineSoftmax.mask(scores, p * WIDTH, needed, tiles.visible(), s * Q, key - tiles.from(s));
                    }
                    gradients(scores, dScores, Math.min(needed, count), p * WIDTH, state);
                }
                int rows = (count + ROWS - 1) / ROWS * ROWS;
                Arrays.fill(scores, count * Q, rows * Q, 0f);
                Arrays.fill(dScores, count * Q, rows * Q, 0f);
                for (int row = 0; row < rows; row += ROWS) {
                    int query = all ? 0 : firstQuery(tiles, s, key + row, queries);
                    outerProduct(scores, row, query, queries, group.dOut, rowsAt, sums, dValues + (key + row) * width, width);
                    outerProduct(dScores, row, query, queries, group.queries, rowsAt, sums, dKeys + (key + row) * width, width);
                }
                for (int row = 0; row < queries; row += ROWS) {
                    int depth = all ? count : Math.clamp(tiles.keysOfRows(s, key, row), 0, count);
                    for (int p = 0; p < width / WIDTH; p++) {
                        AttentionKernels.columnsTimesPanel(dScores, row, group.keys, base + key * width + p * WIDTH, width, depth,
                                state, 2 * Q, dQueries, row * width + p * WIDTH, width);
                    }
                }
            }
        }
    }

    /** The first group of queries of which some sees a key, or the number of queries. */
    private static int firstQuery(AttentionTiles tiles, int stretch, int key, int queries) {
        int query = 0;
        while (query < queries && tiles.keysOfRows(stretch, key, query) <= 0) {
            query += ROWS;
        }
        return Math.min(query, queries);
    }

    /** A panel of result [keys, Q] = rows [keys, dim] · transposed queries. */
    private static void products(float[] a, int aAt, int width, float[] transposed, int dim, int rows, int panel, float[] result) {
        for (int row = 0; row < rows; row += ROWS) {
            AttentionKernels.rowsTimesPanel(a, aAt + row * width, width, transposed, panel * dim * WIDTH, WIDTH, dim, result, row * Q + panel * WIDTH, Q, false);
        }
    }

    /** Four rows of sums [keys, width] += a [keys, Q] · rows of queries [Q, width], for the queries from the first on. */
    private static void outerProduct(float[] a, int row, int first, int queries, float[] rows, int rowsAt, float[] sums, int at, int width) {
        for (int p = 0; first < queries && p < width / WIDTH; p++) {
            AttentionKernels.rowsTimesPanel(a, row * Q + first, Q, rows, rowsAt + first * width + p * WIDTH, width, queries - first,
                    sums, at + p * WIDTH, width, true);
        }
    }

    /** A panel's scores become probabilities, dScores become P ⊙ (dP - delta). */
    private static void gradients(float[] scores, float[] dScores, int keys, int panel, float[] state) {
        for (int q = panel; q < panel + WIDTH; q += L) {
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

    private static void storeQueries(Call call, int head, int from, int count) {
        if (call.dQ == null) {
            return;
        }
        AttentionSizes sizes = call.sizes;
        float[] dQueries = Scratch.get().floats(D_QUERIES, 0);
        AttentionKernels.scale(dQueries, 0, count * sizes.width(), call.scale);
        for (int i = 0; i < count; i++) {
            Rows.add(dQueries, i * sizes.width(), sizes.dim(), call.dQ, sizes.queryOffset(head, from + i));
        }
    }
}
