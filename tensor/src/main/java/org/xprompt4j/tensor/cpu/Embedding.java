package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;

/** Rows of a table: {@code out[i] = table[ids[i]]}; backward {@code dTable[ids[i]] += dOut[i]} in the order of i. */
final class Embedding {
    private static final int TASK_FLOATS = 32 * 1024;
    private static final int TASK_COLUMNS = 128;
    private static final int SLOT_ROW = 0;

    private Embedding() {
    }

    /** table [rows, dim], F32 or BF16, ids [n], out [n, dim]. */
    static void forward(Tensor table, Tensor ids, Tensor out) {
        int[] id = checkedIds("embedding", ids, table.dim(0));
        int dim = table.size(1);
        MemorySegment from = table.segment();
        MemorySegment to = out.segment();
        DType dtype = table.dtype();
        int rowsPerTask = Math.max(1, TASK_FLOATS / Math.max(1, dim));
        WorkerPool.shared().parallelFor((id.length + rowsPerTask - 1) / rowsPerTask, task -> {
            float[] row = dtype == DType.F32 ? null : Scratch.get().floats(SLOT_ROW, dim);
            for (int i = task * rowsPerTask; i < Math.min(id.length, (task + 1) * rowsPerTask); i++) {
                if (row == null) {
                    MemorySegment.copy(from, (long) id[i] * dim * 4, to, (long) i * dim * 4, dim * 4L);
                } else {
                    FloatRuns.copy(from, dtype, (long) id[i] * dim, dim, row, 0);
                    MemorySegment.copy(row, 0, to, FloatRuns.FLOAT, (long) i * dim * 4, dim);
                }
            }
        });
    }

    /** ids [n], dOut [n, dim], dTable [rows, dim]. A task adds some columns of every row, so the order of i holds. */
    static void backward(Tensor ids, Tensor dOut, Tensor dTable) {
        int[] id = checkedIds("embeddingBackward", ids, dTable.dim(0));
        int dim = dTable.size(1);
        MemorySegment from = dOut.segment();
        MemorySegment to = dTable.segment();
        WorkerPool.shared().parallelFor((dim + TASK_COLUMNS - 1) / TASK_COLUMNS, task -> {
            float[] row = Scratch.get().floats(SLOT_ROW, TASK_COLUMNS);
            int column = task * TASK_COLUMNS;
            int columns = Math.min(TASK_COLUMNS, dim - column);
            for (int i = 0; i < id.length; i++) {
                FloatRuns.copyShort(from, (long) i * dim + column, columns, row, 0);
                Rows.add(row, 0, columns, to, ((long) id[i] * dim + column) * 4);
            }
        });
    }

    private static int[] checkedIds(String operation, Tensor ids, long rows) {
        int[] id = ids.toIntArray();
        for (int i = 0; i < id.length; i++) {
            if (id[i] < 0 || id[i] >= rows) {
                throw new IllegalArgumentException(operation + ": id " + id[i] + " at index " + i + " is outside the table of " + rows + " rows");
            }
        }
        return id;
    }
}
