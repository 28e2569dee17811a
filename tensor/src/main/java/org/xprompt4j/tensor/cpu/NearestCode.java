package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import org.xprompt4j.tensor.Tensor;

/**
 * Vector quantisation (van den Oord et al., 2017): the code with the least {@code ‖z‖² + ‖e‖² - 2 z·e}, the first one on ties.
 * ‖z‖² is the same for all codes of a row and left out: it could only round differences away.
 */
final class NearestCode {
    private static final int BLOCK_ROWS = 72; // whole strips of 8 and of 12
    private static final int BLOCK_COLUMNS = 256;
    private static final int SLOT_SQUARES = 7;
    private static final int SLOT_LEAST = 6;

    private NearestCode() {
    }

    /** z [rows, dim], codebook [codes, dim], codes [rows]. */
    static void forward(Tensor z, Tensor codebook, Tensor codes) {
        int rows = z.size(0);
        int count = codebook.size(0);
        int dim = z.size(1);
        int blocks = (count + BLOCK_COLUMNS - 1) / BLOCK_COLUMNS;
        float[] squares = Scratch.get().floats(SLOT_SQUARES, count); // ‖e‖²
        squares(codebook, count, dim, squares);
        float[] least = Scratch.get().floats(SLOT_LEAST, rows * blocks); // [rows, blocks]
        int[] where = Scratch.get().ints(rows * blocks); // [rows, blocks]
        TiledProduct.runInBlocks(BLOCK_ROWS, BLOCK_COLUMNS, rows, count, dim, MatrixRows.linesByDepth(z), MatrixPanels.columnsByDepth(codebook),
                (tile, stride, row, tileRows, column, columns) -> {
                    for (int i = 0; i < tileRows; i++) {
                        int at = i * stride;
                        int best = 0;
                        float distance = Float.POSITIVE_INFINITY;
                        for (int j = 0; j < columns; j++) {
                            float d = Math.fma(-2f, tile[at + j], squares[column + j]);
                            if (d < distance) {
                                distance = d;
                                best = j;
                            }
                        }
                        int slot = (row + i) * blocks + column / BLOCK_COLUMNS;
                        least[slot] = distance;
                        where[slot] = column + best;
                    }
                });
        MemorySegment out = codes.segment();
        for (int row = 0; row < rows; row++) {
            int best = row * blocks;
            for (int slot = best + 1; slot < (row + 1) * blocks; slot++) {
                if (least[slot] < least[best]) {
                    best = slot;
                }
            }
            out.set(ValueLayout.JAVA_INT_UNALIGNED, 4L * row, where[best]);
        }
    }

    private static void squares(Tensor codebook, int count, int dim, float[] squares) {
        MemorySegment from = codebook.segment();
        for (int code = 0; code < count; code++) {
            double sum = 0;
            for (int c = 0; c < dim; c++) {
                float e = from.get(FloatRuns.FLOAT, ((long) code * dim + c) * 4);
                sum += (double) e * e;
            }
            squares[code] = (float) sum;
        }
    }
}
