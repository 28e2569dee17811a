package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;

/**
 * The patches under a convolution's kernel as a matrix [pixels of the grid, kernelHeight · kernelWidth · channels] that exists
 * only panel by panel (implicit im2col). Neighbouring taps of one kernel row are neighbours in memory, so a patch is
 * kernelHeight runs; what the padding covers is zero.
 */
final class PatchPanels implements PanelSource {
    private final MemorySegment picture; // [batch, height, width, channels], F32
    private final int height;
    private final int width;
    private final int channels;
    private final int gridHeight;
    private final int gridWidth;
    private final int stride;
    private final int top;
    private final int left;
    private final int run; // floats of one kernel row
    private final boolean asRows;

    /**
     * @param gridHeight rows of pixels at which a patch is taken, {@code stride} apart, the first one {@code top} above the picture
     * @param asRows true when pixels are the lines and taps the depth (an A operand), false for the transpose (a B operand)
     */
    PatchPanels(Tensor picture, int gridHeight, int gridWidth, int stride, int top, int left, int kernelWidth, boolean asRows) {
        this.picture = picture.segment();
        height = picture.size(1);
        width = picture.size(2);
        channels = picture.size(3);
        this.gridHeight = gridHeight;
        this.gridWidth = gridWidth;
        this.stride = stride;
        this.top = top;
        this.left = left;
        run = kernelWidth * channels;
        this.asRows = asRows;
    }

    @Override
    public boolean depthContiguous() {
        return asRows;
    }

    @Override
    public void packRows(int first, int count, int depthFrom, int depth, float[] to, int at) {
        copyPatches(first, count, depthFrom, depth, MicroKernel.ROW_STRIDE, depth, to, at);
        for (int i = count; i < MicroKernel.ROWS; i++) {
            int from = at + i * MicroKernel.ROW_STRIDE;
            Arrays.fill(to, from, from + depth, 0f);
        }
    }

    @Override
    public void packColumns(int first, int count, int panelWidth, int depthFrom, int depth, float[] to, int at) {
        boolean oneKernelRow = first / run == (first + count - 1) / run;
        if (oneKernelRow && count == panelWidth && count % Lanes.COUNT == 0) {
            copyInLines(first / run, first % run, count, depthFrom, depth, to, at);
        } else {
            copyPatches(depthFrom, depth, first, count, panelWidth, panelWidth, to, at);
        }
    }

    /**
     * The same part of one kernel row for many pixels, one line of the grid at a time: where the part lies within the picture it
     * moves by a constant from pixel to pixel.
     */
    private void copyInLines(int kernelRow, int inRow, int count, int firstPixel, int pixels, float[] to, int at) {
        int reach = stride * channels; // floats from one pixel's patch to the next
        int start = inRow - left * channels; // of the patch at the line's first pixel, in its row of the picture
        int inside = Math.clamp((-start + reach - 1L) / reach, 0, gridWidth); // first pixel whose part begins in the picture
        int outside = start + count > width * channels ? inside
                : Math.clamp((width * channels - count - start) / (long) reach + 1, inside, gridWidth); // first whose part ends beyond it
        for (int pixel = firstPixel; pixel < firstPixel + pixels;) {
            int x = pixel % gridWidth;
            int length = Math.min(gridWidth - x, firstPixel + pixels - pixel);
            int line = pixel / gridWidth;
            int y = line % gridHeight * stride - top + kernelRow;
            int lineAt = at + (pixel - firstPixel) * count;
            if (y < 0 || y >= height) {
                Arrays.fill(to, lineAt, lineAt + length * count, 0f);
            } else {
                long row = ((long) line / gridHeight * height + y) * width * channels;
                int from = Math.clamp(inside, x, x + length);
                int until = Math.clamp(outside, from, x + length);
                for (int i = x; i < from; i++) {
                    copyClipped(row, start + i * reach, count, to, lineAt + (i - x) * count);
                }
                FloatRuns.copyRows(picture, DType.F32, row + start + (long) from * reach, reach, until - from, count, to, lineAt + (from - x) * count);
                for (int i = until; i < x + length; i++) {
                    copyClipped(row, start + i * reach, count, to, lineAt + (i - x) * count);
                }
            }
            pixel += length;
        }
    }

    /** Elements {@code from ..} of the patches of {@code pixels} neighbours, one row of {@code to} each, zero up to {@code padded}. */
    private void copyPatches(int firstPixel, int pixels, int from, int count, int rowStride, int padded, float[] to, int at) {
        int x = firstPixel % gridWidth;
        int y = firstPixel / gridWidth % gridHeight;
        int batch = firstPixel / gridWidth / gridHeight;
        for (int i = 0, row = at; i < pixels; i++, row += rowStride) {
            copyPatch(batch, y * stride - top, x * stride - left, from, count, to, row);
            for (int j = row + count; j < row + padded; j++) {
                to[j] = 0;
            }
            if (++x == gridWidth) {
                x = 0;
                if (++y == gridHeight) {
                    y = 0;
                    batch++;
                }
            }
        }
    }

    private void copyPatch(int batch, int y0, int x0, int from, int count, float[] to, int at) {
        int kernelRow = from / run;
        int inRow = from - kernelRow * run;
        int remaining = count;
        while (remaining > 0) {
            int length = Math.min(run - inRow, remaining);
            int y = y0 + kernelRow;
            if (y < 0 || y >= height) {
                Arrays.fill(to, at, at + length, 0f);
            } else {
                copyClipped(((long) batch * height + y) * width * channels, x0 * channels + inRow, length, to, at);
            }
            at += length;
            remaining -= length;
            inRow = 0;
            kernelRow++;
        }
    }

    /** Floats {@code first ..} of one row of the picture; those left and right of it are zero. */
    private void copyClipped(long rowStart, int first, int length, float[] to, int at) {
        int end = first + length;
        int from = Math.clamp(first, 0, width * channels);
        int until = Math.clamp(end, from, width * channels);
        for (int i = first; i < Math.min(from, end); i++) {
            to[at + i - first] = 0;
        }
        if (until > from) {
            FloatRuns.copyShort(picture, rowStart + from, until - from, to, at + from - first);
        }
        for (int i = Math.max(until, first); i < end; i++) {
            to[at + i - first] = 0;
        }
    }
}
