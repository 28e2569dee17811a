package org.xprompt4j.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The innermost loop of every matrix product: C += A · B for a strip of {@link #ROWS} rows of A, which lie anywhere in a heap array
 * at equal distances, and a packed panel of B.
 *
 * <p>C2 spills accumulators as soon as they do not fit its registers: 512-bit machines have 32 and take a strip of 12 rows at once,
 * others 16 and take one of 8 in halves. A panel of one vector, the end of a matrix, has loops of its own, and so has what is left of
 * a strip at the end of a block. The loops are written out because accumulators must be local variables: an array of vectors is not
 * kept in registers.
 *
 * <p>Every element of C is one chain of fused multiply-adds over the depth in order: it depends neither on the tile nor on how
 * the depth is cut into calls.
 *
 * <p>Measured with panels in the second cache, one core. Intel Xeon (Emerald Rapids, two 512-bit units, 2026-11-26): 8 rows 101
 * GFLOP/s, 10 rows 141, 12 rows 144, 13 rows 149, 14 rows 90, spilled. Beside its 16 multiply-adds a step of 8 rows has 27 other
 * instructions, which a processor of six a cycle cannot hide; 12 rows need 31 beside 24. Unrolling the depth by hand makes it worse (93
 * for two steps of 8 rows), panels that happen to begin at a multiple of 64 bytes make it better (159). Zen 4 EPYC (units of 256
 * bit, 2026-11-23): multiply-add peak 117, 8 rows 111, narrow 81; with 16 registers of 256 bit (-XX:UseAVX=2) flat 95 to 100, narrow
 * 70, 8 rows by two vectors at once 59, spilled.
 */
final class MicroKernel {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    private static final boolean TALL = L >= 16;

    /** Rows of a strip. */
    static final int ROWS = TALL ? 12 : 8;
    /** Columns of a panel; of the last one as many or {@link Lanes#COUNT}. */
    static final int COLUMNS = 2 * L;
    /** Largest depth of one call. */
    static final int DEPTH = 384;
    /** Floats from one row of A to the next where rows are copied: no power of two, so that a strip does not crowd one set of the first cache. */
    static final int STRIDE = DEPTH + 16;

    private MicroKernel() {
    }

    /** For the description of the device: the tile that is held in registers. */
    static String tile() {
        return "tiles of " + (TALL ? ROWS : ROWS / 2) + " x " + COLUMNS;
    }

    /** Columns of the panel that starts at {@code first} of n columns. */
    static int panelColumns(int first, int n) {
        return n - first <= L ? L : COLUMNS;
    }

    /**
     * c += a · b.
     *
     * @param rows that are wanted, 1 to {@link #ROWS}; those behind them are computed or not
     * @param a [ROWS, aStride] from aAt, of which depth columns count
     * @param b [depth, columns] from bAt
     * @param columns {@link #COLUMNS} or {@link Lanes#COUNT}
     * @param c [ROWS, cStride] from cAt
     */
    static void multiply(int rows, int depth, float[] a, int aAt, int aStride, float[] b, int bAt, int columns, float[] c, int cAt, int cStride) {
        if (columns == L) {
            if (rows > 8) {
                narrowTall(depth, a, aAt, aStride, b, bAt, c, cAt, cStride);
            } else {
                narrow(depth, a, aAt, aStride, b, bAt, c, cAt, cStride);
            }
        } else if (TALL && rows > 4) {
            if (aStride == STRIDE) {
                tall(depth, a, aAt, b, bAt, c, cAt, cStride);
            } else {
                tallApart(depth, a, aAt, aStride, b, bAt, c, cAt, cStride);
            }
        } else {
            flat(depth, a, aAt, aStride, b, bAt, c, cAt, cStride);
            if (rows > 4) {
                flat(depth, a, aAt + 4 * aStride, aStride, b, bAt, c, cAt + 4 * cStride, cStride);
            }
        }
    }

    /** 12 rows by two vectors, the rows {@link #STRIDE} apart: with a constant each address is an offset, not an addition. */
    private static void tall(int depth, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt, int cStride) {
        FloatVector c0a = FloatVector.fromArray(F, c, cAt);
        FloatVector c0b = FloatVector.fromArray(F, c, cAt + L);
        FloatVector c1a = FloatVector.fromArray(F, c, cAt + cStride);
        FloatVector c1b = FloatVector.fromArray(F, c, cAt + cStride + L);
        FloatVector c2a = FloatVector.fromArray(F, c, cAt + 2 * cStride);
        FloatVector c2b = FloatVector.fromArray(F, c, cAt + 2 * cStride + L);
        FloatVector c3a = FloatVector.fromArray(F, c, cAt + 3 * cStride);
        FloatVector c3b = FloatVector.fromArray(F, c, cAt + 3 * cStride + L);
        FloatVector c4a = FloatVector.fromArray(F, c, cAt + 4 * cStride);
        FloatVector c4b = FloatVector.fromArray(F, c, cAt + 4 * cStride + L);
        FloatVector c5a = FloatVector.fromArray(F, c, cAt + 5 * cStride);
        FloatVector c5b = FloatVector.fromArray(F, c, cAt + 5 * cStride + L);
        FloatVector c6a = FloatVector.fromArray(F, c, cAt + 6 * cStride);
        FloatVector c6b = FloatVector.fromArray(F, c, cAt + 6 * cStride + L);
        FloatVector c7a = FloatVector.fromArray(F, c, cAt + 7 * cStride);
        FloatVector c7b = FloatVector.fromArray(F, c, cAt + 7 * cStride + L);
        FloatVector c8a = FloatVector.fromArray(F, c, cAt + 8 * cStride);
        FloatVector c8b = FloatVector.fromArray(F, c, cAt + 8 * cStride + L);
        FloatVector c9a = FloatVector.fromArray(F, c, cAt + 9 * cStride);
        FloatVector c9b = FloatVector.fromArray(F, c, cAt + 9 * cStride + L);
        FloatVector c10a = FloatVector.fromArray(F, c, cAt + 10 * cStride);
        FloatVector c10b = FloatVector.fromArray(F, c, cAt + 10 * cStride + L);
        FloatVector c11a = FloatVector.fromArray(F, c, cAt + 11 * cStride);
        FloatVector c11b = FloatVector.fromArray(F, c, cAt + 11 * cStride + L);
        for (int p = 0; p < depth; p++) {
            FloatVector b0 = FloatVector.fromArray(F, b, bAt);
            FloatVector b1 = FloatVector.fromArray(F, b, bAt + L);
            FloatVector x0 = FloatVector.broadcast(F, a[aAt + p]);
            c0a = x0.fma(b0, c0a);
            c0b = x0.fma(b1, c0b);
            FloatVector x1 = FloatVector.broadcast(F, a[aAt + p + STRIDE]);
            c1a = x1.fma(b0, c1a);
            c1b = x1.fma(b1, c1b);
            FloatVector x2 = FloatVector.broadcast(F, a[aAt + p + 2 * STRIDE]);
            c2a = x2.fma(b0, c2a);
            c2b = x2.fma(b1, c2b);
            FloatVector x3 = FloatVector.broadcast(F, a[aAt + p + 3 * STRIDE]);
            c3a = x3.fma(b0, c3a);
            c3b = x3.fma(b1, c3b);
            FloatVector x4 = FloatVector.broadcast(F, a[aAt + p + 4 * STRIDE]);
            c4a = x4.fma(b0, c4a);
            c4b = x4.fma(b1, c4b);
            FloatVector x5 = FloatVector.broadcast(F, a[aAt + p + 5 * STRIDE]);
            c5a = x5.fma(b0, c5a);
            c5b = x5.fma(b1, c5b);
            FloatVector x6 = FloatVector.broadcast(F, a[aAt + p + 6 * STRIDE]);
            c6a = x6.fma(b0, c6a);
            c6b = x6.fma(b1, c6b);
            FloatVector x7 = FloatVector.broadcast(F, a[aAt + p + 7 * STRIDE]);
            c7a = x7.fma(b0, c7a);
            c7b = x7.fma(b1, c7b);
            FloatVector x8 = FloatVector.broadcast(F, a[aAt + p + 8 * STRIDE]);
            c8a = x8.fma(b0, c8a);
            c8b = x8.fma(b1, c8b);
            FloatVector x9 = FloatVector.broadcast(F, a[aAt + p + 9 * STRIDE]);
            c9a = x9.fma(b0, c9a);
            c9b = x9.fma(b1, c9b);
            FloatVector x10 = FloatVector.broadcast(F, a[aAt + p + 10 * STRIDE]);
            c10a = x10.fma(b0, c10a);
            c10b = x10.fma(b1, c10b);
            FloatVector x11 = FloatVector.broadcast(F, a[aAt + p + 11 * STRIDE]);
            c11a = x11.fma(b0, c11a);
            c11b = x11.fma(b1, c11b);
            bAt += COLUMNS;
        }
        c0a.intoArray(c, cAt);
        c0b.intoArray(c, cAt + L);
        c1a.intoArray(c, cAt + cStride);
        c1b.intoArray(c, cAt + cStride + L);
        c2a.intoArray(c, cAt + 2 * cStride);
        c2b.intoArray(c, cAt + 2 * cStride + L);
        c3a.intoArray(c, cAt + 3 * cStride);
        c3b.intoArray(c, cAt + 3 * cStride + L);
        c4a.intoArray(c, cAt + 4 * cStride);
        c4b.intoArray(c, cAt + 4 * cStride + L);
        c5a.intoArray(c, cAt + 5 * cStride);
        c5b.intoArray(c, cAt + 5 * cStride + L);
        c6a.intoArray(c, cAt + 6 * cStride);
        c6b.intoArray(c, cAt + 6 * cStride + L);
        c7a.intoArray(c, cAt + 7 * cStride);
        c7b.intoArray(c, cAt + 7 * cStride + L);
        c8a.intoArray(c, cAt + 8 * cStride);
        c8b.intoArray(c, cAt + 8 * cStride + L);
        c9a.intoArray(c, cAt + 9 * cStride);
        c9b.intoArray(c, cAt + 9 * cStride + L);
        c10a.intoArray(c, cAt + 10 * cStride);
        c10b.intoArray(c, cAt + 10 * cStride + L);
        c11a.intoArray(c, cAt + 11 * cStride);
        c11b.intoArray(c, cAt + 11 * cStride + L);
    }

    /** 12 rows by two vectors, the rows at any distance. */
    private static void tallApart(int depth, float[] a, int aAt, int aStride, float[] b, int bAt, float[] c, int cAt, int cStride) {
        int a1 = aAt + aStride;
        int a2 = aAt + 2 * aStride;
        int a3 = aAt + 3 * aStride;
        int a4 = aAt + 4 * aStride;
        int a5 = aAt + 5 * aStride;
        int a6 = aAt + 6 * aStride;
        int a7 = aAt + 7 * aStride;
        int a8 = aAt + 8 * aStride;
        int a9 = aAt + 9 * aStride;
        int a10 = aAt + 10 * aStride;
        int a11 = aAt + 11 * aStride;
        FloatVector c0a = FloatVector.fromArray(F, c, cAt);
        FloatVector c0b = FloatVector.fromArray(F, c, cAt + L);
        FloatVector c1a = FloatVector.fromArray(F, c, cAt + cStride);
        FloatVector c1b = FloatVector.fromArray(F, c, cAt + cStride + L);
        FloatVector c2a = FloatVector.fromArray(F, c, cAt + 2 * cStride);
        FloatVector c2b = FloatVector.fromArray(F, c, cAt + 2 * cStride + L);
        FloatVector c3a = FloatVector.fromArray(F, c, cAt + 3 * cStride);
        FloatVector c3b = FloatVector.fromArray(F, c, cAt + 3 * cStride + L);
        FloatVector c4a = FloatVector.fromArray(F, c, cAt + 4 * cStride);
        FloatVector c4b = FloatVector.fromArray(F, c, cAt + 4 * cStride + L);
        FloatVector c5a = FloatVector.fromArray(F, c, cAt + 5 * cStride);
        FloatVector c5b = FloatVector.fromArray(F, c, cAt + 5 * cStride + L);
        FloatVector c6a = FloatVector.fromArray(F, c, cAt + 6 * cStride);
        FloatVector c6b = FloatVector.fromArray(F, c, cAt + 6 * cStride + L);
        FloatVector c7a = FloatVector.fromArray(F, c, cAt + 7 * cStride);
        FloatVector c7b = FloatVector.fromArray(F, c, cAt + 7 * cStride + L);
        FloatVector c8a = FloatVector.fromArray(F, c, cAt + 8 * cStride);
        FloatVector c8b = FloatVector.fromArray(F, c, cAt + 8 * cStride + L);
        FloatVector c9a = FloatVector.fromArray(F, c, cAt + 9 * cStride);
        FloatVector c9b = FloatVector.fromArray(F, c, cAt + 9 * cStride + L);
        FloatVector c10a = FloatVector.fromArray(F, c, cAt + 10 * cStride);
        FloatVector c10b = FloatVector.fromArray(F, c, cAt + 10 * cStride + L);
        FloatVector c11a = FloatVector.fromArray(F, c, cAt + 11 * cStride);
        FloatVector c11b = FloatVector.fromArray(F, c, cAt + 11 * cStride + L);
        for (int p = 0; p < depth; p++) {
            FloatVector b0 = FloatVector.fromArray(F, b, bAt);
            FloatVector b1 = FloatVector.fromArray(F, b, bAt + L);
            FloatVector x0 = FloatVector.broadcast(F, a[aAt + p]);
            c0a = x0.fma(b0, c0a);
            c0b = x0.fma(b1, c0b);
            FloatVector x1 = FloatVector.broadcast(F, a[a1 + p]);
            c1a = x1.fma(b0, c1a);
            c1b = x1.fma(b1, c1b);
            FloatVector x2 = FloatVector.broadcast(F, a[a2 + p]);
            c2a = x2.fma(b0, c2a);
            c2b = x2.fma(b1, c2b);
            FloatVector x3 = FloatVector.broadcast(F, a[a3 + p]);
            c3a = x3.fma(b0, c3a);
            c3b = x3.fma(b1, c3b);
            FloatVector x4 = FloatVector.broadcast(F, a[a4 + p]);
            c4a = x4.fma(b0, c4a);
            c4b = x4.fma(b1, c4b);
            FloatVector x5 = FloatVector.broadcast(F, a[a5 + p]);
            c5a = x5.fma(b0, c5a);
            c5b = x5.fma(b1, c5b);
            FloatVector x6 = FloatVector.broadcast(F, a[a6 + p]);
            c6a = x6.fma(b0, c6a);
            c6b = x6.fma(b1, c6b);
            FloatVector x7 = FloatVector.broadcast(F, a[a7 + p]);
            c7a = x7.fma(b0, c7a);
            c7b = x7.fma(b1, c7b);
            FloatVector x8 = FloatVector.broadcast(F, a[a8 + p]);
            c8a = x8.fma(b0, c8a);
            c8b = x8.fma(b1, c8b);
            FloatVector x9 = FloatVector.broadcast(F, a[a9 + p]);
            c9a = x9.fma(b0, c9a);
            c9b = x9.fma(b1, c9b);
            FloatVector x10 = FloatVector.broadcast(F, a[a10 + p]);
            c10a = x10.fma(b0, c10a);
            c10b = x10.fma(b1, c10b);
            FloatVector x11 = FloatVector.broadcast(F, a[a11 + p]);
            c11a = x11.fma(b0, c11a);
            c11b = x11.fma(b1, c11b);
            bAt += COLUMNS;
        }
        c0a.intoArray(c, cAt);
        c0b.intoArray(c, cAt + L);
        c1a.intoArray(c, cAt + cStride);
        c1b.intoArray(c, cAt + cStride + L);
        c2a.intoArray(c, cAt + 2 * cStride);
        c2b.intoArray(c, cAt + 2 * cStride + L);
        c3a.intoArray(c, cAt + 3 * cStride);
        c3b.intoArray(c, cAt + 3 * cStride + L);
        c4a.intoArray(c, cAt + 4 * cStride);
        c4b.intoArray(c, cAt + 4 * cStride + L);
        c5a.intoArray(c, cAt + 5 * cStride);
        c5b.intoArray(c, cAt + 5 * cStride + L);
        c6a.intoArray(c, cAt + 6 * cStride);
        c6b.intoArray(c, cAt + 6 * cStride + L);
        c7a.intoArray(c, cAt + 7 * cStride);
        c7b.intoArray(c, cAt + 7 * cStride + L);
        c8a.intoArray(c, cAt + 8 * cStride);
        c8b.intoArray(c, cAt + 8 * cStride + L);
        c9a.intoArray(c, cAt + 9 * cStride);
        c9b.intoArray(c, cAt + 9 * cStride + L);
        c10a.intoArray(c, cAt + 10 * cStride);
        c10b.intoArray(c, cAt + 10 * cStride + L);
        c11a.intoArray(c, cAt + 11 * cStride);
        c11b.intoArray(c, cAt + 11 * cStride + L);
    }

    /** 4 rows by two vectors. */
    private static void flat(int depth, float[] a, int aAt, int aStride, float[] b, int bAt, float[] c, int cAt, int cStride) {
        int a1 = aAt + aStride;
        int a2 = aAt + 2 * aStride;
        int a3 = aAt + 3 * aStride;
        FloatVector c0a = FloatVector.fromArray(F, c, cAt);
        FloatVector c0b = FloatVector.fromArray(F, c, cAt + L);
        FloatVector c1a = FloatVector.fromArray(F, c, cAt + cStride);
        FloatVector c1b = FloatVector.fromArray(F, c, cAt + cStride + L);
        FloatVector c2a = FloatVector.fromArray(F, c, cAt + 2 * cStride);
        FloatVector c2b = FloatVector.fromArray(F, c, cAt + 2 * cStride + L);
        FloatVector c3a = FloatVector.fromArray(F, c, cAt + 3 * cStride);
        FloatVector c3b = FloatVector.fromArray(F, c, cAt + 3 * cStride + L);
        for (int p = 0; p < depth; p++) {
            FloatVector b0 = FloatVector.fromArray(F, b, bAt);
            FloatVector b1 = FloatVector.fromArray(F, b, bAt + L);
            FloatVector x0 = FloatVector.broadcast(F, a[aAt + p]);
            c0a = x0.fma(b0, c0a);
            c0b = x0.fma(b1, c0b);
            FloatVector x1 = FloatVector.broadcast(F, a[a1 + p]);
            c1a = x1.fma(b0, c1a);
            c1b = x1.fma(b1, c1b);
            FloatVector x2 = FloatVector.broadcast(F, a[a2 + p]);
            c2a = x2.fma(b0, c2a);
            c2b = x2.fma(b1, c2b);
            FloatVector x3 = FloatVector.broadcast(F, a[a3 + p]);
            c3a = x3.fma(b0, c3a);
            c3b = x3.fma(b1, c3b);
            bAt += COLUMNS;
        }
        c0a.intoArray(c, cAt);
        c0b.intoArray(c, cAt + L);
        c1a.intoArray(c, cAt + cStride);
        c1b.intoArray(c, cAt + cStride + L);
        c2a.intoArray(c, cAt + 2 * cStride);
        c2b.intoArray(c, cAt + 2 * cStride + L);
        c3a.intoArray(c, cAt + 3 * cStride);
        c3b.intoArray(c, cAt + 3 * cStride + L);
    }

    /** 12 rows by one vector. */
    private static void narrowTall(int depth, float[] a, int aAt, int aStride, float[] b, int bAt, float[] c, int cAt, int cStride) {
        int a1 = aAt + aStride;
        int a2 = aAt + 2 * aStride;
        int a3 = aAt + 3 * aStride;
        int a4 = aAt + 4 * aStride;
        int a5 = aAt + 5 * aStride;
        int a6 = aAt + 6 * aStride;
        int a7 = aAt + 7 * aStride;
        int a8 = aAt + 8 * aStride;
        int a9 = aAt + 9 * aStride;
        int a10 = aAt + 10 * aStride;
        int a11 = aAt + 11 * aStride;
        FloatVector c0 = FloatVector.fromArray(F, c, cAt);
        FloatVector c1 = FloatVector.fromArray(F, c, cAt + cStride);
        FloatVector c2 = FloatVector.fromArray(F, c, cAt + 2 * cStride);
        FloatVector c3 = FloatVector.fromArray(F, c, cAt + 3 * cStride);
        FloatVector c4 = FloatVector.fromArray(F, c, cAt + 4 * cStride);
        FloatVector c5 = FloatVector.fromArray(F, c, cAt + 5 * cStride);
        FloatVector c6 = FloatVector.fromArray(F, c, cAt + 6 * cStride);
        FloatVector c7 = FloatVector.fromArray(F, c, cAt + 7 * cStride);
        FloatVector c8 = FloatVector.fromArray(F, c, cAt + 8 * cStride);
        FloatVector c9 = FloatVector.fromArray(F, c, cAt + 9 * cStride);
        FloatVector c10 = FloatVector.fromArray(F, c, cAt + 10 * cStride);
        FloatVector c11 = FloatVector.fromArray(F, c, cAt + 11 * cStride);
        for (int p = 0; p < depth; p++) {
            FloatVector b0 = FloatVector.fromArray(F, b, bAt);
            FloatVector x0 = FloatVector.broadcast(F, a[aAt + p]);
            c0 = x0.fma(b0, c0);
            FloatVector x1 = FloatVector.broadcast(F, a[a1 + p]);
            c1 = x1.fma(b0, c1);
            FloatVector x2 = FloatVector.broadcast(F, a[a2 + p]);
            c2 = x2.fma(b0, c2);
            FloatVector x3 = FloatVector.broadcast(F, a[a3 + p]);
            c3 = x3.fma(b0, c3);
            FloatVector x4 = FloatVector.broadcast(F, a[a4 + p]);
            c4 = x4.fma(b0, c4);
            FloatVector x5 = FloatVector.broadcast(F, a[a5 + p]);
            c5 = x5.fma(b0, c5);
            FloatVector x6 = FloatVector.broadcast(F, a[a6 + p]);
            c6 = x6.fma(b0, c6);
            FloatVector x7 = FloatVector.broadcast(F, a[a7 + p]);
            c7 = x7.fma(b0, c7);
            FloatVector x8 = FloatVector.broadcast(F, a[a8 + p]);
            c8 = x8.fma(b0, c8);
            FloatVector x9 = FloatVector.broadcast(F, a[a9 + p]);
            c9 = x9.fma(b0, c9);
            FloatVector x10 = FloatVector.broadcast(F, a[a10 + p]);
            c10 = x10.fma(b0, c10);
            FloatVector x11 = FloatVector.broadcast(F, a[a11 + p]);
            c11 = x11.fma(b0, c11);
            bAt += L;
        }
        c0.intoArray(c, cAt);
        c1.intoArray(c, cAt + cStride);
        c2.intoArray(c, cAt + 2 * cStride);
        c3.intoArray(c, cAt + 3 * cStride);
        c4.intoArray(c, cAt + 4 * cStride);
        c5.intoArray(c, cAt + 5 * cStride);
        c6.intoArray(c, cAt + 6 * cStride);
        c7.intoArray(c, cAt + 7 * cStride);
        c8.intoArray(c, cAt + 8 * cStride);
        c9.intoArray(c, cAt + 9 * cStride);
        c10.intoArray(c, cAt + 10 * cStride);
        c11.intoArray(c, cAt + 11 * cStride);
    }

    /** 8 rows by one vector. */
    private static void narrow(int depth, float[] a, int aAt, int aStride, float[] b, int bAt, float[] c, int cAt, int cStride) {
        int a1 = aAt + aStride;
        int a2 = aAt + 2 * aStride;
        int a3 = aAt + 3 * aStride;
        int a4 = aAt + 4 * aStride;
        int a5 = aAt + 5 * aStride;
        int a6 = aAt + 6 * aStride;
        int a7 = aAt + 7 * aStride;
        FloatVector c0 = FloatVector.fromArray(F, c, cAt);
        FloatVector c1 = FloatVector.fromArray(F, c, cAt + cStride);
        FloatVector c2 = FloatVector.fromArray(F, c, cAt + 2 * cStride);
        FloatVector c3 = FloatVector.fromArray(F, c, cAt + 3 * cStride);
        FloatVector c4 = FloatVector.fromArray(F, c, cAt + 4 * cStride);
        FloatVector c5 = FloatVector.fromArray(F, c, cAt + 5 * cStride);
        FloatVector c6 = FloatVector.fromArray(F, c, cAt + 6 * cStride);
        FloatVector c7 = FloatVector.fromArray(F, c, cAt + 7 * cStride);
        for (int p = 0; p < depth; p++) {
            FloatVector b0 = FloatVector.fromArray(F, b, bAt);
            FloatVector x0 = FloatVector.broadcast(F, a[aAt + p]);
            c0 = x0.fma(b0, c0);
            FloatVector x1 = FloatVector.broadcast(F, a[a1 + p]);
            c1 = x1.fma(b0, c1);
            FloatVector x2 = FloatVector.broadcast(F, a[a2 + p]);
            c2 = x2.fma(b0, c2);
            FloatVector x3 = FloatVector.broadcast(F, a[a3 + p]);
            c3 = x3.fma(b0, c3);
            FloatVector x4 = FloatVector.broadcast(F, a[a4 + p]);
            c4 = x4.fma(b0, c4);
            FloatVector x5 = FloatVector.broadcast(F, a[a5 + p]);
            c5 = x5.fma(b0, c5);
            FloatVector x6 = FloatVector.broadcast(F, a[a6 + p]);
            c6 = x6.fma(b0, c6);
            FloatVector x7 = FloatVector.broadcast(F, a[a7 + p]);
            c7 = x7.fma(b0, c7);
            bAt += L;
        }
        c0.intoArray(c, cAt);
        c1.intoArray(c, cAt + cStride);
        c2.intoArray(c, cAt + 2 * cStride);
        c3.intoArray(c, cAt + 3 * cStride);
        c4.intoArray(c, cAt + 4 * cStride);
        c5.intoArray(c, cAt + 5 * cStride);
        c6.intoArray(c, cAt + 6 * cStride);
        c7.intoArray(c, cAt + 7 * cStride);
    }
}
