package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;

/**
 * The decode step: one query per row over the row's cache, bound by reading the cache once. The cache is read where it lies, F32 or
 * BF16, in stretches of some keys, a task each, which give partial sums that are then joined in order (as Dao et al.,
 * "Flash-Decoding", 2023). Stretches depend on the row's length alone, so a row gives the same bits in any batch.
 */
final class CachedAttention {
    private static final int L = Lanes.COUNT;
    /** Most keys of one task. */
    private static final int STRETCH = 128;
    private static final int LEAST_STRETCH = 16;
    private static final int STRETCHES = 8; // as many tasks at least, when there are keys enough
    private static final int GROUP = 4; // keys at a time
    // Scratch slots of a task ...
    private static final int QUERIES = 0;
    private static final int REST = 1;
    private static final int SCORES = 2;
    // ... and of the caller.
    private static final int PARTIALS = 4;

    /** The sizes of one call. */
    private record Sizes(int batch, int heads, int kvHeads, int dim, int capacity, int stretches, DType dtype) {
        int width() {
            return Rows.padded(dim);
        }

        int group() {
            return heads / kvHeads;
        }

        /** Bytes from a key to the next. */
        long keyBytes() {
            return (long) kvHeads * dim * dtype.bytes();
        }

        /** Keys of one task for a row of this length. */
        static int stretch(int length) {
            return Math.clamp(TiledProduct.roundUp((length + STRETCHES - 1) / STRETCHES, GROUP), LEAST_STRETCH, STRETCH);
        }

        /** Tasks for a row of this length. */
        static int stretches(int length) {
            return (length + stretch(length) - 1) / stretch(length);
        }

        /** Byte offset of a key in the cache. */
        long keyOffset(int b, int key) {
            return ((long) b * capacity + key) * keyBytes();
        }

        /** Where a head's partial result lies: width numbers, then maximum and sum in a vector of their own. */
        int partial(int b, int stretch, int head) {
            return ((b * stretches + stretch) * heads + head) * partialWidth();
        }

        int partialWidth() {
            return width() + L;
        }
    }

    private CachedAttention() {
    }

    /** q, out [batch, heads, headDim]; keys, values [batch, capacity, kvHeads, headDim]; lengths [batch]. */
    static void forward(float scale, Tensor q, Tensor keys, Tensor values, Tensor lengths, Tensor out) {
        int capacity = keys.size(1);
        MemorySegment counts = lengths.segment();
        int stretches = 0; // of the row that has most
        for (int b = 0; b < q.size(0); b++) {
            int length = counts.get(ValueLayout.JAVA_INT, 4L * b);
            if (length < 1 || length > capacity) {
                throw new IllegalArgumentException("cachedAttention: length " + length + " of row " + b + " is not in 1.." + capacity);
            }
            stretches = Math.max(stretches, Sizes.stretches(length));
        }
        Sizes sizes = new Sizes(q.size(0), q.size(1), keys.size(2), q.size(2), capacity, stretches, keys.dtype());
        MemorySegment qs = q.segment();
        MemorySegment ks = keys.segment();
        MemorySegment vs = values.segment();
        MemorySegment to = out.segment();
        float[] partials = Scratch.get().floats(PARTIALS, sizes.partial(sizes.batch, 0, 0)); // [batch, stretches, heads, partialWidth]
        WorkerPool.shared().parallelFor(sizes.batch * sizes.stretches, task -> {
            int b = task / sizes.stretches;
            int length = counts.get(ValueLayout.JAVA_INT, 4L * b);
            int keysOfTask = Sizes.stretch(length);
            int from = task % sizes.stretches * keysOfTask;
            if (from < length) {
                stretch(sizes, scale, qs, ks, vs, b, from, Math.min(keysOfTask, length - from), partials, sizes.partial(b, task % sizes.stretches, 0));
            }
        });
        WorkerPool.shared().parallelFor(sizes.batch, b -> {
            int count = Sizes.stretches(counts.get(ValueLayout.JAVA_INT, 4L * b));
            for (int head = 0; head < sizes.heads; head++) {
                join(sizes, b, head, count, partials);
                Rows.store(partials, sizes.partial(b, 0, head), sizes.dim, to, 4L * ((long) b * sizes.heads + head) * sizes.dim);
            }
        });
    }

    private static void stretch(Sizes sizes, float scale, MemorySegment qs, MemorySegment ks, MemorySegment vs, int b, int first, int count,
            float[] partials, int partial) {
        int queryWidth = sizes.width() + L; // zeros behind every query meet those of the rest
        float[] queries = Scratch.get().floats(QUERIES, sizes.heads * queryWidth); // [heads, queryWidth]
        float[] scores = Scratch.get().floats(SCORES, sizes.heads * (STRETCH + L)); // [heads, STRETCH + lanes]
        AttentionKernels.loadRows(qs, 4L * b * sizes.heads * sizes.dim, 4L * sizes.dim, sizes.heads, sizes.dim, queries, queryWidth);
        AttentionKernels.scale(queries, 0, sizes.heads * queryWidth, scale);
        scores(sizes, ks, sizes.keyOffset(b, first), count, queries, queryWidth, scores);
        for (int head = 0; head < sizes.heads; head++) {
            int at = partial + head * sizes.partialWidth();
            softmax(scores, head * (STRETCH + L), count, partials, at + sizes.width());
            Arrays.fill(partials, at, at + sizes.width(), 0f);
        }
        addValues(sizes, vs, sizes.keyOffset(b, first), count, scores, partials, partial);
    }

