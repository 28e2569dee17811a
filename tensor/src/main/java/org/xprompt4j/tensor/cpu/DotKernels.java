package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Dot products of rows with four rows of a weight at a time, for {@link FewRows}: from memory in each element type, or from
 * floats in the heap. All sum in one order: lane l adds the positions p = l (mod lanes) one by one, the positions behind the
 * last whole vector enter by way of {@code rest}, then the lanes are added in halves.
 *
 * <p>{@code whole} is the number of positions in whole vectors; {@code rest} [12, lanes] holds the others of the four weight rows,
 * padded with zeros, and room for the sums of two rows; the rows of {@code a} are padded alike. The four results of a row go to
 * {@code at}, {@code at + step}, {@code at + 2 · step} and {@code at + 3 · step}.
 *
 * <p>The loops over memory end by {@code p != whole}. With {@code <} they are counted loops, which C2 cuts in three, a step before and some
 * steps behind an unrolled middle, and the processor's prefetcher, which goes by the address of the instruction, starts anew in each for
 * each row. Measured on a Zen 5 EPYC with two threads that can read 52 GB/s, F32 rows of 768: 39 GB/s with {@code <}, 48 with
 * {@code !=}; the check of bounds that then stays in the loop costs nothing beside memory.
 */
final class DotKernels {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    private static final ByteOrder ORDER = FloatRuns.ORDER;
    private static final int SUMS = 4 * L; // where the sums lie in rest
    /** Floats of a {@code rest}. */
    static final int REST = 12 * L;

    private DotKernels() {
    }

    /** One row by four rows of an F32 weight at these byte offsets. */
    static void ofFloat32(MemorySegment w, long w0, long w1, long w2, long w3, int whole, float[] rest, float[] a, int a0,
            float[] tile, int at, int step) {
        FloatVector s0 = FloatVector.zero(F);
        FloatVector s1 = FloatVector.zero(F);
        FloatVector s2 = FloatVector.zero(F);
        FloatVector s3 = FloatVector.zero(F);
        for (int p = 0; p != whole; p += L) {
            FloatVector x = FloatVector.fromArray(F, a, a0 + p);
            s0 = x.fma(FloatVector.fromMemorySegment(F, w, w0 + 4L * p, ORDER), s0);
            s1 = x.fma(FloatVector.fromMemorySegment(F, w, w1 + 4L * p, ORDER), s1);
            s2 = x.fma(FloatVector.fromMemorySegment(F, w, w2 + 4L * p, ORDER), s2);
            s3 = x.fma(FloatVector.fromMemorySegment(F, w, w3 + 4L * p, ORDER), s3);
        }
        s0.intoArray(rest, SUMS);
        s1.intoArray(rest, SUMS + L);
        s2.intoArray(rest, SUMS + 2 * L);
        s3.intoArray(rest, SUMS + 3 * L);
        finish(rest, SUMS, a, a0 + whole, tile, at, step);
    }

    /** One row by four rows of a BF16 weight at these byte offsets. */
    static void ofBfloat16(MemorySegment w, long w0, long w1, long w2, long w3, int whole, float[] rest, float[] a, int a0,
            float[] tile, int at, int step) {
        FloatVector s0 = FloatVector.zero(F);
        FloatVector s1 = FloatVector.zero(F);
        FloatVector s2 = FloatVector.zero(F);
        FloatVector s3 = FloatVector.zero(F);
        for (int p = 0; p != whole; p += L) {
            FloatVector x = FloatVector.fromArray(F, a, a0 + p);
            s0 = x.fma(FloatRuns.widenBfloat16(w, w0 + 2L * p), s0);
            s1 = x.fma(FloatRuns.widenBfloat16(w, w1 + 2L * p), s1);
            s2 = x.fma(FloatRuns.widenBfloat16(w, w2 + 2L * p), s2);
            s3 = x.fma(FloatRuns.widenBfloat16(w, w3 + 2L * p), s3);
        }
        s0.intoArray(rest, SUMS);
        s1.intoArray(rest, SUMS + L);
        s2.intoArray(rest, SUMS + 2 * L);
        s3.intoArray(rest, SUMS + 3 * L);
        finish(rest, SUMS, a, a0 + whole, tile, at, step);
    }

