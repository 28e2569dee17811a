package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.xprompt4j.tensor.Tensor;

/**
 * The decode step: one query per row over the row's cache, bound by reading the cache once. The cache is walked in its own
 * order, all heads of a key together, in stretches of {@link #STRETCH} keys; each gives partial sums, which are then joined in
 * order (as Dao et al., "Flash-Decoding", 2023). Stretches depend on the row's length alone, so a row gives the same bits in
 * any batch.
 */
final class CachedAttention {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    /** Keys of one task. */
    private static final int STRETCH = 128;
    /** Floats of the cache copied to the heap at once. */
    private static final int BLOCK_FLOATS = 4 * 1024;
    // Scratch slots of a task ...
    private static final int QUERIES = 0;
    private static final int CACHE = 1;
    private static final int SCORES = 2;
    private static final int RESULT = 3;
    // ... and of the caller.
    private static final int PARTIALS = 4;

    /** The sizes of one call. */
    private record Sizes(int batch, int heads, int kvHeads, int dim, int capacity, int stretches) {
        int width() {
            return Rows.padded(dim);
        }

        int group() {
            return heads / kvHeads;
        }

        /** Padded floats of one key, all heads. */
        int keyWidth() {
            return kvHeads * width();
        }

        int blockKeys() {
            return Math.max(1, BLOCK_FLOATS / keyWidth());
        }

        /** Byte offset of a key in the cache. */
        long keyOffset(int b, int key) {
            return 4L * ((long) b * capacity + key) * kvHeads * dim;
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
        int longest = 0;
        for (int b = 0; b < q.size(0); b++) {
            int length = counts.get(ValueLayout.JAVA_INT, 4L * b);
            if (length < 1 || length > capacity) {
                throw new IllegalArgumentException("cachedAttention: length " + length + " of row " + b + " is not in 1.." + capacity);
            }
            longest = Math.max(longest, length);
        }
        Sizes sizes = new Sizes(q.size(0), q.size(1), keys.size(2), q.size(2), capacity, (longest + STRETCH - 1) / STRETCH);
        MemorySegment qs = q.segment();
        MemorySegment ks = keys.segment();
        MemorySegment vs = values.segment();
        MemorySegment to = out.segment();
        float[] partials = Scratch.get().floats(PARTIALS, sizes.partial(sizes.batch, 0, 0)); // [batch, stretches, heads, partialWidth]
        WorkerPool.shared().parallelFor(sizes.batch * sizes.stretches, task -> {
            int b = task / sizes.stretches;
            int from = task % sizes.stretches * STRETCH;
            int length = counts.get(ValueLayout.JAVA_INT, 4L * b);
            if (from < length) {
                stretch(sizes, scale, qs, ks, vs, b, from, Math.min(STRETCH, length - from), partials);
            }
        });
        WorkerPool.shared().parallelFor(sizes.batch, b -> {
            int stretches = (counts.get(ValueLayout.JAVA_INT, 4L * b) + STRETCH - 1) / STRETCH;
            for (int head = 0; head < sizes.heads; head++) {
                join(sizes, b, head, stretches, partials);
                Rows.store(partials, sizes.partial(b, 0, head), sizes.dim, to, 4L * ((long) b * sizes.heads + head) * sizes.dim);
            }
        });
    }

