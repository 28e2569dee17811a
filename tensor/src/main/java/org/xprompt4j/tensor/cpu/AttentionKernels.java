package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register-blocked products of attention on heap panels: four rows of broadcast numbers times two vectors, eight
 * accumulators. The operand whose numbers go into lanes is read in strips of two vectors, of rows or of a panel [depth, WIDTH].
 */
final class AttentionKernels {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    /** Numbers of a panel row: two vectors. */
    static final int WIDTH = 2 * L;
    /** Rows of broadcast numbers. */
    static final int ROWS = 4;
    private static final int Q = AttentionTiles.QUERIES;

    private AttentionKernels() {
    }

    /** The smallest multiple of a panel's width that is not below n. */
    static int padded(int n) {
        return (n + WIDTH - 1) / WIDTH * WIDTH;
    }

    /**
     * c[r][0..WIDTH) = or += Σ over k of a[r][k] · b[k][0..WIDTH), for four rows.
     *
     * @param a rows lda apart
     * @param b rows of WIDTH numbers, ldb apart
     * @param c rows ldc apart
     */
    static void rowsTimesPanel(float[] a, int aAt, int lda, float[] b, int bAt, int ldb, int depth, float[] c, int cAt, int ldc, boolean add) {
        FloatVector s00 = FloatVector.zero(F);
        FloatVector s01 = s00;
        FloatVector s10 = s00;
        FloatVector s11 = s00;
        FloatVector s20 = s00;
        FloatVector s21 = s00;
        FloatVector s30 = s00;
        FloatVector s31 = s00;
        int a1 = aAt + lda;
        int a2 = a1 + lda;
        int a3 = a2 + lda;
        for (int k = 0; k < depth; k++) {
            FloatVector b0 = FloatVector.fromArray(F, b, bAt + k * ldb);
            FloatVector b1 = FloatVector.fromArray(F, b, bAt + k * ldb + L);
            FloatVector x = FloatVector.broadcast(F, a[aAt + k]);
            s00 = x.fma(b0, s00);
            s01 = x.fma(b1, s01);
            x = FloatVector.broadcast(F, a[a1 + k]);
            s10 = x.fma(b0, s10);
            s11 = x.fma(b1, s11);
            x = FloatVector.broadcast(F, a[a2 + k]);
            s20 = x.fma(b0, s20);
            s21 = x.fma(b1, s21);
            x = FloatVector.broadcast(F, a[a3 + k]);
            s30 = x.fma(b0, s30);
            s31 = x.fma(b1, s31);
        }
        int c1 = cAt + ldc;
        int c2 = c1 + ldc;
        int c3 = c2 + ldc;
        if (add) {
            s00.add(FloatVector.fromArray(F, c, cAt)).intoArray(c, cAt);
            s01.add(FloatVector.fromArray(F, c, cAt + L)).intoArray(c, cAt + L);
            s10.add(FloatVector.fromArray(F, c, c1)).intoArray(c, c1);
            s11.add(FloatVector.fromArray(F, c, c1 + L)).intoArray(c, c1 + L);
            s20.add(FloatVector.fromArray(F, c, c2)).intoArray(c, c2);
            s21.add(FloatVector.fromArray(F, c, c2 + L)).intoArray(c, c2 + L);
            s30.add(FloatVector.fromArray(F, c, c3)).intoArray(c, c3);
            s31.add(FloatVector.fromArray(F, c, c3 + L)).intoArray(c, c3 + L);
        } else {
            s00.intoArray(c, cAt);
            s01.intoArray(c, cAt + L);
            s10.intoArray(c, c1);
            s11.intoArray(c, c1 + L);
            s20.intoArray(c, c2);
            s21.intoArray(c, c2 + L);
            s30.intoArray(c, c3);
            s31.intoArray(c, c3 + L);
        }
    }

