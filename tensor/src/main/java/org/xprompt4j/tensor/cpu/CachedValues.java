package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.ElementAccess;

/** Sums of one head's cached values weighted by probabilities, {@link #VALUES} keys at a time, read where they lie. */
final class CachedValues {
    /** Values of one call: those of the keys of one, whose probabilities lie together. */
    static final int VALUES = CachedScores.KEYS;

    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    private static final ByteOrder ORDER = FloatRuns.ORDER;

    private CachedValues() {
    }

    /**
     * result [dim] += Σ of eight probabilities · values.
     *
     * @param values F32 or BF16; the first value [dim] lies at byte {@code first}, the next {@code step} bytes behind it
     * @param last where the last value lies; for those that would lie behind it, whose probabilities must be zero, it is taken again
     * @param result padded to whole vectors
     */
    static void add(float[] probabilities, int at, MemorySegment values, DType dtype, long first, long step, long last, int dim, float[] result,
            int resultAt) {
        int whole = Lanes.floor(dim);
        if (dtype == DType.F32) {
            addFloat32(probabilities, at, values, first, step, last, whole, result, resultAt);
        } else {
            for (int i = 0; i < VALUES; i += 4) {
                addBfloat16(probabilities, at + i, values, first + i * step, step, last, whole, result, resultAt);
            }
        }
        if (whole < dim) {
            addRest(probabilities, at, values, dtype, first, step, last, whole, dim, result, resultAt);
        }
    }

    private static void addFloat32(float[] probabilities, int at, MemorySegment values, long first, long step, long last, int whole, float[] result,
            int resultAt) {
        FloatVector p0 = FloatVector.broadcast(F, probabilities[at]);
        FloatVector p1 = FloatVector.broadcast(F, probabilities[at + 1]);
        FloatVector p2 = FloatVector.broadcast(F, probabilities[at + 2]);
        FloatVector p3 = FloatVector.broadcast(F, probabilities[at + 3]);
        FloatVector p4 = FloatVector.broadcast(F, probabilities[at + 4]);
        FloatVector p5 = FloatVector.broadcast(F, probabilities[at + 5]);
        FloatVector p6 = FloatVector.broadcast(F, probabilities[at + 6]);
        FloatVector p7 = FloatVector.broadcast(F, probabilities[at + 7]);
        long v1 = Math.min(first + step, last);
        long v2 = Math.min(first + 2 * step, last);
        long v3 = Math.min(first + 3 * step, last);
        long v4 = Math.min(first + 4 * step, last);
        long v5 = Math.min(first + 5 * step, last);
        long v6 = Math.min(first + 6 * step, last);
        long v7 = Math.min(first + 7 * step, last);
        for (int d = 0; d != whole; d += L) {
            FloatVector sum = FloatVector.fromArray(F, result, resultAt + d);
            sum = FloatVector.fromMemorySegment(F, values, first + 4L * d, ORDER).fma(p0, sum);
            sum = FloatVector.fromMemorySegment(F, values, v1 + 4L * d, ORDER).fma(p1, sum);
            sum = FloatVector.fromMemorySegment(F, values, v2 + 4L * d, ORDER).fma(p2, sum);
            sum = FloatVector.fromMemorySegment(F, values, v3 + 4L * d, ORDER).fma(p3, sum);
            sum = FloatVector.fromMemorySegment(F, values, v4 + 4L * d, ORDER).fma(p4, sum);
            sum = FloatVector.fromMemorySegment(F, values, v5 + 4L * d, ORDER).fma(p5, sum);
            sum = FloatVector.fromMemorySegment(F, values, v6 + 4L * d, ORDER).fma(p6, sum);
            sum = FloatVector.fromMemorySegment(F, values, v7 + 4L * d, ORDER).fma(p7, sum);
            sum.intoArray(result, resultAt + d);
        }
    }

    /** Four values: widening is so much code that the compiler inlines no more of it into one method. */
    private static void addBfloat16(float[] probabilities, int at, MemorySegment values, long first, long step, long last, int whole, float[] result,
            int resultAt) {
        FloatVector p0 = FloatVector.broadcast(F, probabilities[at]);
        FloatVector p1 = FloatVector.broadcast(F, probabilities[at + 1]);
        FloatVector p2 = FloatVector.broadcast(F, probabilities[at + 2]);
        FloatVector p3 = FloatVector.broadcast(F, probabilities[at + 3]);
        long v0 = Math.min(first, last);
        long v1 = Math.min(first + step, last);
        long v2 = Math.min(first + 2 * step, last);
        long v3 = Math.min(first + 3 * step, last);
        for (int d = 0; d != whole; d += L) {
            FloatVector sum = FloatVector.fromArray(F, result, resultAt + d);
            sum = FloatRuns.widenBfloat16(values, v0 + 2L * d).fma(p0, sum);
            sum = FloatRuns.widenBfloat16(values, v1 + 2L * d).fma(p1, sum);
            sum = FloatRuns.widenBfloat16(values, v2 + 2L * d).fma(p2, sum);
            sum = FloatRuns.widenBfloat16(values, v3 + 2L * d).fma(p3, sum);
            sum.intoArray(result, resultAt + d);
        }
    }

    /** The last dim mod lanes elements. */
    private static void addRest(float[] probabilities, int at, MemorySegment values, DType dtype, long first, long step, long last, int whole,
            int dim, float[] result, int resultAt) {
        for (int value = 0; value < VALUES; value++) {
            long row = Math.min(first + value * step, last) / dtype.bytes();
            for (int d = whole; d < dim; d++) {
                result[resultAt + d] = Math.fma(ElementAccess.getFloat(values, dtype, row + d), probabilities[at + value], result[resultAt + d]);
            }
        }
    }
}
