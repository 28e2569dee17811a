package org.xprompt4j.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The innermost loop of every matrix product: one tile of C in registers, over panels of A and B in heap arrays.
 *
 * <p>The tile is {@link #ROWS} rows by two vectors. C2 spills accumulators as soon as they do not fit its registers, so 256-bit
 * machines (16 registers) take 4 rows and 512-bit machines (32 registers) take 8. A comes in either of two layouts, each
 * the one that its memory order fills by plain copies: rows (depth contiguous) or columns (the tile's rows contiguous).
 * The loops are written out because accumulators must be local variables: an array of vectors is not kept in registers.
 *
 * <p>Every element of C is one chain of fused multiply-adds over the depth in order, whatever the layout and its place in the tile.
 */
final class MicroKernel {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;

    private static final boolean TALL = L >= 16;
    /** Rows of the tile. */
    static final int ROWS = TALL ? 8 : 4;
    /** Columns of the tile. */
    static final int COLUMNS = 2 * L;
    /** Largest depth of one call. */
    static final int DEPTH = 256;
    /** Floats from one row of a row panel to the next: a constant, so that it folds into addresses; 16 more than a power of two. */
    static final int ROW_STRIDE = DEPTH + 16;
    /** Floats of one A panel in either layout, with room for a vector store that runs over its end. */
    static final int A_PANEL = ROWS * ROW_STRIDE;

    private MicroKernel() {
    }

    /**
     * c = a · b, or c += a · b.
     *
     * @param byRows a's layout: [ROWS, ROW_STRIDE] when true, [depth, ROWS] when false
     * @param b [depth, COLUMNS]
     * @param c [ROWS, stride]
     */
    static void multiply(boolean byRows, int depth, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt, int stride, boolean add) {
        if (TALL) {
            if (byRows) {
                tallRows(depth, a, aAt, b, bAt, c, cAt, stride, add);
            } else {
                tallColumns(depth, a, aAt, b, bAt, c, cAt, stride, add);
            }
        } else if (byRows) {
            flatRows(depth, a, aAt, b, bAt, c, cAt, stride, add);
        } else {
            flatColumns(depth, a, aAt, b, bAt, c, cAt, stride, add);
        }
    }

    /** 8 rows, A [8, ROW_STRIDE]. */
    private static void tallRows(int depth, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt, int stride, boolean add) {
        FloatVector c00 = FloatVector.zero(F);
        FloatVector c01 = FloatVector.zero(F);
        FloatVector c10 = FloatVector.zero(F);
        FloatVector c11 = FloatVector.zero(F);
        FloatVector c20 = FloatVector.zero(F);
        FloatVector c21 = FloatVector.zero(F);
        FloatVector c30 = FloatVector.zero(F);
        FloatVector c31 = FloatVector.zero(F);
        FloatVector c40 = FloatVector.zero(F);
        FloatVector c41 = FloatVector.zero(F);
        FloatVector c50 = FloatVector.zero(F);
        FloatVector c51 = FloatVector.zero(F);
        FloatVector c60 = FloatVector.zero(F);
        FloatVector c61 = FloatVector.zero(F);
        FloatVector c70 = FloatVector.zero(F);
        FloatVector c71 = FloatVector.zero(F);
        for (int p = 0; p < depth; p++) {
            FloatVector b0 = FloatVector.fromArray(F, b, bAt);
            FloatVector b1 = FloatVector.fromArray(F, b, bAt + L);
            FloatVector a0 = FloatVector.broadcast(F, a[aAt]);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            FloatVector a1 = FloatVector.broadcast(F, a[aAt + ROW_STRIDE]);
            c10 = a1.fma(b0, c10);
            c11 = a1.fma(b1, c11);
            FloatVector a2 = FloatVector.broadcast(F, a[aAt + 2 * ROW_STRIDE]);
            c20 = a2.fma(b0, c20);
            c21 = a2.fma(b1, c21);
            FloatVector a3 = FloatVector.broadcast(F, a[aAt + 3 * ROW_STRIDE]);
            c30 = a3.fma(b0, c30);
            c31 = a3.fma(b1, c31);
            FloatVector a4 = FloatVector.broadcast(F, a[aAt + 4 * ROW_STRIDE]);
            c40 = a4.fma(b0, c40);
            c41 = a4.fma(b1, c41);
            FloatVector a5 = FloatVector.broadcast(F, a[aAt + 5 * ROW_STRIDE]);
            c50 = a5.fma(b0, c50);
            c51 = a5.fma(b1, c51);
            FloatVector a6 = FloatVector.broadcast(F, a[aAt + 6 * ROW_STRIDE]);
            c60 = a6.fma(b0, c60);
            c61 = a6.fma(b1, c61);
            FloatVector a7 = FloatVector.broadcast(F, a[aAt + 7 * ROW_STRIDE]);
            c70 = a7.fma(b0, c70);
            c71 = a7.fma(b1, c71);
            aAt += 1;
            bAt += COLUMNS;
        }
        if (add) {
            c00 = c00.add(FloatVector.fromArray(F, c, cAt));
            c01 = c01.add(FloatVector.fromArray(F, c, cAt + L));
            c10 = c10.add(FloatVector.fromArray(F, c, cAt + stride));
            c11 = c11.add(FloatVector.fromArray(F, c, cAt + stride + L));
            c20 = c20.add(FloatVector.fromArray(F, c, cAt + 2 * stride));
            c21 = c21.add(FloatVector.fromArray(F, c, cAt + 2 * stride + L));
            c30 = c30.add(FloatVector.fromArray(F, c, cAt + 3 * stride));
            c31 = c31.add(FloatVector.fromArray(F, c, cAt + 3 * stride + L));
            c40 = c40.add(FloatVector.fromArray(F, c, cAt + 4 * stride));
            c41 = c41.add(FloatVector.fromArray(F, c, cAt + 4 * stride + L));
            c50 = c50.add(FloatVector.fromArray(F, c, cAt + 5 * stride));
            c51 = c51.add(FloatVector.fromArray(F, c, cAt + 5 * stride + L));
            c60 = c60.add(FloatVector.fromArray(F, c, cAt + 6 * stride));
            c61 = c61.add(FloatVector.fromArray(F, c, cAt + 6 * stride + L));
            c70 = c70.add(FloatVector.fromArray(F, c, cAt + 7 * stride));
            c71 = c71.add(FloatVector.fromArray(F, c, cAt + 7 * stride + L));
        }
        c00.intoArray(c, cAt);
        c01.intoArray(c, cAt + L);
        c10.intoArray(c, cAt + stride);
        c11.intoArray(c, cAt + stride + L);
        c20.intoArray(c, cAt + 2 * stride);
        c21.intoArray(c, cAt + 2 * stride + L);
        c30.intoArray(c, cAt + 3 * stride);
        c31.intoArray(c, cAt + 3 * stride + L);
        c40.intoArray(c, cAt + 4 * stride);
        c41.intoArray(c, cAt + 4 * stride + L);
        c50.intoArray(c, cAt + 5 * stride);
        c51.intoArray(c, cAt + 5 * stride + L);
        c60.intoArray(c, cAt + 6 * stride);
        c61.intoArray(c, cAt + 6 * stride + L);
        c70.intoArray(c, cAt + 7 * stride);
        c71.intoArray(c, cAt + 7 * stride + L);
    }

    /** 8 rows, A [depth, 8]. */
    private static void tallColumns(int depth, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt, int stride, boolean add) {
        FloatVector c00 = FloatVector.zero(F);
        FloatVector c01 = FloatVector.zero(F);
        FloatVector c10 = FloatVector.zero(F);
        FloatVector c11 = FloatVector.zero(F);
        FloatVector c20 = FloatVector.zero(F);
        FloatVector c21 = FloatVector.zero(F);
        FloatVector c30 = FloatVector.zero(F);
        FloatVector c31 = FloatVector.zero(F);
        FloatVector c40 = FloatVector.zero(F);
        FloatVector c41 = FloatVector.zero(F);
        FloatVector c50 = FloatVector.zero(F);
        FloatVector c51 = FloatVector.zero(F);
        FloatVector c60 = FloatVector.zero(F);
        FloatVector c61 = FloatVector.zero(F);
        FloatVector c70 = FloatVector.zero(F);
        FloatVector c71 = FloatVector.zero(F);
        for (int p = 0; p < depth; p++) {
            FloatVector b0 = FloatVector.fromArray(F, b, bAt);
            FloatVector b1 = FloatVector.fromArray(F, b, bAt + L);
            FloatVector a0 = FloatVector.broadcast(F, a[aAt]);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            FloatVector a1 = FloatVector.broadcast(F, a[aAt + 1]);
            c10 = a1.fma(b0, c10);
            c11 = a1.fma(b1, c11);
            FloatVector a2 = FloatVector.broadcast(F, a[aAt + 2]);
            c20 = a2.fma(b0, c20);
            c21 = a2.fma(b1, c21);
            FloatVector a3 = FloatVector.broadcast(F, a[aAt + 3]);
            c30 = a3.fma(b0, c30);
            c31 = a3.fma(b1, c31);
            FloatVector a4 = FloatVector.broadcast(F, a[aAt + 4]);
            c40 = a4.fma(b0, c40);
            c41 = a4.fma(b1, c41);
            FloatVector a5 = FloatVector.broadcast(F, a[aAt + 5]);
            c50 = a5.fma(b0, c50);
            c51 = a5.fma(b1, c51);
            FloatVector a6 = FloatVector.broadcast(F, a[aAt + 6]);
            c60 = a6.fma(b0, c60);
            c61 = a6.fma(b1, c61);
            FloatVector a7 = FloatVector.broadcast(F, a[aAt + 7]);
            c70 = a7.fma(b0, c70);
            c71 = a7.fma(b1, c71);
            aAt += 8;
            bAt += COLUMNS;
        }
        if (add) {
            c00 = c00.add(FloatVector.fromArray(F, c, cAt));
            c01 = c01.add(FloatVector.fromArray(F, c, cAt + L));
            c10 = c10.add(FloatVector.fromArray(F, c, cAt + stride));
            c11 = c11.add(FloatVector.fromArray(F, c, cAt + stride + L));
            c20 = c20.add(FloatVector.fromArray(F, c, cAt + 2 * stride));
            c21 = c21.add(FloatVector.fromArray(F, c, cAt + 2 * stride + L));
            c30 = c30.add(FloatVector.fromArray(F, c, cAt + 3 * stride));
            c31 = c31.add(FloatVector.fromArray(F, c, cAt + 3 * stride + L));
            c40 = c40.add(FloatVector.fromArray(F, c, cAt + 4 * stride));
            c41 = c41.add(FloatVector.fromArray(F, c, cAt + 4 * stride + L));
            c50 = c50.add(FloatVector.fromArray(F, c, cAt + 5 * stride));
            c51 = c51.add(FloatVector.fromArray(F, c, cAt + 5 * stride + L));
            c60 = c60.add(FloatVector.fromArray(F, c, cAt + 6 * stride));
            c61 = c61.add(FloatVector.fromArray(F, c, cAt + 6 * stride + L));
            c70 = c70.add(FloatVector.fromArray(F, c, cAt + 7 * stride));
            c71 = c71.add(FloatVector.fromArray(F, c, cAt + 7 * stride + L));
        }
        c00.intoArray(c, cAt);
        c01.intoArray(c, cAt + L);
        c10.intoArray(c, cAt + stride);
        c11.intoArray(c, cAt + stride + L);
        c20.intoArray(c, cAt + 2 * stride);
        c21.intoArray(c, cAt + 2 * stride + L);
        c30.intoArray(c, cAt + 3 * stride);
        c31.intoArray(c, cAt + 3 * stride + L);
        c40.intoArray(c, cAt + 4 * stride);
        c41.intoArray(c, cAt + 4 * stride + L);
        c50.intoArray(c, cAt + 5 * stride);
        c51.intoArray(c, cAt + 5 * stride + L);
        c60.intoArray(c, cAt + 6 * stride);
        c61.intoArray(c, cAt + 6 * stride + L);
        c70.intoArray(c, cAt + 7 * stride);
        c71.intoArray(c, cAt + 7 * stride + L);
    }

    /** 4 rows, A [4, ROW_STRIDE]. */
    private static void flatRows(int depth, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt, int stride, boolean add) {
        FloatVector c00 = FloatVector.zero(F);
        FloatVector c01 = FloatVector.zero(F);
        FloatVector c10 = FloatVector.zero(F);
        FloatVector c11 = FloatVector.zero(F);
        FloatVector c20 = FloatVector.zero(F);
        FloatVector c21 = FloatVector.zero(F);
        FloatVector c30 = FloatVector.zero(F);
        FloatVector c31 = FloatVector.zero(F);
        for (int p = 0; p < depth; p++) {
            FloatVector b0 = FloatVector.fromArray(F, b, bAt);
            FloatVector b1 = FloatVector.fromArray(F, b, bAt + L);
            FloatVector a0 = FloatVector.broadcast(F, a[aAt]);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            FloatVector a1 = FloatVector.broadcast(F, a[aAt + ROW_STRIDE]);
            c10 = a1.fma(b0, c10);
            c11 = a1.fma(b1, c11);
            FloatVector a2 = FloatVector.broadcast(F, a[aAt + 2 * ROW_STRIDE]);
            c20 = a2.fma(b0, c20);
            c21 = a2.fma(b1, c21);
            FloatVector a3 = FloatVector.broadcast(F, a[aAt + 3 * ROW_STRIDE]);
            c30 = a3.fma(b0, c30);
            c31 = a3.fma(b1, c31);
            aAt += 1;
            bAt += COLUMNS;
        }
        if (add) {
            c00 = c00.add(FloatVector.fromArray(F, c, cAt));
            c01 = c01.add(FloatVector.fromArray(F, c, cAt + L));
            c10 = c10.add(FloatVector.fromArray(F, c, cAt + stride));
            c11 = c11.add(FloatVector.fromArray(F, c, cAt + stride + L));
            c20 = c20.add(FloatVector.fromArray(F, c, cAt + 2 * stride));
            c21 = c21.add(FloatVector.fromArray(F, c, cAt + 2 * stride + L));
            c30 = c30.add(FloatVector.fromArray(F, c, cAt + 3 * stride));
            c31 = c31.add(FloatVector.fromArray(F, c, cAt + 3 * stride + L));
        }
        c00.intoArray(c, cAt);
        c01.intoArray(c, cAt + L);
        c10.intoArray(c, cAt + stride);
        c11.intoArray(c, cAt + stride + L);
        c20.intoArray(c, cAt + 2 * stride);
        c21.intoArray(c, cAt + 2 * stride + L);
        c30.intoArray(c, cAt + 3 * stride);
        c31.intoArray(c, cAt + 3 * stride + L);
    }

    /** 4 rows, A [depth, 4]. */
    private static void flatColumns(int depth, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt, int stride, boolean add) {
        FloatVector c00 = FloatVector.zero(F);
        FloatVector c01 = FloatVector.zero(F);
        FloatVector c10 = FloatVector.zero(F);
        FloatVector c11 = FloatVector.zero(F);
        FloatVector c20 = FloatVector.zero(F);
        FloatVector c21 = FloatVector.zero(F);
        FloatVector c30 = FloatVector.zero(F);
        FloatVector c31 = FloatVector.zero(F);
        for (int p = 0; p < depth; p++) {
            FloatVector b0 = FloatVector.fromArray(F, b, bAt);
            FloatVector b1 = FloatVector.fromArray(F, b, bAt + L);
            FloatVector a0 = FloatVector.broadcast(F, a[aAt]);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            FloatVector a1 = FloatVector.broadcast(F, a[aAt + 1]);
            c10 = a1.fma(b0, c10);
            c11 = a1.fma(b1, c11);
            FloatVector a2 = FloatVector.broadcast(F, a[aAt + 2]);
            c20 = a2.fma(b0, c20);
            c21 = a2.fma(b1, c21);
            FloatVector a3 = FloatVector.broadcast(F, a[aAt + 3]);
            c30 = a3.fma(b0, c30);
            c31 = a3.fma(b1, c31);
            aAt += 4;
            bAt += COLUMNS;
        }
        if (add) {
            c00 = c00.add(FloatVector.fromArray(F, c, cAt));
            c01 = c01.add(FloatVector.fromArray(F, c, cAt + L));
            c10 = c10.add(FloatVector.fromArray(F, c, cAt + stride));
            c11 = c11.add(FloatVector.fromArray(F, c, cAt + stride + L));
            c20 = c20.add(FloatVector.fromArray(F, c, cAt + 2 * stride));
            c21 = c21.add(FloatVector.fromArray(F, c, cAt + 2 * stride + L));
            c30 = c30.add(FloatVector.fromArray(F, c, cAt + 3 * stride));
            c31 = c31.add(FloatVector.fromArray(F, c, cAt + 3 * stride + L));
        }
        c00.intoArray(c, cAt);
        c01.intoArray(c, cAt + L);
        c10.intoArray(c, cAt + stride);
        c11.intoArray(c, cAt + stride + L);
        c20.intoArray(c, cAt + 2 * stride);
        c21.intoArray(c, cAt + 2 * stride + L);
        c30.intoArray(c, cAt + 3 * stride);
        c31.intoArray(c, cAt + 3 * stride + L);
    }
}
