package org.xprompt4j.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Adds up the lanes of several vectors in one tree: halves of two vectors share a vector, then quarters of four, then eighths of eight.
 * The order of additions in each sum is that of one vector alone, in halves, whatever it shares the tree with.
 */
final class LaneSums {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;

    private static final VectorShuffle<Float> HALF = exchange(L / 2);
    private static final VectorShuffle<Float> QUARTER = exchange(L / 4);
    private static final VectorShuffle<Float> EIGHTH = exchange(L / 8);
    private static final VectorShuffle<Float> SIXTEENTH = exchange(L / 16);
    private static final VectorShuffle<Float> EVEN = VectorShuffle.fromOp(F, lane -> 2 * lane % L);
    private static final VectorMask<Float> UPPER_HALF = lanes(L / 2);
    private static final VectorMask<Float> ODD_QUARTERS = lanes(L / 4);
    private static final VectorMask<Float> ODD_EIGHTHS = lanes(L / 8);

    private LaneSums() {
    }

    /** Swaps lanes whose numbers differ in this bit. */
    private static VectorShuffle<Float> exchange(int bit) {
        return VectorShuffle.fromOp(F, lane -> lane ^ bit);
    }

    private static VectorMask<Float> lanes(int bit) {
        long bits = 0;
        for (int i = 0; i < L; i++) {
            bits |= (i & bit) != 0 ? 1L << i : 0;
        }
        return VectorMask.fromLong(F, bits);
    }

    /** Of each pair of lanes that the shuffle swaps the sum: a's where the mask is unset, b's where it is set. */
    private static FloatVector join(FloatVector a, FloatVector b, VectorShuffle<Float> swap, VectorMask<Float> mask) {
        return a.blend(b, mask).add(b.blend(a, mask).rearrange(swap));
    }

    /** The sums of four vectors: in lane 0, L/2, L/4 and L/2 + L/4. */
    static FloatVector ofFour(FloatVector s0, FloatVector s1, FloatVector s2, FloatVector s3) {
        FloatVector s = join(join(s0, s1, HALF, UPPER_HALF), join(s2, s3, HALF, UPPER_HALF), QUARTER, ODD_QUARTERS);
        if (L >= 8) {
            s = s.add(s.rearrange(EIGHTH));
        }
        if (L >= 16) {
            s = s.add(s.rearrange(SIXTEENTH));
        }
        return s;
    }

    /**
     * The sums of eight vectors, side by side in their order.
     *
     * @param vectors [8, lanes]; by way of memory, because a vector handed to a call that is not inlined is an object on the heap
     * @param to with room for max(8, lanes) floats at {@code at}
     */
    static void ofEight(float[] vectors, float[] to, int at) {
        FloatVector v0 = FloatVector.fromArray(F, vectors, 0);
        FloatVector v1 = FloatVector.fromArray(F, vectors, L);
        FloatVector v2 = FloatVector.fromArray(F, vectors, 2 * L);
        FloatVector v3 = FloatVector.fromArray(F, vectors, 3 * L);
        FloatVector v4 = FloatVector.fromArray(F, vectors, 4 * L);
        FloatVector v5 = FloatVector.fromArray(F, vectors, 5 * L);
        FloatVector v6 = FloatVector.fromArray(F, vectors, 6 * L);
        FloatVector v7 = FloatVector.fromArray(F, vectors, 7 * L);
        if (L == 4) {
            join(join(v0, v2, HALF, UPPER_HALF), join(v1, v3, HALF, UPPER_HALF), QUARTER, ODD_QUARTERS).intoArray(to, at);
            join(join(v4, v6, HALF, UPPER_HALF), join(v5, v7, HALF, UPPER_HALF), QUARTER, ODD_QUARTERS).intoArray(to, at + L);
            return;
        }
        FloatVector even = join(join(v0, v4, HALF, UPPER_HALF), join(v2, v6, HALF, UPPER_HALF), QUARTER, ODD_QUARTERS);
        FloatVector odd = join(join(v1, v5, HALF, UPPER_HALF), join(v3, v7, HALF, UPPER_HALF), QUARTER, ODD_QUARTERS);
        FloatVector s = join(even, odd, EIGHTH, ODD_EIGHTHS);
        if (L >= 16) {
            s = s.add(s.rearrange(SIXTEENTH)).rearrange(EVEN);
        }
        s.intoArray(to, at);
    }
}
