package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Arrays;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;

/**
 * The product of the decode regime: a few rows with a weight [n, k]. Its cost is reading the weight, so the weight is read once,
 * where it lies or by way of four rows of floats, and nothing is packed.
 *
 * <p>Every element is its own dot product: lane l sums the positions p = l (mod lanes) in order, then the lanes are added in
 * halves. Neither the number of rows nor what the other rows hold enters, so a row keeps its bits in any company.
 */
final class FewRows {
    /** Beyond this many rows packing pays. */
    static final int MAX_ROWS = 64;

    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    private static final ByteOrder ORDER = FloatRuns.ORDER;

    private static final int GROUP = 4; // rows of the weight at a time
    private static final int MAX_TASK_COLUMNS = 64;
    private static final int MIN_COPY_ROWS = 8; // from here on a group of the weight is used often enough to copy it to the heap
    private static final long INLINE_WORK = 64 * 1024;
    private static final int SLOT_A = 7;
    private static final int SLOT_TILE = 6;
    private static final int SLOT_REST = 5;
    private static final int SLOT_GROUP = 4;

    private static final VectorShuffle<Float> HALF = exchange(L / 2);
    private static final VectorShuffle<Float> QUARTER = exchange(L / 4);
    private static final VectorShuffle<Float> EIGHTH = exchange(L / 8);
    private static final VectorShuffle<Float> SIXTEENTH = exchange(L / 16);
    private static final VectorMask<Float> UPPER_HALF = lanes(L / 2);
    private static final VectorMask<Float> ODD_QUARTERS = lanes(L / 4);

    private FewRows() {
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

    /** Gives a [m, k] · weightᵀ [n, k] to the sink. */
    static void run(Tensor a, Tensor weight, TileSink sink) {
        int m = a.size(0);
        int n = weight.size(0);
        int k = a.size(1);
        int paddedK = Rows.padded(k) + L;
        int paddedM = m + (m & 1);
        float[] rows = Scratch.get().floats(SLOT_A, paddedM * paddedK); // [paddedM, paddedK], zeros in the padding
        MemorySegment from = a.segment();
        for (int i = 0; i < m; i++) {
            MemorySegment.copy(from, FloatRuns.FLOAT, (long) i * k * 4, rows, i * paddedK, k);
            Arrays.fill(rows, i * paddedK + k, (i + 1) * paddedK, 0f);
        }
        Arrays.fill(rows, m * paddedK, paddedM * paddedK, 0f);
        boolean small = (long) m * n * k <= INLINE_WORK;
        int wanted = small ? 1 : 8 * WorkerPool.shared().threads();
        int columns = Math.min(MAX_TASK_COLUMNS, Math.max(16, TiledProduct.roundUp(n / wanted, 16)));
        int tasks = (n + columns - 1) / columns;
        if (small) {
            for (int task = 0; task < tasks; task++) {
                block(rows, paddedK, m, k, n, weight, task * columns, Math.min(columns, n - task * columns), sink);
            }
        } else {
            WorkerPool.shared().parallelFor(tasks, task ->
                    block(rows, paddedK, m, k, n, weight, task * columns, Math.min(columns, n - task * columns), sink));
        }
    }

    /** All rows by some rows of the weight: columns of the result. */
    private static void block(float[] rows, int paddedK, int m, int k, int n, Tensor weight, int column, int columns, TileSink sink) {
        int stride = TiledProduct.roundUp(columns, Math.max(GROUP, L));
        float[] tile = Scratch.get().floats(SLOT_TILE, (m + 1) * stride);
        float[] rest = Scratch.get().floats(SLOT_REST, GROUP * L); // [GROUP, lanes]
        boolean inPlace = weight.dtype() == DType.F32 && m < MIN_COPY_ROWS;
        float[] group = inPlace ? null : Scratch.get().floats(SLOT_GROUP, GROUP * paddedK); // [GROUP, paddedK]
        MemorySegment segment = weight.segment();
        int whole = Lanes.floor(k);
        long rowBytes = (long) k * weight.dtype().bytes();
        for (int j = 0; j < columns; j += GROUP) {
            // Groups at the end take the last row again; its surplus results fall into the padding of the tile.
            long w0 = (column + j) * rowBytes;
            long w1 = Math.min(column + j + 1, n - 1) * rowBytes;
            long w2 = Math.min(column + j + 2, n - 1) * rowBytes;
            long w3 = Math.min(column + j + 3, n - 1) * rowBytes;
            loadRest(weight.dtype(), segment, w0, w1, w2, w3, whole, k - whole, rest);
            if (group == null) {
                for (int i = 0; i < m; i += 2) {
                    int a0 = i * paddedK;
                    multiplyF32(segment, w0, w1, w2, w3, whole, rest, rows, a0, a0 + paddedK, tile, i * stride + j, stride);
                }
            } else {
                FloatRuns.copy(segment, weight.dtype(), w0 / weight.dtype().bytes(), whole, group, 0);
                FloatRuns.copy(segment, weight.dtype(), w1 / weight.dtype().bytes(), whole, group, paddedK);
                FloatRuns.copy(segment, weight.dtype(), w2 / weight.dtype().bytes(), whole, group, 2 * paddedK);
                FloatRuns.copy(segment, weight.dtype(), w3 / weight.dtype().bytes(), whole, group, 3 * paddedK);
                for (int i = 0; i < m; i += 2) {
                    int a0 = i * paddedK;
                    multiplyHeap(group, paddedK, whole, rest, rows, a0, a0 + paddedK, tile, i * stride + j, stride);
                }
            }
        }
        sink.store(tile, stride, 0, m, column, columns);
    }

    /** The last k mod lanes elements of four weight rows, padded with zeros. */
    private static void loadRest(DType dtype, MemorySegment w, long w0, long w1, long w2, long w3, int whole, int count, float[] rest) {
        Arrays.fill(rest, 0, GROUP * L, 0f);
        int bytes = dtype.bytes();
        FloatRuns.copy(w, dtype, w0 / bytes + whole, count, rest, 0);
        FloatRuns.copy(w, dtype, w1 / bytes + whole, count, rest, L);
        FloatRuns.copy(w, dtype, w2 / bytes + whole, count, rest, 2 * L);
        FloatRuns.copy(w, dtype, w3 / bytes + whole, count, rest, 3 * L);
    }

    /** Two rows of a by four rows of an F32 weight at these byte offsets. */
    private static void multiplyF32(MemorySegment w, long w0, long w1, long w2, long w3, int whole, float[] rest, float[] a, int a0, int a1,
            float[] tile, int at, int stride) {
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
            FloatVector y0 = FloatVector.fromMemorySegment(F, w, w0 + 4L * p, ORDER);
            s00 = x0.fma(y0, s00);
            s10 = x1.fma(y0, s10);
            FloatVector y1 = FloatVector.fromMemorySegment(F, w, w1 + 4L * p, ORDER);
            s01 = x0.fma(y1, s01);
            s11 = x1.fma(y1, s11);
            FloatVector y2 = FloatVector.fromMemorySegment(F, w, w2 + 4L * p, ORDER);
            s02 = x0.fma(y2, s02);
            s12 = x1.fma(y2, s12);
            FloatVector y3 = FloatVector.fromMemorySegment(F, w, w3 + 4L * p, ORDER);
            s03 = x0.fma(y3, s03);
            s13 = x1.fma(y3, s13);
        }
        finish(s00, s01, s02, s03, rest, a, a0 + whole, tile, at);
        finish(s10, s11, s12, s13, rest, a, a1 + whole, tile, at + stride);
    }

