package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.xprompt4j.tensor.DType;

/** Sums of one head's cached values weighted by probabilities, four keys at a time, read where they lie. */
final class CachedValues {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    private static final ByteOrder ORDER = FloatRuns.ORDER;
    private static final int SLOT_ROW = 3;

    private CachedValues() {
    }

    /**
     * result [dim] += Σ of four probabilities · values. The probabilities lie {@code step} apart from {@code at} on.
     *
     * @param values F32 or BF16; the four rows [dim] lie at these byte offsets
     * @param result padded to whole vectors
     */
    static void addFour(float[] probabilities, int at, int step, MemorySegment values, DType dtype, long v0, long v1, long v2, long v3, int dim,
            float[] result, int resultAt) {
        float p0 = probabilities[at];
        float p1 = probabilities[at + step];
        float p2 = probabilities[at + 2 * step];
        float p3 = probabilities[at + 3 * step];
        int whole = Lanes.floor(dim);
        if (dtype == DType.F32) {
            addFloat32(p0, p1, p2, p3, values, v0, v1, v2, v3, whole, result, resultAt);
        } else {
            addBfloat16(p0, p1, p2, p3, values, v0, v1, v2, v3, whole, result, resultAt);
        }
        if (whole < dim) {
            addRest(p0, values, dtype, v0 / dtype.bytes() + whole, dim - whole, result, resultAt + whole);
            addRest(p1, values, dtype, v1 / dtype.bytes() + whole, dim - whole, result, resultAt + whole);
            addRest(p2, values, dtype, v2 / dtype.bytes() + whole, dim - whole, result, resultAt + whole);
            addRest(p3, values, dtype, v3 / dtype.bytes() + whole, dim - whole, result, resultAt + whole);
        }
    }

    private static void addFloat32(float p0, float p1, float p2, float p3, MemorySegment values, long v0, long v1, long v2, long v3, int whole,
            float[] result, int at) {
        FloatVector q0 = FloatVector.broadcast(F, p0);
        FloatVector q1 = FloatVector.broadcast(F, p1);
        FloatVector q2 = FloatVector.broadcast(F, p2);
        FloatVector q3 = FloatVector.broadcast(F, p3);
        for (int d = 0; d < whole; d += L) {
            FloatVector s = FloatVector.fromArray(F, result, at + d);
            s = FloatVector.fromMemorySegment(F, values, v0 + 4L * d, ORDER).fma(q0, s);
            s = FloatVector.fromMemorySegment(F, values, v1 + 4L * d, ORDER).fma(q1, s);
            s = FloatVector.fromMemorySegment(F, values, v2 + 4L * d, ORDER).fma(q2, s);
            s = FloatVector.fromMemorySegment(F, values, v3 + 4L * d, ORDER).fma(q3, s);
            s.intoArray(result, at + d);
        }
    }

    private static void addBfloat16(float p0, float p1, float p2, float p3, MemorySegment values, long v0, long v1, long v2, long v3, int whole,
            float[] result, int at) {
        FloatVector q0 = FloatVector.broadcast(F, p0);
        FloatVector q1 = FloatVector.broadcast(F, p1);
        FloatVector q2 = FloatVector.broadcast(F, p2);
        FloatVector q3 = FloatVector.broadcast(F, p3);
        for (int d = 0; d < whole; d += L) {
            FloatVector s = FloatVector.fromArray(F, result, at + d);
            s = FloatRuns.widenBfloat16(values, v0 + 2L * d).fma(q0, s);
            s = FloatRuns.widenBfloat16(values, v1 + 2L * d).fma(q1, s);
            s = FloatRuns.widenBfloat16(values, v2 + 2L * d).fma(q2, s);
            s = FloatRuns.widenBfloat16(values, v3 + 2L * d).fma(q3, s);
            s.intoArray(result, at + d);
        }
    }

    /** The last dim mod lanes elements of one value. */
    private static void addRest(float probability, MemorySegment values, DType dtype, long index, int n, float[] result, int at) {
        float[] row = Scratch.get().floats(SLOT_ROW, L);
        FloatRuns.copy(values, dtype, index, n, row, 0);
        for (int i = 0; i < n; i++) {
            result[at + i] = Math.fma(row[i], probability, result[at + i]);
        }
    }
}
