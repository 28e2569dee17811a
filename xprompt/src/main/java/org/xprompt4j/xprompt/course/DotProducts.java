package org.xprompt4j.xprompt.course;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The dot product of two arrays, four ways. Loaded only where the vector module is. */
final class DotProducts {
    // [species]
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED; // static final, or C2 boxes every vector
    private static final int L = F.length();                                    // floats in a vector: 4, 8 or 16
    // [end]

    private DotProducts() {
    }

    /** Bits of a vector. */
    static int bits() {
        return F.vectorBitSize();
    }

    // [plain]
    static float plain(float[] a, float[] b, int n) {
        float sum = 0;
        for (int i = 0; i < n; i++) {
            sum += a[i] * b[i];       // each addition waits for the one before: the order of a float sum is part of the language
        }
        return sum;
    }
    // [end]

    // [one]
    static float oneSum(float[] a, float[] b, int n) {
        FloatVector s = FloatVector.zero(F);
        for (int i = 0; i < n; i += L) {
            s = FloatVector.fromArray(F, a, i).fma(FloatVector.fromArray(F, b, i), s);   // L products at once, still one chain
        }
        return s.reduceLanes(VectorOperators.ADD);
    }
    // [end]

    // [four]
    static float fourSums(float[] a, float[] b, int n) {
        FloatVector s0 = FloatVector.zero(F);
        FloatVector s1 = FloatVector.zero(F);
        FloatVector s2 = FloatVector.zero(F);
        FloatVector s3 = FloatVector.zero(F);
        for (int i = 0; i < n; i += 4 * L) {   // four chains: one can start while another waits
            s0 = FloatVector.fromArray(F, a, i).fma(FloatVector.fromArray(F, b, i), s0);
            s1 = FloatVector.fromArray(F, a, i + L).fma(FloatVector.fromArray(F, b, i + L), s1);
            s2 = FloatVector.fromArray(F, a, i + 2 * L).fma(FloatVector.fromArray(F, b, i + 2 * L), s2);
            s3 = FloatVector.fromArray(F, a, i + 3 * L).fma(FloatVector.fromArray(F, b, i + 3 * L), s3);
        }
        return s0.add(s1).add(s2.add(s3)).reduceLanes(VectorOperators.ADD);
    }
    // [end]

    // [aligned]
    /** As {@link #fourSums} over memory whose vectors each lie in one cache line. */
    static float aligned(MemorySegment a, MemorySegment b, int n) {
        FloatVector s0 = FloatVector.zero(F);
        FloatVector s1 = FloatVector.zero(F);
        FloatVector s2 = FloatVector.zero(F);
        FloatVector s3 = FloatVector.zero(F);
        long step = F.vectorByteSize();
        for (long at = 0; at < 4L * n; at += 4 * step) {
            s0 = load(a, at).fma(load(b, at), s0);
            s1 = load(a, at + step).fma(load(b, at + step), s1);
            s2 = load(a, at + 2 * step).fma(load(b, at + 2 * step), s2);
            s3 = load(a, at + 3 * step).fma(load(b, at + 3 * step), s3);
        }
        return s0.add(s1).add(s2.add(s3)).reduceLanes(VectorOperators.ADD);
    }

    private static FloatVector load(MemorySegment from, long at) {
        return FloatVector.fromMemorySegment(F, from, at, ByteOrder.nativeOrder());
    }
    // [end]

    /** Eight chains of multiply-adds over one vector that stays in a register: what the arithmetic alone could do. */
    static float arithmeticAlone(float[] a, int n) {
        FloatVector x = FloatVector.fromArray(F, a, 0);
        FloatVector s0 = x;
        FloatVector s1 = x.mul(2f);
        FloatVector s2 = x.mul(3f);
        FloatVector s3 = x.mul(4f);
        FloatVector s4 = x.mul(5f);
        FloatVector s5 = x.mul(6f);
        FloatVector s6 = x.mul(7f);
        FloatVector s7 = x.mul(8f);
        for (int i = 0; i < n; i += 8 * L) {
            s0 = x.fma(x, s0);
            s1 = x.fma(x, s1);
            s2 = x.fma(x, s2);
            s3 = x.fma(x, s3);
            s4 = x.fma(x, s4);
            s5 = x.fma(x, s5);
            s6 = x.fma(x, s6);
            s7 = x.fma(x, s7);
        }
        return s0.add(s1).add(s2.add(s3)).add(s4.add(s5).add(s6.add(s7))).reduceLanes(VectorOperators.ADD);
    }
}
