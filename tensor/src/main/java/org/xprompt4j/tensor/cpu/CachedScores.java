package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.ElementAccess;

/**
 * Dot products of one head's query with cached keys, {@link #KEYS} at a time, read where they lie. A head is short (32 to 128 numbers),
 * so adding up the lanes of its sums costs as much as the products themselves: eight sums go through one tree of additions together,
 * which ends with the eight scores side by side in one vector.
 *
 * <p>All sum in one order: lane l adds the positions p = l (mod lanes) one by one, then the lanes are added in halves, then the
 * positions behind the last whole vector one by one.
 */
final class CachedScores {
    /** Keys of one call. */
    static final int KEYS = 8;
    /** Floats of room for sums: [KEYS, lanes]. */
    static final int SUMS = KEYS * Lanes.COUNT;
    /** A call writes this many floats; those behind the scores mean nothing. */
    static final int WRITTEN = Math.max(KEYS, Lanes.COUNT);

    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    private static final ByteOrder ORDER = FloatRuns.ORDER;

    private CachedScores() {
    }

    /**
     * scores [KEYS] = query [dim] · keys [KEYS, dim].
     *
     * @param keys F32 or BF16; the first key [dim] lies at byte {@code first}, the next {@code step} bytes behind it
     * @param last where the last key lies; those that would lie behind it get its score
     * @param sums room for {@link #SUMS} floats
     * @param scores with room for {@link #WRITTEN} floats at {@code at}
     */
    static void of(MemorySegment keys, DType dtype, long first, long step, long last, int dim, float[] query, int queryAt, float[] sums,
            float[] scores, int at) {
        int whole = Lanes.floor(dim);
        if (dtype == DType.F32) {
            ofFloat32(keys, first, step, last, whole, query, queryAt, sums);
        } else {
            for (int i = 0; i < KEYS; i += 4) {
                ofBfloat16(keys, first + i * step, step, last, whole, query, queryAt, sums, i * L);
            }
        }
        LaneSums.ofEight(sums, scores, at);
        if (whole < dim) {
            addRest(keys, dtype, first, step, last, whole, dim, query, queryAt, scores, at);
        }
    }

    private static void ofFloat32(MemorySegment keys, long first, long step, long last, int whole, float[] query, int queryAt, float[] sums) {
        long k1 = Math.min(first + step, last);
        long k2 = Math.min(first + 2 * step, last);
        long k3 = Math.min(first + 3 * step, last);
        long k4 = Math.min(first + 4 * step, last);
        long k5 = Math.min(first + 5 * step, last);
        long k6 = Math.min(first + 6 * step, last);
        long k7 = Math.min(first + 7 * step, last);
        FloatVector s0 = FloatVector.zero(F);
        FloatVector s1 = FloatVector.zero(F);
        FloatVector s2 = FloatVector.zero(F);
        FloatVector s3 = FloatVector.zero(F);
        FloatVector s4 = FloatVector.zero(F);
        FloatVector s5 = FloatVector.zero(F);
        FloatVector s6 = FloatVector.zero(F);
        FloatVector s7 = FloatVector.zero(F);
        for (int p = 0; p != whole; p += L) {
            FloatVector x = FloatVector.fromArray(F, query, queryAt + p);
            s0 = x.fma(FloatVector.fromMemorySegment(F, keys, first + 4L * p, ORDER), s0);
            s1 = x.fma(FloatVector.fromMemorySegment(F, keys, k1 + 4L * p, ORDER), s1);
            s2 = x.fma(FloatVector.fromMemorySegment(F, keys, k2 + 4L * p, ORDER), s2);
            s3 = x.fma(FloatVector.fromMemorySegment(F, keys, k3 + 4L * p, ORDER), s3);
            s4 = x.fma(FloatVector.fromMemorySegment(F, keys, k4 + 4L * p, ORDER), s4);
            s5 = x.fma(FloatVector.fromMemorySegment(F, keys, k5 + 4L * p, ORDER), s5);
            s6 = x.fma(FloatVector.fromMemorySegment(F, keys, k6 + 4L * p, ORDER), s6);
            s7 = x.fma(FloatVector.fromMemorySegment(F, keys, k7 + 4L * p, ORDER), s7);
        }
        s0.intoArray(sums, 0);
        s1.intoArray(sums, L);
        s2.intoArray(sums, 2 * L);
        s3.intoArray(sums, 3 * L);
        s4.intoArray(sums, 4 * L);
        s5.intoArray(sums, 5 * L);
        s6.intoArray(sums, 6 * L);
        s7.intoArray(sums, 7 * L);
    }

    /** Four keys: widening is so much code that the compiler inlines no more of it into one method. */
    private static void ofBfloat16(MemorySegment keys, long first, long step, long last, int whole, float[] query, int queryAt, float[] sums, int at) {
        long k0 = Math.min(first, last);
        long k1 = Math.min(first + step, last);
        long k2 = Math.min(first + 2 * step, last);
        long k3 = Math.min(first + 3 * step, last);
        FloatVector s0 = FloatVector.zero(F);
        FloatVector s1 = FloatVector.zero(F);
        FloatVector s2 = FloatVector.zero(F);
        FloatVector s3 = FloatVector.zero(F);
        for (int p = 0; p != whole; p += L) {
            FloatVector x = FloatVector.fromArray(F, query, queryAt + p);
            s0 = x.fma(FloatRuns.widenBfloat16(keys, k0 + 2L * p), s0);
            s1 = x.fma(FloatRuns.widenBfloat16(keys, k1 + 2L * p), s1);
            s2 = x.fma(FloatRuns.widenBfloat16(keys, k2 + 2L * p), s2);
            s3 = x.fma(FloatRuns.widenBfloat16(keys, k3 + 2L * p), s3);
        }
        s0.intoArray(sums, at);
        s1.intoArray(sums, at + L);
        s2.intoArray(sums, at + 2 * L);
        s3.intoArray(sums, at + 3 * L);
    }

    private static void addRest(MemorySegment keys, DType dtype, long first, long step, long last, int whole, int dim, float[] query, int queryAt,
            float[] scores, int at) {
        for (int key = 0; key < KEYS; key++) {
            long row = Math.min(first + key * step, last) / dtype.bytes();
            float sum = scores[at + key];
            for (int p = whole; p < dim; p++) {
                sum = Math.fma(query[queryAt + p], ElementAccess.getFloat(keys, dtype, row + p), sum);
            }
            scores[at + key] = sum;
        }
    }
}