    /** Four keys at a time, a quarter of the stretch apart: four long sequential reads, as in {@link FewRows}. */
    private static void scores(Sizes sizes, MemorySegment keys, long first, int count, float[] queries, int queryWidth, float[] scores) {
        int whole = Lanes.floor(sizes.dim);
        float[] rest = Scratch.get().floats(REST, DotKernels.REST); // [3 * GROUP, lanes]
        int quarter = (count + GROUP - 1) / GROUP;
        int bytes = sizes.dtype.bytes();
        long keyBytes = sizes.keyBytes();
        Arrays.fill(rest, 0, GROUP * L, 0f);
        for (int j = 0; j < quarter; j++) {
            // Quarters that reach beyond the stretch take its last key again; those scores lie behind the others.
            long k0 = first + j * keyBytes;
            long k1 = first + Math.min(quarter + j, count - 1) * keyBytes;
            long k2 = first + Math.min(2 * quarter + j, count - 1) * keyBytes;
            long k3 = first + Math.min(3 * quarter + j, count - 1) * keyBytes;
            for (int head = 0; head < sizes.heads; head++) {
                long at = (long) (head / sizes.group()) * sizes.dim * bytes;
                if (whole < sizes.dim) {
                    loadRest(sizes, keys, k0 + at, k1 + at, k2 + at, k3 + at, whole, rest);
                }
                if (sizes.dtype == DType.F32) {
                    DotKernels.ofFloat32(keys, k0 + at, k1 + at, k2 + at, k3 + at, whole, rest, queries, head * queryWidth,
                            scores, head * (STRETCH + L) + j, quarter);
                } else {
                    DotKernels.ofBfloat16(keys, k0 + at, k1 + at, k2 + at, k3 + at, whole, rest, queries, head * queryWidth,
                            scores, head * (STRETCH + L) + j, quarter);
                }
            }
        }
    }

    /** The values in the order of the keys; those behind the stretch have probability zero. */
    private static void addValues(Sizes sizes, MemorySegment values, long first, int count, float[] probabilities, float[] result, int at) {
        int quarter = (count + GROUP - 1) / GROUP;
        long keyBytes = sizes.keyBytes();
        for (int j = 0; j < quarter; j++) {
            long v0 = first + j * keyBytes;
            long v1 = first + Math.min(quarter + j, count - 1) * keyBytes;
            long v2 = first + Math.min(2 * quarter + j, count - 1) * keyBytes;
            long v3 = first + Math.min(3 * quarter + j, count - 1) * keyBytes;
            for (int head = 0; head < sizes.heads; head++) {
                long part = (long) (head / sizes.group()) * sizes.dim * sizes.dtype.bytes();
                CachedValues.addFour(probabilities, head * (STRETCH + L) + j, quarter, values, sizes.dtype, v0 + part, v1 + part, v2 + part,
                        v3 + part, sizes.dim, result, at + head * sizes.partialWidth());
            }
        }
    }

    /** The last dim mod lanes elements of four keys; behind them stay zeros. */
    private static void loadRest(Sizes sizes, MemorySegment keys, long k0, long k1, long k2, long k3, int whole, float[] rest) {
        int bytes = sizes.dtype.bytes();
        int n = sizes.dim - whole;
        FloatRuns.copy(keys, sizes.dtype, k0 / bytes + whole, n, rest, 0);
        FloatRuns.copy(keys, sizes.dtype, k1 / bytes + whole, n, rest, L);
        FloatRuns.copy(keys, sizes.dtype, k2 / bytes + whole, n, rest, 2 * L);
        FloatRuns.copy(keys, sizes.dtype, k3 / bytes + whole, n, rest, 3 * L);
    }

    /** Scores become exp(score - largest), zero behind them; the state takes the largest and the sum. */
    private static void softmax(float[] scores, int at, int count, float[] state, int stateAt) {
        int padded = Rows.padded(count);
        Arrays.fill(scores, at + count, at + padded, Float.NEGATIVE_INFINITY);
        float max = Rows.max(scores, at, padded);
        LayerNorm.subtract(scores, at, max, padded);
        VectorMath.exp(scores, at, scores, at, padded);
        state[stateAt] = max;
        state[stateAt + 1] = Rows.sum(scores, at, padded);
    }

    /** The first stretch's partial result becomes the result of the head. */
    private static void join(Sizes sizes, int b, int head, int stretches, float[] partials) {
        int width = sizes.width();
        int first = sizes.partial(b, 0, head);
        float max = Float.NEGATIVE_INFINITY;
        for (int s = 0; s < stretches; s++) {
            max = Math.max(max, partials[sizes.partial(b, s, head) + width]);
        }
        double sum = 0;
        for (int s = 0; s < stretches; s++) {
            int at = sizes.partial(b, s, head);
            float weight = (float) Math.exp((double) partials[at + width] - max);
            sum += (double) weight * partials[at + width + 1];
            AttentionKernels.scale(partials, at, width, weight);
            if (s > 0) {
                Rows.accumulate(partials, at, partials, first, width);
            }
        }
        AttentionKernels.scale(partials, first, width, (float) (1 / sum));
    }
}
