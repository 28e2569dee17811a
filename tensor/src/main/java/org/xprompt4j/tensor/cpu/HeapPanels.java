package org.xprompt4j.tensor.cpu;

import java.util.Arrays;

/**
 * An operand in a heap array.
 *
 * @param data [lines, stride] when depthContiguous, else [depth, stride], with room for a vector behind the last element
 */
record HeapPanels(float[] data, int stride, boolean depthContiguous) implements PanelSource {
    @Override
    public void packRows(int first, int count, int depthFrom, int depth, float[] to, int at) {
        for (int i = 0; i < count; i++) {
            System.arraycopy(data, (first + i) * stride + depthFrom, to, at + i * MicroKernel.ROW_STRIDE, depth);
        }
        for (int i = count; i < MicroKernel.ROWS; i++) {
            int from = at + i * MicroKernel.ROW_STRIDE;
            Arrays.fill(to, from, from + depth, 0f);
        }
    }

    @Override
    public void packColumns(int first, int count, int width, int depthFrom, int depth, float[] to, int at) {
        if (depthContiguous) {
            for (int i = 0; i < width; i++) {
                for (int p = 0; p < depth; p++) {
                    to[at + p * width + i] = i < count ? data[(first + i) * stride + depthFrom + p] : 0;
                }
            }
            return;
        }
        for (int p = 0; p < depth; p++) {
            System.arraycopy(data, (depthFrom + p) * stride + first, to, at + p * width, count);
            for (int i = count; i < width; i++) {
                to[at + p * width + i] = 0;
            }
        }
    }
}