    /**
     * c[r][0..WIDTH) = factor[r] · c[r][0..WIDTH) + Σ over k of a[k][r] · b[k][0..WIDTH), for four rows.
     *
     * @param a [depth, AttentionTiles.QUERIES]
     * @param b rows of WIDTH numbers, ldb apart
     * @param factors four numbers
     * @param c rows ldc apart
     */
    static void columnsTimesPanel(float[] a, int aAt, float[] b, int bAt, int ldb, int depth, float[] factors, int factorsAt, float[] c, int cAt, int ldc) {
        int c1 = cAt + ldc;
        int c2 = c1 + ldc;
        int c3 = c2 + ldc;
        FloatVector s00 = FloatVector.fromArray(F, c, cAt).mul(factors[factorsAt]);
        FloatVector s01 = FloatVector.fromArray(F, c, cAt + L).mul(factors[factorsAt]);
        FloatVector s10 = FloatVector.fromArray(F, c, c1).mul(factors[factorsAt + 1]);
        FloatVector s11 = FloatVector.fromArray(F, c, c1 + L).mul(factors[factorsAt + 1]);
        FloatVector s20 = FloatVector.fromArray(F, c, c2).mul(factors[factorsAt + 2]);
        FloatVector s21 = FloatVector.fromArray(F, c, c2 + L).mul(factors[factorsAt + 2]);
        FloatVector s30 = FloatVector.fromArray(F, c, c3).mul(factors[factorsAt + 3]);
        FloatVector s31 = FloatVector.fromArray(F, c, c3 + L).mul(factors[factorsAt + 3]);
        for (int k = 0; k < depth; k++) {
            FloatVector b0 = FloatVector.fromArray(F, b, bAt + k * ldb);
            FloatVector b1 = FloatVector.fromArray(F, b, bAt + k * ldb + L);
            FloatVector x = FloatVector.broadcast(F, a[aAt + k * Q]);
            s00 = x.fma(b0, s00);
            s01 = x.fma(b1, s01);
            x = FloatVector.broadcast(F, a[aAt + k * Q + 1]);
            s10 = x.fma(b0, s10);
            s11 = x.fma(b1, s11);
            x = FloatVector.broadcast(F, a[aAt + k * Q + 2]);
            s20 = x.fma(b0, s20);
            s21 = x.fma(b1, s21);
            x = FloatVector.broadcast(F, a[aAt + k * Q + 3]);
            s30 = x.fma(b0, s30);
            s31 = x.fma(b1, s31);
        }
        s00.intoArray(c, cAt);
        s01.intoArray(c, cAt + L);
        s10.intoArray(c, c1);
        s11.intoArray(c, c1 + L);
        s20.intoArray(c, c2);
        s21.intoArray(c, c2 + L);
        s30.intoArray(c, c3);
        s31.intoArray(c, c3 + L);
    }

    /** Copies rows of dim floats, rowBytes apart, to heap rows of {@code width} floats, zeros behind. */
    static void loadRows(MemorySegment from, long byteOffset, long rowBytes, int rows, int dim, float[] to, int width) {
        for (int r = 0; r < rows; r++) {
            loadRow(from, byteOffset + r * rowBytes, dim, to, r * width, width);
        }
    }

    /** Copies a row of dim floats to {@code width} floats, zeros behind. */
    static void loadRow(MemorySegment from, long byteOffset, int dim, float[] to, int at, int width) {
        if (dim == width) { // short rows: a vector loop is cheaper than a bulk copy
            for (int i = 0; i < width; i += L) {
                FloatVector.fromMemorySegment(F, from, byteOffset + 4L * i, ORDER).intoArray(to, at + i);
            }
            return;
        }
        Rows.load(from, byteOffset, dim, to, at);
        for (int i = Rows.padded(dim); i < width; i++) {
            to[at + i] = 0;
        }
    }

    /** The transpose of {@code count} rows as panels [Q / WIDTH, dim, WIDTH]; rows are read, to no use, until a panel is full. */
    static void rowsToTransposedPanels(float[] rows, int at, int count, int width, int dim, float[] panels) {
        for (int row = 0; row < padded(count); row += 4) {
            FloatRuns.transposeFour(rows, at + row * width, width, dim, WIDTH, panels, row / WIDTH * dim * WIDTH + row % WIDTH);
        }
    }

    /** rows = factor · rows over n floats, n a multiple of the lanes. */
    static void scale(float[] rows, int at, int n, float factor) {
        for (int i = at; i < at + n; i += L) {
            FloatVector.fromArray(F, rows, i).mul(factor).intoArray(rows, i);
        }
    }
}
