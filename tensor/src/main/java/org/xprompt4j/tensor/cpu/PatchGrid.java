package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

import org.xprompt4j.tensor.Tensor;

/**
 * The patches under a convolution's kernel as a matrix [pixels of the grid, kernelHeight · kernelWidth · channels] that exists
 * only part by part (implicit im2col). Neighbouring taps of one kernel row are neighbours in memory, so a patch is
 * kernelHeight runs; what the padding covers is zero.
 *
 * @param picture [batch, height, width, channels], F32
 * @param gridHeight rows of pixels at which a patch is taken, {@code stride} apart, the first one {@code top} above the picture
 */
record PatchGrid(MemorySegment picture, int height, int width, int channels, int gridHeight, int gridWidth, int stride, int top, int left,
        int kernelHeight, int kernelWidth) {
    static PatchGrid of(Tensor picture, int gridHeight, int gridWidth, int stride, int top, int left, int kernelHeight, int kernelWidth) {
        return new PatchGrid(picture.segment(), picture.size(1), picture.size(2), picture.size(3), gridHeight, gridWidth, stride, top, left,
                kernelHeight, kernelWidth);
    }

    /** Floats of one kernel row. */
    int run() {
        return kernelWidth * channels;
    }

    /** Floats of a patch. */
    int depth() {
        return kernelHeight * run();
    }

    /** Floats from one pixel's patch to the next one's in a row of the picture. */
    int reach() {
        return stride * channels;
    }

    /** The picture's row, over all pictures, under a kernel row at a line of the grid, over all grids; -1 outside the picture. */
    int pictureRow(int line, int kernelRow) {
        int y = line % gridHeight * stride - top + kernelRow;
        return y < 0 || y >= height ? -1 : line / gridHeight * height + y;
    }

    /** Elements {@code from ..} of the patches of {@code pixels} neighbours, one row of {@code to} each. */
    void copyPatches(int firstPixel, int pixels, int from, int count, int rowStride, float[] to, int at) {
        for (int i = 0; i < pixels; i++) {
            int pixel = firstPixel + i;
            copyPatch(pixel / gridWidth, pixel % gridWidth, from, count, to, at + i * rowStride);
        }
    }

    private void copyPatch(int line, int x, int from, int count, float[] to, int at) {
        int kernelRow = from / run();
        int inRow = from - kernelRow * run();
        int end = at + count;
        for (int q = at; q < end;) {
            int length = Math.min(run() - inRow, end - q);
            copyRun(pictureRow(line, kernelRow), (x * stride - left) * channels + inRow, length, to, q);
            q += length;
            inRow = 0;
            kernelRow++;
        }
    }

    /** Floats {@code first ..} of one row of the picture, -1 for none; those left and right of it are zero. */
    void copyRun(int row, int first, int length, float[] to, int at) {
        int inside = row < 0 ? 0 : width * channels;
        int before = Math.clamp(-(long) first, 0, length); // zeros to the left
        int until = Math.clamp((long) inside - first, before, length);
        if (row < 0) {
            before = length;
            until = length;
        }
        for (int i = 0; i < before; i++) {
            to[at + i] = 0;
        }
        if (until > before) {
            FloatRuns.copyShort(picture, (long) row * inside + first + before, until - before, to, at + before);
        }
        for (int i = until; i < length; i++) {
            to[at + i] = 0;
        }
    }
}
