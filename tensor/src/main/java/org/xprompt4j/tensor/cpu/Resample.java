package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;

import org.xprompt4j.tensor.Tensor;

/** Doubling by repetition and halving by the mean of 2x2 pixels, channels last, and their gradients. One task per large row. */
final class Resample {
    private static final int SLOT_SUM = 0;
    private static final int SLOT_ROW = 1;

    private Resample() {
    }

    /** x [batch, h, w, c] to out [batch, 2h, 2w, c]. */
    static void upsampleNearest(Tensor x, Tensor out) {
        MemorySegment from = x.segment();
        MemorySegment to = out.segment();
        int width = x.size(2);
        int channels = x.size(3);
        WorkerPool.shared().parallelFor(rows(x), row -> {
            float[] small = Scratch.get().floats(SLOT_SUM, width * channels);
            float[] large = Scratch.get().floats(SLOT_ROW, 2 * width * channels);
            MemorySegment.copy(from, FloatRuns.FLOAT, (long) row * width * channels * 4, small, 0, width * channels);
            repeat(small, width, channels, large);
            long at = (long) row * 4 * width * channels * 4;
            MemorySegment.copy(large, 0, to, FloatRuns.FLOAT, at, 2 * width * channels);
            MemorySegment.copy(large, 0, to, FloatRuns.FLOAT, at + 2L * width * channels * 4, 2 * width * channels);
        });
    }

    /** dX [batch, h, w, c] += the sum of the four pixels of dOut [batch, 2h, 2w, c]. */
    static void upsampleNearestBackward(Tensor dOut, Tensor dX) {
        addSums(dOut, 1, dX, true);
    }

    /** x [batch, 2h, 2w, c] to out [batch, h, w, c]. */
    static void averagePool(Tensor x, Tensor out) {
        addSums(x, 0.25f, out, false);
    }

    /** dX [batch, 2h, 2w, c] += a quarter of dOut [batch, h, w, c]. */
    static void averagePoolBackward(Tensor dOut, Tensor dX) {
        MemorySegment from = dOut.segment();
        MemorySegment to = dX.segment();
        int width = dOut.size(2);
        int channels = dOut.size(3);
        WorkerPool.shared().parallelFor(rows(dOut), row -> {
            float[] small = Scratch.get().floats(SLOT_SUM, width * channels);
            float[] large = Scratch.get().floats(SLOT_ROW, Rows.padded(2 * width * channels));
            MemorySegment.copy(from, FloatRuns.FLOAT, (long) row * width * channels * 4, small, 0, width * channels);
            for (int i = 0; i < width * channels; i++) {
                small[i] *= 0.25f;
            }
            repeat(small, width, channels, large);
            long at = (long) row * 4 * width * channels * 4;
            Rows.add(large, 0, 2 * width * channels, to, at);
            Rows.add(large, 0, 2 * width * channels, to, at + 2L * width * channels * 4);
        });
    }

    private static int rows(Tensor picture) {
        return Math.toIntExact(picture.dim(0) * picture.dim(1));
    }

    /** Every pixel of a row [width, channels] twice: [2 width, channels]. */
    private static void repeat(float[] small, int width, int channels, float[] large) {
        for (int x = 0; x < width; x++) {
            System.arraycopy(small, x * channels, large, 2 * x * channels, channels);
            System.arraycopy(small, x * channels, large, (2 * x + 1) * channels, channels);
        }
    }

    /** small = or += factor · the sum of 2x2 pixels of large [batch, 2h, 2w, c]. */
    private static void addSums(Tensor large, float factor, Tensor small, boolean accumulate) {
        MemorySegment from = large.segment();
        MemorySegment to = small.segment();
        int width = small.size(2);
        int channels = small.size(3);
        WorkerPool.shared().parallelFor(rows(small), row -> {
            float[] sums = Scratch.get().floats(SLOT_SUM, Rows.padded(width * channels));
            float[] two = Scratch.get().floats(SLOT_ROW, 4 * width * channels);
            MemorySegment.copy(from, FloatRuns.FLOAT, (long) row * 4 * width * channels * 4, two, 0, 4 * width * channels);
            sumFours(two, width, channels, factor, sums);
            long at = (long) row * width * channels * 4;
            if (accumulate) {
                Rows.add(sums, 0, width * channels, to, at);
            } else {
                MemorySegment.copy(sums, 0, to, FloatRuns.FLOAT, at, width * channels);
            }
        });
    }

    /** two [2, 2 width, channels]: two rows that lie behind each other. */
    private static void sumFours(float[] two, int width, int channels, float factor, float[] sums) {
        int below = 2 * width * channels;
        for (int x = 0; x < width; x++) {
            int at = 2 * x * channels;
            for (int c = 0; c < channels; c++) {
                int i = at + c;
                sums[x * channels + c] = factor * (two[i] + two[i + channels] + (two[i + below] + two[i + below + channels]));
            }
        }
    }
}
