package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;

/**
 * A left operand in memory, F32 or BF16 (converted while it is loaded), in either order. Its lines lie {@link #STRIDE} apart in
 * the block, 16 floats more than a power of two or a multiple of 128, so that a strip does not crowd one set of the first cache.
 */
final class MatrixRows implements RowSource {
    private static final int STRIDE = MicroKernel.STRIDE;
    private static final int SLOT_LINES = 11;

    private final MemorySegment segment;
    private final DType dtype;
    private final long stride; // elements from one line to the next, or from one depth to the next
    private final int depth;
    private final boolean depthContiguous;

    private MatrixRows(Tensor matrix, boolean depthContiguous) {
        segment = matrix.segment();
        dtype = matrix.dtype();
        stride = matrix.dim(1);
        depth = matrix.size(depthContiguous ? 1 : 0);
        this.depthContiguous = depthContiguous;
    }

    /** A matrix [lines, depth]. */
    static MatrixRows linesByDepth(Tensor matrix) {
        return new MatrixRows(matrix, true);
    }

    /** A matrix [depth, lines]: A stored transposed. */
    static MatrixRows depthByLines(Tensor matrix) {
        return new MatrixRows(matrix, false);
    }

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
                FloatRuns.copy(segment, dtype, (first + i) * stride + from, end - from, to, i * STRIDE);
            }
        } else {
            loadTransposed(first, lines, from, end, to);
        }
    }

    private void loadTransposed(int first, int lines, int from, int end, float[] to) {
        float[] four = Scratch.get().floats(SLOT_LINES, 4 * lines); // [4, lines]
        for (int p = from; p < end; p += 4) {
            for (int i = 0; i < Math.min(4, end - p); i++) { // behind the end whatever was there: no product reads it
                FloatRuns.copy(segment, dtype, (p + i) * stride + first, lines, four, i * lines);
            }
            FloatRuns.transposeFour(four, 0, lines, lines, STRIDE, to, p - from);
        }
    }
}
