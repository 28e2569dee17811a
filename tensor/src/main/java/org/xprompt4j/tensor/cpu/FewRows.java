package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.IntConsumer;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;

/**
 * The product of the decode regime: a few rows with a weight [n, k]. Its cost is reading the weight, so the weight is read once,
 * where it lies or by way of four rows of floats, and nothing is packed.
 *
 * <p>A task owns consecutive rows of the weight and takes four at a time that are a quarter of them apart. Each quarter is then
 * one long sequential read, which the processor fetches ahead; four neighbouring rows would be four short reads that end where
 * the next row is in the cache already (measured: 1.2 times the speed with F32, 2 times with I8).
 *
 * <p>Every element is its own dot product in the order of {@link DotKernels}. Neither the number of rows nor what the other rows
 * hold enters, so a row keeps its bits in any company.
 */
final class FewRows {
    /** Beyond this many rows packing pays. */
    static final int MAX_ROWS = 64;

    private static final int L = Lanes.COUNT;
    private static final int GROUP = 4; // rows of the weight at a time
    private static final long MOST_TASK_BYTES = 768 << 10; // of the weight
    private static final long LEAST_TASK_BYTES = 128 << 10; // less starts its reads too often
    private static final int MIN_COPY_ROWS = 4; // from here on a group of the weight is used often enough to copy it to the heap
    private static final int MAX_TASK_COLUMNS = 512;
    private static final int MAX_TASK_COLUMNS_COPIED = 64; // the block of the result stays in the first cache
    private static final long INLINE_WORK = 64 * 1024;
    private static final int SLOT_A = 7;
    private static final int SLOT_TILE = 6;
    private static final int SLOT_REST = 5;
    private static final int SLOT_GROUP = 4;

    private FewRows() {
    }

    /** Gives a [m, k] · weightᵀ [n, k] of each weight to its sink; weights are F32, BF16 or I8. */
    static void run(Tensor a, Tensor[] weights, TileSink[] sinks) {
        int m = a.size(0);
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
        int threads = WorkerPool.shared().threads();
        int[] cuts = cuts(weights, m, threads);
        int tasks = cuts.length / 3;
        IntConsumer body = task -> {
            int weight = cuts[3 * task];
            block(rows, paddedK, m, k, weights[weight], cuts[3 * task + 1], cuts[3 * task + 2], sinks[weight]);
        };
        if (work(weights, m) <= INLINE_WORK) {
            for (int task = 0; task < tasks; task++) {
                body.accept(task);
            }
        } else {
            WorkerPool.shared().parallelFor(tasks, body);
        }
    }

    private static long work(Tensor[] weights, int m) {
        long work = 0;
        for (Tensor weight : weights) {
            work += m * weight.numel();
        }
        return work;
    }

    /**
     * The tasks, [tasks, 3]: which weight, its first row, how many. Each takes seven eighths of a thread's share of what is left: large ones
     * first, since a task starts its reads anew, and small ones in the end, since cores that read at different rates wait for one another.
     */
    private static int[] cuts(Tensor[] weights, int m, int threads) {
        long left = 0; // bytes
        for (Tensor weight : weights) {
            left += weight.byteSize();
        }
        int[] cuts = new int[3 * 16];
        int count = 0;
        for (int w = 0; w < weights.length; w++) {
            int n = weights[w].size(0);
            long rowBytes = weights[w].byteSize() / n;
            for (int at = 0, rows; at < n; at += rows) {
                long share = Math.clamp(left * 7 / 8 / threads, LEAST_TASK_BYTES, MOST_TASK_BYTES);
                int wanted = (int) Math.clamp(share / rowBytes, 1, m < MIN_COPY_ROWS ? MAX_TASK_COLUMNS : MAX_TASK_COLUMNS_COPIED);
                rows = Math.min(n - at, TiledProduct.roundUp(wanted, 16));
                if (count == cuts.length) {
                    cuts = Arrays.copyOf(cuts, 2 * count);
                }
                cuts[count++] = w;
                cuts[count++] = at;
                cuts[count++] = rows;
                left -= rows * rowBytes;
            }
        }
        return Arrays.copyOf(cuts, count);
    }