    /** One row by four rows of an I8 weight at these byte offsets; the scales are for the sink to apply. */
    static void ofInt8(MemorySegment w, long w0, long w1, long w2, long w3, int whole, float[] rest, float[] a, int a0,
            float[] tile, int at, int step) {
        FloatVector s0 = FloatVector.zero(F);
        FloatVector s1 = FloatVector.zero(F);
        FloatVector s2 = FloatVector.zero(F);
        FloatVector s3 = FloatVector.zero(F);
        for (int p = 0; p != whole; p += L) {
            FloatVector x = FloatVector.fromArray(F, a, a0 + p);
            s0 = x.fma(FloatRuns.widenInt8(w, w0 + p), s0);
            s1 = x.fma(FloatRuns.widenInt8(w, w1 + p), s1);
            s2 = x.fma(FloatRuns.widenInt8(w, w2 + p), s2);
            s3 = x.fma(FloatRuns.widenInt8(w, w3 + p), s3);
        }
        s0.intoArray(rest, SUMS);
        s1.intoArray(rest, SUMS + L);
        s2.intoArray(rest, SUMS + 2 * L);
        s3.intoArray(rest, SUMS + 3 * L);
        finish(rest, SUMS, a, a0 + whole, tile, at, step);
    }

    /** Two rows by four rows [4, wStride] of floats in the heap; the second row's results lie {@code stride} behind the first's. */
    static void ofHeap(float[] w, int wStride, int whole, float[] rest, float[] a, int a0, int a1, float[] tile, int at, int step, int stride) {
        FloatVector s00 = FloatVector.zero(F);
        FloatVector s01 = FloatVector.zero(F);
        FloatVector s02 = FloatVector.zero(F);
        FloatVector s03 = FloatVector.zero(F);
        FloatVector s10 = FloatVector.zero(F);
        FloatVector s11 = FloatVector.zero(F);
        FloatVector s12 = FloatVector.zero(F);
        FloatVector s13 = FloatVector.zero(F);
        for (int p = 0; p < whole; p += L) {
            FloatVector x0 = FloatVector.fromArray(F, a, a0 + p);
            FloatVector x1 = FloatVector.fromArray(F, a, a1 + p);
            FloatVector y0 = FloatVector.fromArray(F, w, p);
            s00 = x0.fma(y0, s00);
            s10 = x1.fma(y0, s10);
            FloatVector y1 = FloatVector.fromArray(F, w, wStride + p);
            s01 = x0.fma(y1, s01);
            s11 = x1.fma(y1, s11);
            FloatVector y2 = FloatVector.fromArray(F, w, 2 * wStride + p);
            s02 = x0.fma(y2, s02);
            s12 = x1.fma(y2, s12);
            FloatVector y3 = FloatVector.fromArray(F, w, 3 * wStride + p);
            s03 = x0.fma(y3, s03);
            s13 = x1.fma(y3, s13);
        }
        s00.intoArray(rest, SUMS);
        s01.intoArray(rest, SUMS + L);
        s02.intoArray(rest, SUMS + 2 * L);
        s03.intoArray(rest, SUMS + 3 * L);
        s10.intoArray(rest, SUMS + 4 * L);
        s11.intoArray(rest, SUMS + 5 * L);
        s12.intoArray(rest, SUMS + 6 * L);
        s13.intoArray(rest, SUMS + 7 * L);
        finish(rest, SUMS, a, a0 + whole, tile, at, step);
        finish(rest, SUMS + 4 * L, a, a1 + whole, tile, at + stride, step);
    }

    /**
     * Adds the rest and the lanes of the four sums at {@code sums}, and writes the four results. The sums come by way of memory: this
     * method is too large to be inlined for certain, and a vector handed to a call is an object on the heap.
     */
    private static void finish(float[] rest, int sums, float[] a, int aAt, float[] tile, int at, int step) {
        FloatVector x = FloatVector.fromArray(F, a, aAt);
        FloatVector s0 = x.fma(FloatVector.fromArray(F, rest, 0), FloatVector.fromArray(F, rest, sums));
        FloatVector s1 = x.fma(FloatVector.fromArray(F, rest, L), FloatVector.fromArray(F, rest, sums + L));
        FloatVector s2 = x.fma(FloatVector.fromArray(F, rest, 2 * L), FloatVector.fromArray(F, rest, sums + 2 * L));
        FloatVector s3 = x.fma(FloatVector.fromArray(F, rest, 3 * L), FloatVector.fromArray(F, rest, sums + 3 * L));
        FloatVector s = LaneSums.ofFour(s0, s1, s2, s3);
        tile[at] = s.lane(0);
        tile[at + step] = s.lane(L / 2);
        tile[at + 2 * step] = s.lane(L / 4);
        tile[at + 3 * step] = s.lane(L / 2 + L / 4);
    }
}