    private static void stretch(Sizes sizes, float scale, MemorySegment qs, MemorySegment ks, MemorySegment vs, int b, int first, int count,
            float[] partials) {
        Scratch scratch = Scratch.get();
        int width = sizes.width();
        int block = sizes.blockKeys();
        float[] queries = scratch.floats(QUERIES, sizes.heads * width); // [heads, width]
        float[] cache = scratch.floats(CACHE, block * sizes.keyWidth()); // [block, kvHeads, width]
        float[] scores = scratch.floats(SCORES, sizes.heads * STRETCH); // [heads, STRETCH]
        float[] result = scratch.floats(RESULT, sizes.heads * width); // [heads, width]
        AttentionKernels.loadRows(qs, 4L * b * sizes.heads * sizes.dim, 4L * sizes.dim, sizes.heads, sizes.dim, queries, width);
        AttentionKernels.scale(queries, 0, sizes.heads * width, scale);
        for (int from = 0; from < count; from += block) {
            int n = Math.min(block, count - from);
            loadKeys(sizes, ks, b, first + from, n, cache);
            for (int head = 0; head < sizes.heads; head++) {
                scores(queries, head * width, cache, head / sizes.group() * width, sizes.keyWidth(), n, width, scores, head * STRETCH + from);
            }
        }
        for (int head = 0; head < sizes.heads; head++) {
            int state = sizes.partial(b, first / STRETCH, head) + width;
            softmax(scores, head * STRETCH, count, partials, state);
        }
        Arrays.fill(result, 0, sizes.heads * width, 0f);
        for (int from = 0; from < count; from += block) {
            int n = Math.min(block, count - from);
            loadKeys(sizes, vs, b, first + from, n, cache);
            for (int head = 0; head < sizes.heads; head++) {
                addValues(scores, head * STRETCH + from, cache, head / sizes.group() * width, sizes.keyWidth(), n, width, result, head * width);
            }
        }
        for (int head = 0; head < sizes.heads; head++) {
            System.arraycopy(result, head * width, partials, sizes.partial(b, first / STRETCH, head), width);
        }
    }

    private static void loadKeys(Sizes sizes, MemorySegment from, int b, int key, int count, float[] to) {
        if (sizes.dim == sizes.width()) {
            AttentionKernels.loadRows(from, sizes.keyOffset(b, key), 4L * sizes.keyWidth(), count, sizes.keyWidth(), to, sizes.keyWidth());
        } else {
            AttentionKernels.loadRows(from, sizes.keyOffset(b, key), 4L * sizes.dim, count * sizes.kvHeads, sizes.dim, to, sizes.width());
        }
    }

    private static void scores(float[] query, int queryAt, float[] keys, int keysAt, int stride, int count, int width, float[] scores, int at) {
        for (int k = 0; k < count; k++) {
            scores[at + k] = Rows.dot(query, queryAt, keys, keysAt + k * stride, width);
        }
    }

    /** Scores become exp(score - largest), zero behind them; the state takes the largest and the sum. */
    private static void softmax(float[] scores, int at, int count, float[] state, int stateAt) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            max = Math.max(max, scores[at + i]);
        }
        int padded = Rows.padded(count);
        Arrays.fill(scores, at + count, at + padded, Float.NEGATIVE_INFINITY);
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

    /** result [width] += Σ over keys of probability · value row. */
    private static void addValues(float[] probabilities, int at, float[] values, int valuesAt, int stride, int count, int width,
            float[] result, int resultAt) {
        int d = 0;
        for (; d <= width - 4 * L; d += 4 * L) {
            addFourVectors(probabilities, at, values, valuesAt + d, stride, count, result, resultAt + d);
        }
        for (; d < width; d += L) {
            FloatVector s = FloatVector.fromArray(F, result, resultAt + d);
            for (int k = 0; k < count; k++) {
                s = FloatVector.fromArray(F, values, valuesAt + k * stride + d).fma(FloatVector.broadcast(F, probabilities[at + k]), s);
            }
            s.intoArray(result, resultAt + d);
        }
    }

    private static void addFourVectors(float[] probabilities, int at, float[] values, int valuesAt, int stride, int count, float[] result, int resultAt) {
        FloatVector s0 = FloatVector.fromArray(F, result, resultAt);
        FloatVector s1 = FloatVector.fromArray(F, result, resultAt + L);
        FloatVector s2 = FloatVector.fromArray(F, result, resultAt + 2 * L);
        FloatVector s3 = FloatVector.fromArray(F, result, resultAt + 3 * L);
        for (int k = 0, v = valuesAt; k < count; k++, v += stride) {
            FloatVector p = FloatVector.broadcast(F, probabilities[at + k]);
            s0 = FloatVector.fromArray(F, values, v).fma(p, s0);
            s1 = FloatVector.fromArray(F, values, v + L).fma(p, s1);
            s2 = FloatVector.fromArray(F, values, v + 2 * L).fma(p, s2);
            s3 = FloatVector.fromArray(F, values, v + 3 * L).fma(p, s3);
        }
        s0.intoArray(result, resultAt);
        s1.intoArray(result, resultAt + L);
        s2.intoArray(result, resultAt + 2 * L);
        s3.intoArray(result, resultAt + 3 * L);
    }
}
