package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.xprompt4j.tensor.Tensor;

/**
 * The decode step: one query per row over the row's cache, bound by reading the cache once. A task is one (row, key head); the
 * order of its sums depends on the row's length alone, so a row gives the same bits in any batch.
 */
final class CachedAttention {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    /** Keys copied to the heap at once. */
    private static final int BLOCK = 32;
    // Scratch slots of a task.
    private static final int QUERIES = 0;
    private static final int CACHE = 1;
    private static final int SCORES = 2;
    private static final int RESULT = 3;

    private CachedAttention() {
    }

    /** q, out [batch, heads, headDim]; keys, values [batch, capacity, kvHeads, headDim]; lengths [batch]. */
    static void forward(float scale, Tensor q, Tensor keys, Tensor values, Tensor lengths, Tensor out) {
        int heads = q.size(1);
        int dim = q.size(2);
        int capacity = keys.size(1);
        int kvHeads = keys.size(2);
        int group = heads / kvHeads;
        MemorySegment qs = q.segment();
        MemorySegment ks = keys.segment();
        MemorySegment vs = values.segment();
        MemorySegment to = out.segment();
        MemorySegment counts = lengths.segment();
        int width = Rows.padded(dim);
        for (int b = 0; b < q.size(0); b++) {
            int length = counts.get(ValueLayout.JAVA_INT, 4L * b);
            if (length < 1 || length > capacity) {
                throw new IllegalArgumentException("cachedAttention: length " + length + " of row " + b + " is not in 1.." + capacity);
            }
        }
        WorkerPool.shared().parallelFor(q.size(0) * kvHeads, task -> {
            Scratch scratch = Scratch.get();
            int b = task / kvHeads;
            int kvHead = task % kvHeads;
            int length = counts.get(ValueLayout.JAVA_INT, 4L * b);
            int stride = Rows.padded(length);
            float[] queries = scratch.floats(QUERIES, group * width); // [group, width]
            float[] cache = scratch.floats(CACHE, BLOCK * width); // [BLOCK, width]
            float[] scores = scratch.floats(SCORES, group * stride); // [group, stride]
            float[] result = scratch.floats(RESULT, group * width); // [group, width]
            long queryAt = 4L * ((long) b * heads + kvHead * group) * dim;
            long cacheAt = 4L * ((long) b * capacity * kvHeads + kvHead) * dim;
            long rowBytes = 4L * kvHeads * dim;
            AttentionKernels.loadRows(qs, queryAt, 4L * dim, group, dim, queries, width);
            AttentionKernels.scale(queries, 0, group * width, scale);
            for (int from = 0; from < length; from += BLOCK) {
                int count = Math.min(BLOCK, length - from);
                AttentionKernels.loadRows(ks, cacheAt + from * rowBytes, rowBytes, count, dim, cache, width);
                for (int h = 0; h < group; h++) {
                    scores(queries, h * width, cache, count, width, scores, h * stride + from);
                }
            }
            for (int h = 0; h < group; h++) {
                softmax(scores, h * stride, length, stride);
            }
            Arrays.fill(result, 0, group * width, 0f);
            for (int from = 0; from < length; from += BLOCK) {
                int count = Math.min(BLOCK, length - from);
                AttentionKernels.loadRows(vs, cacheAt + from * rowBytes, rowBytes, count, dim, cache, width);
                for (int h = 0; h < group; h++) {
                    addValues(scores, h * stride + from, cache, count, width, result, h * width);
                }
            }
            for (int h = 0; h < group; h++) {
                Rows.store(result, h * width, dim, to, queryAt + 4L * h * dim);
            }
        });
    }

    private static void scores(float[] query, int queryAt, float[] keys, int count, int width, float[] scores, int at) {
        for (int k = 0; k < count; k++) {
            scores[at + k] = Rows.dot(query, queryAt, keys, k * width, width);
        }
    }

    /** Scores become probabilities; the padding behind them becomes 0. */
    private static void softmax(float[] scores, int at, int length, int stride) {
        Arrays.fill(scores, at + length, at + stride, Float.NEGATIVE_INFINITY);
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < length; i++) {
            max = Math.max(max, scores[at + i]);
        }
        LayerNorm.subtract(scores, at, max, stride);
        VectorMath.exp(scores, at, scores, at, stride);
        AttentionKernels.scale(scores, at, stride, 1 / Rows.sum(scores, at, stride));
    }

    /** result [width] += Σ over keys of probability · value row. */
    private static void addValues(float[] probabilities, int at, float[] values, int count, int width, float[] result, int resultAt) {
        int d = 0;
        for (; d <= width - 4 * L; d += 4 * L) {
            addFourVectors(probabilities, at, values, d, count, width, result, resultAt + d);
        }
        for (; d < width; d += L) {
            FloatVector s = FloatVector.fromArray(F, result, resultAt + d);
            for (int k = 0; k < count; k++) {
                s = FloatVector.fromArray(F, values, k * width + d).fma(FloatVector.broadcast(F, probabilities[at + k]), s);
            }
            s.intoArray(result, resultAt + d);
        }
    }

    private static void addFourVectors(float[] probabilities, int at, float[] values, int valuesAt, int count, int width, float[] result, int resultAt) {
        FloatVector s0 = FloatVector.fromArray(F, result, resultAt);
        FloatVector s1 = FloatVector.fromArray(F, result, resultAt + L);
        FloatVector s2 = FloatVector.fromArray(F, result, resultAt + 2 * L);
        FloatVector s3 = FloatVector.fromArray(F, result, resultAt + 3 * L);
        for (int k = 0, v = valuesAt; k < count; k++, v += width) {
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
