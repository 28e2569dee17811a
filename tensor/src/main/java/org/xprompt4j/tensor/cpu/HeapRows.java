package org.xprompt4j.tensor.cpu;

/**
 * A left operand in a heap array, loaded as {@link MatrixRows} does.
 *
 * @param data [lines, stride] when depthContiguous, else [depth, stride]
 */
record HeapRows(float[] data, int stride, int depth, boolean depthContiguous) implements RowSource {
    private static final int STRIDE = MicroKernel.STRIDE;

    @Override
    public int blockEnd(int from) {
        return RowSource.evenBlockEnd(from, depth);
    }

    @Override
    public int size(int lines) {
        return TiledProduct.roundUp(lines, MicroKernel.ROWS) * STRIDE;
    }

    @Override
    public int stripAt(int first, int lines, int from, int inBlock) {
        return inBlock * STRIDE;
    }

    @Override
    public int stripStride(int first, int lines, int inBlock) {
        return STRIDE;
    }

    @Override
    public void load(int first, int lines, int from, int end, float[] to) {
        if (depthContiguous) {
            for (int i = 0; i < lines; i++) {
                System.arraycopy(data, (first + i) * stride + from, to, i * STRIDE, end - from);
            }
            return;
        }
        int p = from;
        for (; p <= end - 4; p += 4) {
            FloatRuns.transposeFour(data, p * stride + first, stride, lines, STRIDE, to, p - from);
        }
        for (; p < end; p++) {
            for (int i = 0; i < lines; i++) {
                to[i * STRIDE + p - from] = data[p * stride + first + i];
            }
        }
    }
}
