package org.xprompt4j.tensor.cpu;

import java.util.Arrays;

import org.xprompt4j.tensor.DType;

/** Patches as the right operand: the depth runs over the pixels of the grid, the columns are taps and channels. */
record PatchPanels(PatchGrid grid) implements PanelSource {
    @Override
    public boolean isCostly() {
        return false;
    }

    @Override
    public void pack(int first, int count, int panelWidth, int depthFrom, int depth, float[] to, int at) {
        boolean oneKernelRow = first / grid.run() == (first + count - 1) / grid.run();
        if (oneKernelRow && count == panelWidth) {
            copyInLines(first / grid.run(), first % grid.run(), count, depthFrom, depth, to, at);
            return;
        }
        grid.copyPatches(depthFrom, depth, first, count, panelWidth, to, at);
        for (int row = at; row < at + depth * panelWidth; row += panelWidth) {
            for (int j = row + count; j < row + panelWidth; j++) {
                to[j] = 0;
            }
        }
    }

    /**
     * The same part of one kernel row for many pixels, one line of the grid at a time: where the part lies within the picture it
     * moves by a constant from pixel to pixel.
     */
    private void copyInLines(int kernelRow, int inRow, int count, int firstPixel, int pixels, float[] to, int at) {
        int rowFloats = grid.width() * grid.channels();
        int gridWidth = grid.gridWidth();
        int reach = grid.reach();
        int start = inRow - grid.left() * grid.channels(); // of the patch at the line's first pixel, in its row of the picture
        int inside = Math.clamp((-start + reach - 1L) / reach, 0, gridWidth); // first pixel whose part begins in the picture
        int outside = start + count > rowFloats ? inside
                : Math.clamp((rowFloats - count - start) / (long) reach + 1, inside, gridWidth); // first whose part ends beyond it
        for (int pixel = firstPixel; pixel < firstPixel + pixels;) {
            int x = pixel % gridWidth;
            int length = Math.min(gridWidth - x, firstPixel + pixels - pixel);
            int row = grid.pictureRow(pixel / gridWidth, kernelRow);
            int lineAt = at + (pixel - firstPixel) * count;
            if (row < 0) {
                Arrays.fill(to, lineAt, lineAt + length * count, 0f);
            } else {
                int from = Math.clamp(inside, x, x + length);
                int until = Math.clamp(outside, from, x + length);
                for (int i = x; i < from; i++) {
                    grid.copyRun(row, start + i * reach, count, to, lineAt + (i - x) * count);
                }
                FloatRuns.copyRows(grid.picture(), DType.F32, (long) row * rowFloats + start + (long) from * reach, reach, until - from, count, to,
                        lineAt + (from - x) * count);
                for (int i = until; i < x + length; i++) {
                    grid.copyRun(row, start + i * reach, count, to, lineAt + (i - x) * count);
                }
            }
            pixel += length;
        }
    }
}
