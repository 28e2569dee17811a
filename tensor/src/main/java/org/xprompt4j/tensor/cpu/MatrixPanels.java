package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;

/** A matrix operand in memory, F32 or BF16 (converted while it is packed), in either order. */
final class MatrixPanels implements PanelSource {
    private static final int SLOT_LINES = 11;

    private final MemorySegment segment;
    private final DType dtype;
    private final long elements;
    private final long stride; // elements from one line to the next, or from one depth to the next
    private final boolean depthContiguous;

    private MatrixPanels(Tensor matrix, boolean depthContiguous) {
        segment = matrix.segment();
        dtype = matrix.dtype();
        elements = matrix.numel();
        stride = matrix.dim(1);
        this.depthContiguous = depthContiguous;
    }

    /** A matrix [lines, depth]: A as it is, or B stored transposed. */
    static MatrixPanels linesByDepth(Tensor matrix) {
        return new MatrixPanels(matrix, true);
    }

    /** A matrix [depth, lines]: B as it is, or A stored transposed. */
    static MatrixPanels depthByLines(Tensor matrix) {
        return new MatrixPanels(matrix, false);
    }

    @Override
    public boolean depthContiguous() {
        return depthContiguous;
    }

    @Override
    public void packRows(int first, int count, int depthFrom, int depth, float[] to, int at) {
        for (int i = 0; i < count; i++) {
            FloatRuns.copy(segment, dtype, (first + i) * stride + depthFrom, depth, to, at + i * MicroKernel.ROW_STRIDE);
        }
        for (int i = count; i < MicroKernel.ROWS; i++) {
            int from = at + i * MicroKernel.ROW_STRIDE;
            Arrays.fill(to, from, from + depth, 0f);
        }
    }

    @Override
    public void packColumns(int first, int count, int width, int depthFrom, int depth, float[] to, int at) {
        if (depthContiguous) {
            packTransposed(first, count, width, depthFrom, depth, to, at);
        } else if (count == width) {
            packWhole(first, width, depthFrom, depth, to, at);
        } else {
            for (int p = 0; p < depth; p++) {
                int q = at + p * width;
                FloatRuns.copy(segment, dtype, (depthFrom + p) * stride + first, count, to, q);
                Arrays.fill(to, q + count, q + width, 0f);
            }
        }
    }

    private void packWhole(int first, int width, int depthFrom, int depth, float[] to, int at) {
        // Vectors may read beyond a narrow panel, but not beyond the matrix: then its last line is copied exactly.
        int read = Math.max(width, Lanes.COUNT);
        long last = (long) (depthFrom + depth - 1) * stride + first;
        int vectorRows = last + read <= elements ? depth : depth - 1;
        if (depth > 1 && last - stride + read > elements) {
            vectorRows = 0; // only where a line is shorter than a vector
        }
        FloatRuns.copyRows(segment, dtype, depthFrom * stride + first, stride, vectorRows, width, to, at);
        for (int p = vectorRows; p < depth; p++) {
            FloatRuns.copy(segment, dtype, (depthFrom + p) * stride + first, width, to, at + p * width);
        }
    }

    private void packTransposed(int first, int count, int width, int depthFrom, int depth, float[] to, int at) {
        float[] lines = Scratch.get().floats(SLOT_LINES, 4 * MicroKernel.ROW_STRIDE);
        for (int j = 0; j < width; j += 4) {
            for (int i = 0; i < 4; i++) {
                int lineAt = i * MicroKernel.ROW_STRIDE;
                if (j + i < count) {
                    FloatRuns.copy(segment, dtype, (first + j + i) * stride + depthFrom, depth, lines, lineAt);
                } else {
                    Arrays.fill(lines, lineAt, lineAt + depth, 0f);
                }
            }
            FloatRuns.transposeFour(lines, 0, MicroKernel.ROW_STRIDE, depth, width, to, at + j);
        }
    }
}