    /** The same with four rows [GROUP, stride] of floats in the heap. */
    private static void multiplyHeap(float[] w, int wStride, int whole, float[] rest, float[] a, int a0, int a1,
            float[] tile, int at, int stride) {
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
        finish(s00, s01, s02, s03, rest, a, a0 + whole, tile, at);
        finish(s10, s11, s12, s13, rest, a, a1 + whole, tile, at + stride);
    }

    /** Adds the rest and the lanes of four sums, and writes the four results side by side. */
    private static void finish(FloatVector s0, FloatVector s1, FloatVector s2, FloatVector s3, float[] rest, float[] a, int aAt,
            float[] tile, int at) {
        FloatVector x = FloatVector.fromArray(F, a, aAt);
        s0 = x.fma(FloatVector.fromArray(F, rest, 0), s0);
        s1 = x.fma(FloatVector.fromArray(F, rest, L), s1);
        s2 = x.fma(FloatVector.fromArray(F, rest, 2 * L), s2);
        s3 = x.fma(FloatVector.fromArray(F, rest, 3 * L), s3);
        // Halves of two sums share a vector, then quarters of four: the order of additions in each sum is that of one alone.
        FloatVector s01 = s0.add(s0.rearrange(HALF)).blend(s1.add(s1.rearrange(HALF)), UPPER_HALF);
        FloatVector s23 = s2.add(s2.rearrange(HALF)).blend(s3.add(s3.rearrange(HALF)), UPPER_HALF);
        FloatVector s = s01.add(s01.rearrange(QUARTER)).blend(s23.add(s23.rearrange(QUARTER)), ODD_QUARTERS);
        if (L >= 8) {
            s = s.add(s.rearrange(EIGHTH));
        }
        if (L >= 16) {
            s = s.add(s.rearrange(SIXTEENTH));
        }
        tile[at] = s.lane(0);
        tile[at + 1] = s.lane(L / 2);
        tile[at + 2] = s.lane(L / 4);
        tile[at + 3] = s.lane(L / 2 + L / 4);
    }
}