    /** All rows by some rows of the weight: columns of the result. */
    private static void block(float[] rows, int paddedK, int m, int k, Tensor weight, int column, int columns, TileSink sink) {
        int quarter = (columns + GROUP - 1) / GROUP;
        int stride = TiledProduct.roundUp(GROUP * quarter, L);
        float[] tile = Scratch.get().floats(SLOT_TILE, (m + 1) * stride);
        int whole = Lanes.floor(k);
        float[] rest = Scratch.get().floats(SLOT_REST, DotKernels.REST); // [3 * GROUP, lanes]
        Arrays.fill(rest, 0, GROUP * L, 0f);
        float[] group = m < MIN_COPY_ROWS ? null : Scratch.get().floats(SLOT_GROUP, GROUP * paddedK); // [GROUP, paddedK]
        DType dtype = weight.dtype();
        MemorySegment segment = weight.segment();
        int last = column + columns - 1;
        for (int j = 0; j < quarter; j++) {
            // Quarters that reach beyond the task take its last row again; those results fall into the padding of the tile.
            long w0 = (long) (column + j) * k;
            long w1 = (long) Math.min(column + quarter + j, last) * k;
            long w2 = (long) Math.min(column + 2 * quarter + j, last) * k;
            long w3 = (long) Math.min(column + 3 * quarter + j, last) * k;
            if (whole < k) {
                copyFour(segment, dtype, w0 + whole, w1 + whole, w2 + whole, w3 + whole, k - whole, rest, L, L);
            }
            if (group == null) {
                for (int i = 0; i < m; i++) {
                    multiply(segment, dtype, w0, w1, w2, w3, whole, rest, rows, i * paddedK, tile, i * stride + j, quarter);
                }
            } else {
                copyFour(segment, dtype, w0, w1, w2, w3, whole, group, paddedK, whole);
                for (int i = 0; i < m; i += 2) {
                    int a0 = i * paddedK;
                    DotKernels.ofHeap(group, paddedK, whole, rest, rows, a0, a0 + paddedK, tile, i * stride + j, quarter, stride);
                }
            }
        }
        sink.store(tile, stride, 0, m, column, columns);
    }

    private static void multiply(MemorySegment w, DType dtype, long w0, long w1, long w2, long w3, int whole, float[] rest, float[] a, int a0,
            float[] tile, int at, int step) {
        switch (dtype) {
            case F32 -> DotKernels.ofFloat32(w, 4 * w0, 4 * w1, 4 * w2, 4 * w3, whole, rest, a, a0, tile, at, step);
            case BF16 -> DotKernels.ofBfloat16(w, 2 * w0, 2 * w1, 2 * w2, 2 * w3, whole, rest, a, a0, tile, at, step);
            case I8 -> DotKernels.ofInt8(w, w0, w1, w2, w3, whole, rest, a, a0, tile, at, step);
            default -> throw new IllegalArgumentException("weights of type " + dtype + " cannot be multiplied; use F32, BF16 or I8");
        }
    }

    /** Runs of {@code count} elements from four element offsets into rows of {@code stride} floats, zeros up to {@code width}. */
    private static void copyFour(MemorySegment from, DType dtype, long w0, long w1, long w2, long w3, int count, float[] to, int stride,
            int width) {
        FloatRuns.copy(from, dtype, w0, count, to, 0);
        FloatRuns.copy(from, dtype, w1, count, to, stride);
        FloatRuns.copy(from, dtype, w2, count, to, 2 * stride);
        FloatRuns.copy(from, dtype, w3, count, to, 3 * stride);
        for (int i = 0; i < GROUP && count < width; i++) {
            Arrays.fill(to, i * stride + count, i * stride + width, 0f);
        }
    }
}
