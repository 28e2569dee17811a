package org.xprompt4j.tensor.cpu;

import java.util.Arrays;

/**
 * A right operand in a heap array.
 *
 * @param data [depth, stride]
 */
record HeapPanels(float[] data, int stride) implements PanelSource {
    @Override
    public boolean isCostly() {
        return false;
    }

    @Override
    public void pack(int first, int count, int width, int depthFrom, int depth, float[] to, int at) {
        for (int p = 0; p < depth; p++) {
            int q = at + p * width;
            System.arraycopy(data, (depthFrom + p) * stride + first, to, q, count);
            Arrays.fill(to, q + count, q + width, 0f);
        }
    }
}
