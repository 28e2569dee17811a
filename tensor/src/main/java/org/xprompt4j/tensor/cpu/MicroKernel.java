package org.xprompt4j.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The innermost loop of every matrix product: C += A · B for a strip of {@link #ROWS} rows of A, which lie anywhere in a heap array
 * at equal distances, and a packed panel of B.
 *
 * <p>C2 spills accumulators as soon as they do not fit its registers: 512-bit machines have 32 and take the strip at once, others 16
 * and take it in halves. A panel of one vector, the end of a matrix, has a loop of its own. The loops are written out because
 * accumulators must be local variables: an array of vectors is not kept in registers.
 *
 * <p>Every element of C is one chain of fused multiply-adds over the depth in order: it depends neither on the tile nor on how
 * the depth is cut into calls.
 *
 * <p>Measured on a Zen 4 EPYC (one core, 2026-11-23, panels in the second cache): multiply-add peak 117 GFLOP/s at 512 bit; tall
 * 111, narrow 81. With 16 registers of 256 bit (-XX:UseAVX=2): flat 95 to 100, narrow 70, tall 59, spilled.
 */
final class MicroKernel {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    private static final boolean TALL = L >= 16;

    /** Rows of a strip. */
    static final int ROWS = 8;
    /** Columns of a panel; of the last one as many or {@link Lanes#COUNT}. */
    static final int COLUMNS = 2 * L;
    /** Largest depth of one call. */
    static final int DEPTH = 384;

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
     * @param a [ROWS, aStride] from aAt, of which depth columns count
     * @param b [depth, columns] from bAt
     * @param columns {@link #COLUMNS} or {@link Lanes#COUNT}
     * @param c [ROWS, cStride] from cAt
     */
    static void multiply(int depth, float[] a, int aAt, int aStride, float[] b, int bAt, int columns, float[] c, int cAt, int cStride) {
        if (columns == L) {
            narrow(depth, a, aAt, aStride, b, bAt, c, cAt, cStride);
        } else if (TALL) {
            tall(depth, a, aAt, aStride, b, bAt, c, cAt, cStride);
        } else {
            flat(depth, a, aAt, aStride, b, bAt, c, cAt, cStride);
            flat(depth, a, aAt + 4 * aStride, aStride, b, bAt, c, cAt + 4 * cStride, cStride);
        }
    }

    /** 8 rows by two vectors. */
    private static void tall(int depth, float[] a, int aAt, int aStride, float[] b, int bAt, float[] c, int cAt, int cStride) {
        int a1 = aAt + aStride;
        int a2 = aAt + 2 * aStride;
        int a3 = aAt + 3 * aStride;
        int a4 = aAt + 4 * aStride;
        int a5 = aAt + 5 * aStride;
        int a6 = aAt + 6 * aStride;
        int a7 = aAt + 7 * aStride;
        FloatVector c00 = FloatVector.fromArray(F, c, cAt);
        FloatVector c01 = FloatVector.fromArray(F, c, cAt + L);
        FloatVector c10 = FloatVector.fromArray(F, c, cAt + cStride);
        FloatVector c11 = FloatVector.fromArray(F, c, cAt + cStride + L);
        FloatVector c20 = FloatVector.fromArray(F, c, cAt + 2 * cStride);
        FloatVector c21 = FloatVector.fromArray(F, c, cAt + 2 * cStride + L);
        FloatVector c30 = FloatVector.fromArray(F, c, cAt + 3 * cStride);
        FloatVector c31 = FloatVector.fromArray(F, c, cAt + 3 * cStride + L);
        FloatVector c40 = FloatVector.fromArray(F, c, cAt + 4 * cStride);
        FloatVector c41 = FloatVector.fromArray(F, c, cAt + 4 * cStride + L);
        FloatVector c50 = FloatVector.fromArray(F, c, cAt + 5 * cStride);
        FloatVector c51 = FloatVector.fromArray(F, c, cAt + 5 * cStride + L);
        FloatVector c60 = FloatVector.fromArray(F, c, cAt + 6 * cStride);
        FloatVector c61 = FloatVector.fromArray(F, c, cAt + 6 * cStride + L);
        FloatVector c70 = FloatVector.fromArray(F, c, cAt + 7 * cStride);
        FloatVector c71 = FloatVector.fromArray(F, c, cAt + 7 * cStride + L);
        for (int p = 0; p < depth; p++) {
            FloatVector b0 = FloatVector.fromArray(F, b, bAt);
            FloatVector b1 = FloatVector.fromArray(F, b, bAt + L);
            FloatVector x0 = FloatVector.broadcast(F, a[aAt + p]);
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            FloatVector x1 = FloatVector.broadcast(F, a[a1 + p]);
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            FloatVector x2 = FloatVector.broadcast(F, a[a2 + p]);
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            FloatVector x3 = FloatVector.broadcast(F, a[a3 + p]);
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
            FloatVector x4 = FloatVector.broadcast(F, a[a4 + p]);
            c40 = x4.fma(b0, c40);
            c41 = x4.fma(b1, c41);
            FloatVector x5 = FloatVector.broadcast(F, a[a5 + p]);
            c50 = x5.fma(b0, c50);
            c51 = x5.fma(b1, c51);
            FloatVector x6 = FloatVector.broadcast(F, a[a6 + p]);
            c60 = x6.fma(b0, c60);
            c61 = x6.fma(b1, c61);
            FloatVector x7 = FloatVector.broadcast(F, a[a7 + p]);
            c70 = x7.fma(b0, c70);
            c71 = x7.fma(b1, c71);
            bAt += COLUMNS;
        }
        c00.intoArray(c, cAt);
        c01.intoArray(c, cAt + L);
        c10.intoArray(c, cAt + cStride);
        c11.intoArray(c, cAt + cStride + L);
        c20.intoArray(c, cAt + 2 * cStride);
        c21.intoArray(c, cAt + 2 * cStride + L);
        c30.intoArray(c, cAt + 3 * cStride);
        c31.intoArray(c, cAt + 3 * cStride + L);
        c40.intoArray(c, cAt + 4 * cStride);
        c41.intoArray(c, cAt + 4 * cStride + L);
        c50.intoArray(c, cAt + 5 * cStride);
        c51.intoArray(c, cAt + 5 * cStride + L);
        c60.intoArray(c, cAt + 6 * cStride);
        c61.intoArray(c, cAt + 6 * cStride + L);
        c70.intoArray(c, cAt + 7 * cStride);
        c71.intoArray(c, cAt + 7 * cStride + L);
    }

    /** 4 rows by two vectors. */
    private static void flat(int depth, float[] a, int aAt, int aStride, float[] b, int bAt, float[] c, int cAt, int cStride) {
        int a1 = aAt + aStride;
        int a2 = aAt + 2 * aStride;
        int a3 = aAt + 3 * aStride;
        FloatVector c00 = FloatVector.fromArray(F, c, cAt);
        FloatVector c01 = FloatVector.fromArray(F, c, cAt + L);
        FloatVector c10 = FloatVector.fromArray(F, c, cAt + cStride);
        FloatVector c11 = FloatVector.fromArray(F, c, cAt + cStride + L);
        FloatVector c20 = FloatVector.fromArray(F, c, cAt + 2 * cStride);
        FloatVector c21 = FloatVector.fromArray(F, c, cAt + 2 * cStride + L);
        FloatVector c30 = FloatVector.fromArray(F, c, cAt + 3 * cStride);
        FloatVector c31 = FloatVector.fromArray(F, c, cAt + 3 * cStride + L);
        for (int p = 0; p < depth; p++) {
            FloatVector b0 = FloatVector.fromArray(F, b, bAt);
            FloatVector b1 = FloatVector.fromArray(F, b, bAt + L);
            FloatVector x0 = FloatVector.broadcast(F, a[aAt + p]);
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            FloatVector x1 = FloatVector.broadcast(F, a[a1 + p]);
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            FloatVector x2 = FloatVector.broadcast(F, a[a2 + p]);
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            FloatVector x3 = FloatVector.broadcast(F, a[a3 + p]);
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
            bAt += COLUMNS;
        }
        c00.intoArray(c, cAt);
        c01.intoArray(c, cAt + L);
        c10.intoArray(c, cAt + cStride);
        c11.intoArray(c, cAt + cStride + L);
        c20.intoArray(c, cAt + 2 * cStride);
        c21.intoArray(c, cAt + 2 * cStride + L);
        c30.intoArray(c, cAt + 3 * cStride);
        c31.intoArray(c, cAt + 3 * cStride + L);
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
        FloatVector c00 = FloatVector.fromArray(F, c, cAt);
        FloatVector c10 = FloatVector.fromArray(F, c, cAt + cStride);
        FloatVector c20 = FloatVector.fromArray(F, c, cAt + 2 * cStride);
        FloatVector c30 = FloatVector.fromArray(F, c, cAt + 3 * cStride);
        FloatVector c40 = FloatVector.fromArray(F, c, cAt + 4 * cStride);
        FloatVector c50 = FloatVector.fromArray(F, c, cAt + 5 * cStride);
        FloatVector c60 = FloatVector.fromArray(F, c, cAt + 6 * cStride);
        FloatVector c70 = FloatVector.fromArray(F, c, cAt + 7 * cStride);
        for (int p = 0; p < depth; p++) {
            FloatVector b0 = FloatVector.fromArray(F, b, bAt);
            FloatVector x0 = FloatVector.broadcast(F, a[aAt + p]);
            c00 = x0.fma(b0, c00);
            FloatVector x1 = FloatVector.broadcast(F, a[a1 + p]);
            c10 = x1.fma(b0, c10);
            FloatVector x2 = FloatVector.broadcast(F, a[a2 + p]);
            c20 = x2.fma(b0, c20);
            FloatVector x3 = FloatVector.broadcast(F, a[a3 + p]);
            c30 = x3.fma(b0, c30);
            FloatVector x4 = FloatVector.broadcast(F, a[a4 + p]);
            c40 = x4.fma(b0, c40);
            FloatVector x5 = FloatVector.broadcast(F, a[a5 + p]);
            c50 = x5.fma(b0, c50);
            FloatVector x6 = FloatVector.broadcast(F, a[a6 + p]);
            c60 = x6.fma(b0, c60);
            FloatVector x7 = FloatVector.broadcast(F, a[a7 + p]);
            c70 = x7.fma(b0, c70);
            bAt += L;
        }
        c00.intoArray(c, cAt);
        c10.intoArray(c, cAt + cStride);
        c20.intoArray(c, cAt + 2 * cStride);
        c30.intoArray(c, cAt + 3 * cStride);
        c40.intoArray(c, cAt + 4 * cStride);
        c50.intoArray(c, cAt + 5 * cStride);
        c60.intoArray(c, cAt + 6 * cStride);
        c70.intoArray(c, cAt + 7 * cStride);
    }
}
