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
    /** Most keys of one task: with fewer the eight reads of a BF16 cache get too short for the processor to fetch ahead. */
    private static final int STRETCH = 256;
    private static final int LEAST_STRETCH = 16;
    private static final int STRETCHES = 8; // as many tasks at least, when there are keys enough
    private static final int SCORES_WIDTH = STRETCH + CachedScores.WRITTEN; // floats of a head
    // Scratch slots of a task ...
    private static final int QUERIES = 0;
    private static final int SUMS = 1;
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
            return Math.clamp(TiledProduct.roundUp((length + STRETCHES - 1) / STRETCHES, CachedScores.KEYS), LEAST_STRETCH, STRETCH);
        }

        /** Tasks for a row of this length. */
        static int stretches(int length) {
            return (length + stretch(length) - 1) / stretch(length);
        }

        /** How many keys of a stretch lie from one to the next of those that are taken together. */
        static int eighth(int count) {
            return (count + CachedScores.KEYS - 1) / CachedScores.KEYS;
        }

        /** Byte offset of a head's part in a key. */
        long headBytes(int head) {
            return (long) (head / group()) * dim * dtype.bytes();
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
        int queryWidth = sizes.width();
        float[] queries = Scratch.get().floats(QUERIES, sizes.heads * queryWidth); // [heads, queryWidth]
        float[] scores = Scratch.get().floats(SCORES, sizes.heads * SCORES_WIDTH); // [heads, SCORES_WIDTH]
        AttentionKernels.loadRows(qs, 4L * b * sizes.heads * sizes.dim, 4L * sizes.dim, sizes.heads, sizes.dim, queries, queryWidth);
        AttentionKernels.scale(queries, 0, sizes.heads * queryWidth, scale);
        scores(sizes, ks, sizes.keyOffset(b, first), count, queries, queryWidth, scores);
        for (int head = 0; head < sizes.heads; head++) {
            int at = partial + head * sizes.partialWidth();
            softmax(scores, head * SCORES_WIDTH, count, partials, at + sizes.width());
            Arrays.fill(partials, at, at + sizes.width(), 0f);
        }
        addValues(sizes, vs, sizes.keyOffset(b, first), count, scores, partials, partial);
    }

    /**
     * Eight keys at a time, an eighth of the stretch apart: eight long sequential reads, as in {@link FewRows}. The scores of keys that are
     * taken together lie together: of key i · eighth + j in place 8 · j + i.
     */
    private static void scores(Sizes sizes, MemorySegment keys, long first, int count, float[] queries, int queryWidth, float[] scores) {
        long keyBytes = sizes.keyBytes();
        int eighth = Sizes.eighth(count);
        float[] sums = Scratch.get().floats(SUMS, CachedScores.SUMS);
        for (int j = 0; j < eighth; j++) {
            for (int head = 0; head < sizes.heads; head++) {
                long at = first + sizes.headBytes(head);
                CachedScores.of(keys, sizes.dtype, at + j * keyBytes, eighth * keyBytes, at + (count - 1) * keyBytes, sizes.dim, queries,
                        head * queryWidth, sums, scores, head * SCORES_WIDTH + CachedScores.KEYS * j);
            }
        }
    }

    /** The values of the keys that were taken together together. */
    private static void addValues(Sizes sizes, MemorySegment values, long first, int count, float[] probabilities, float[] result, int partial) {
        long keyBytes = sizes.keyBytes();
        int eighth = Sizes.eighth(count);
        for (int j = 0; j < eighth; j++) {
            for (int head = 0; head < sizes.heads; head++) {
                long at = first + sizes.headBytes(head);
                CachedValues.add(probabilities, head * SCORES_WIDTH + CachedValues.VALUES * j, values, sizes.dtype, at + j * keyBytes,
                        eighth * keyBytes, at + (count - 1) * keyBytes, sizes.dim, result, partial + head * sizes.partialWidth());
            }
        }
    }

    /** Scores become exp(score - largest), zero in places of no key; the state takes the largest and the sum. */
    private static void softmax(float[] scores, int at, int count, float[] state, int stateAt) {
        int eighth = Sizes.eighth(count);
        int places = TiledProduct.roundUp(CachedScores.KEYS * eighth, CachedScores.WRITTEN);
        for (int key = count; key < CachedScores.KEYS * eighth; key++) {
            scores[at + CachedScores.KEYS * (key % eighth) + key / eighth] = Float.NEGATIVE_INFINITY;
        }
        Arrays.fill(scores, at + CachedScores.KEYS * eighth, at + places, Float.NEGATIVE_INFINITY);
        float max = Rows.max(scores, at, places);
        LayerNorm.subtract(scores, at, max, places);
        VectorMath.exp(scores, at, scores, at, places);
        state[stateAt] = max;
        state[stateAt + 1] = Rows.sum(scores, at, places);
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
