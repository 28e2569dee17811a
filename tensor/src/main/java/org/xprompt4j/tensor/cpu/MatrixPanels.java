package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;

/** A right operand in memory, F32 or BF16 (converted while it is packed), in either order. */
final class MatrixPanels implements PanelSource {
    private static final int SLOT_LINES = 11;
    private static final int STRIDE = MicroKernel.STRIDE;

    private final MemorySegment segment;
    private final DType dtype;
    private final long stride; // elements from one column to the next, or from one depth to the next
    private final boolean depthContiguous;

    private MatrixPanels(Tensor matrix, boolean depthContiguous) {
        segment = matrix.segment();
        dtype = matrix.dtype();
        stride = matrix.dim(1);
        this.depthContiguous = depthContiguous;
    }

    /** A matrix [columns, depth]: B stored transposed. */
    static MatrixPanels columnsByDepth(Tensor matrix) {
        return new MatrixPanels(matrix, true);
    }

    /** A matrix [depth, columns]: B as it is. */
    static MatrixPanels depthByColumns(Tensor matrix) {
        return new MatrixPanels(matrix, false);
    }

    @Override
    public boolean isCostly() {
        return depthContiguous;
    }

    @Override
    public void pack(int first, int count, int width, int depthFrom, int depth, float[] to, int at) {
        if (depthContiguous) {
            packTransposed(first, count, width, depthFrom, depth, to, at);
        } else if (count == width) {
            FloatRuns.copyRows(segment, dtype, depthFrom * stride + first, stride, depth, width, to, at);
        } else {
            for (int p = 0; p < depth; p++) {
                int q = at + p * width;
                FloatRuns.copy(segment, dtype, (depthFrom + p) * stride + first, count, to, q);
                Arrays.fill(to, q + count, q + width, 0f);
            }
        }
    }

    private void packTransposed(int first, int count, int width, int depthFrom, int depth, float[] to, int at) {
        float[] four = Scratch.get().floats(SLOT_LINES, 4 * STRIDE); // [4, STRIDE]
        for (int j = 0; j < width; j += 4) {
            for (int i = 0; i < 4; i++) {
                if (j + i < count) {
                    FloatRuns.copy(segment, dtype, (first + j + i) * stride + depthFrom, depth, four, i * STRIDE);
                } else {
                    Arrays.fill(four, i * STRIDE, i * STRIDE + depth, 0f);
                }
            }
            FloatRuns.transposeFour(four, 0, STRIDE, depth, width, to, at + j);
        }
    }
}
