package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.xprompt4j.tensor.DType;

/**
 * Sums of cached values weighted by probabilities, read where they lie. Two vectors of a head are summed at a time, each over the
 * keys of even and of odd number apart: four chains of multiply-adds that do not wait for each other.
 */
final class CachedValues {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    private static final ByteOrder ORDER = FloatRuns.ORDER;
    private static final int SLOT_ROW = 3;

    private CachedValues() {
    }

    /**
     * result [dim] += Σ over count keys of probability · value.
     *
     * @param values F32 or BF16; the first value lies at {@code offset} bytes, the next ones {@code stride} bytes apart
     * @param result padded to whole vectors
     */
    static void add(float[] probabilities, int at, MemorySegment values, DType dtype, long offset, long stride, int count, int dim,
            float[] result, int resultAt) {
        int d = 0;
        for (; d <= dim - 2 * L; d += 2 * L) {
            if (dtype == DType.F32) {
                addPairs(probabilities, at, values, offset + 4L * d, stride, count, result, resultAt + d);
            } else {
                addBfloat16Pairs(probabilities, at, values, offset + 2L * d, stride, count, result, resultAt + d);
            }
        }
        for (; d <= dim - L; d += L) {
            if (dtype == DType.F32) {
                addVectors(probabilities, at, values, offset + 4L * d, stride, count, result, resultAt + d);
            } else {
                addBfloat16Vectors(probabilities, at, values, offset + 2L * d, stride, count, result, resultAt + d);
            }
        }
        if (d < dim) {
            addRest(probabilities, at, values, dtype, offset / dtype.bytes() + d, stride / dtype.bytes(), count, dim - d, result, resultAt + d);
        }
    }

    private static void addPairs(float[] probabilities, int at, MemorySegment values, long offset, long stride, int count, float[] result,
            int resultAt) {
        FloatVector s0 = FloatVector.fromArray(F, result, resultAt);
        FloatVector s1 = FloatVector.fromArray(F, result, resultAt + L);
        FloatVector t0 = FloatVector.zero(F);
        FloatVector t1 = FloatVector.zero(F);
        int k = 0;
        for (; k < count - 1; k += 2) {
            long v = offset + k * stride;
            FloatVector p = FloatVector.broadcast(F, probabilities[at + k]);
            FloatVector q = FloatVector.broadcast(F, probabilities[at + k + 1]);
            s0 = FloatVector.fromMemorySegment(F, values, v, ORDER).fma(p, s0);
            s1 = FloatVector.fromMemorySegment(F, values, v + 4L * L, ORDER).fma(p, s1);
            t0 = FloatVector.fromMemorySegment(F, values, v + stride, ORDER).fma(q, t0);
            t1 = FloatVector.fromMemorySegment(F, values, v + stride + 4L * L, ORDER).fma(q, t1);
        }
        if (k < count) {
            FloatVector p = FloatVector.broadcast(F, probabilities[at + k]);
            s0 = FloatVector.fromMemorySegment(F, values, offset + k * stride, ORDER).fma(p, s0);
            s1 = FloatVector.fromMemorySegment(F, values, offset + k * stride + 4L * L, ORDER).fma(p, s1);
        }
        s0.add(t0).intoArray(result, resultAt);
        s1.add(t1).intoArray(result, resultAt + L);
    }

    private static void addBfloat16Pairs(float[] probabilities, int at, MemorySegment values, long offset, long stride, int count,
            float[] result, int resultAt) {
        FloatVector s0 = FloatVector.fromArray(F, result, resultAt);
        FloatVector s1 = FloatVector.fromArray(F, result, resultAt + L);
        FloatVector t0 = FloatVector.zero(F);
        FloatVector t1 = FloatVector.zero(F);
        int k = 0;
        for (; k < count - 1; k += 2) {
            long v = offset + k * stride;
            FloatVector p = FloatVector.broadcast(F, probabilities[at + k]);
            FloatVector q = FloatVector.broadcast(F, probabilities[at + k + 1]);
            s0 = FloatRuns.widenBfloat16(values, v).fma(p, s0);
            s1 = FloatRuns.widenBfloat16(values, v + 2L * L).fma(p, s1);
            t0 = FloatRuns.widenBfloat16(values, v + stride).fma(q, t0);
            t1 = FloatRuns.widenBfloat16(values, v + stride + 2L * L).fma(q, t1);
        }
        if (k < count) {
            FloatVector p = FloatVector.broadcast(F, probabilities[at + k]);
            s0 = FloatRuns.widenBfloat16(values, offset + k * stride).fma(p, s0);
            s1 = FloatRuns.widenBfloat16(values, offset + k * stride + 2L * L).fma(p, s1);
        }
        s0.add(t0).intoArray(result, resultAt);
        s1.add(t1).intoArray(result, resultAt + L);
    }

    private static void addVectors(float[] probabilities, int at, MemorySegment values, long offset, long stride, int count, float[] result,
            int resultAt) {
        FloatVector s = FloatVector.fromArray(F, result, resultAt);
        for (int k = 0; k < count; k++) {
            s = FloatVector.fromMemorySegment(F, values, offset + k * stride, ORDER).fma(FloatVector.broadcast(F, probabilities[at + k]), s);
        }
        s.intoArray(result, resultAt);
    }

    private static void addBfloat16Vectors(float[] probabilities, int at, MemorySegment values, long offset, long stride, int count,
            float[] result, int resultAt) {
        FloatVector s = FloatVector.fromArray(F, result, resultAt);
        for (int k = 0; k < count; k++) {
            s = FloatRuns.widenBfloat16(values, offset + k * stride).fma(FloatVector.broadcast(F, probabilities[at + k]), s);
        }
        s.intoArray(result, resultAt);
    }

    /** The last dim mod lanes elements of each value, by way of a padded row. */
    private static void addRest(float[] probabilities, int at, MemorySegment values, DType dtype, long index, long stride, int count, int n,
            float[] result, int resultAt) {
        float[] row = Scratch.get().floats(SLOT_ROW, L);
        for (int k = 0; k < count; k++) {
            FloatRuns.copy(values, dtype, index + k * stride, n, row, 0);
            for (int i = 0; i < n; i++) {
                result[resultAt + i] = Math.fma(row[i], probabilities[at + k], result[resultAt + i]);
            }
        }
    }
}
