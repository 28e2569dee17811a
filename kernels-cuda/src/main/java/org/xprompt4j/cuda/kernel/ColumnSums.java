package org.xprompt4j.cuda.kernel;

import java.util.function.LongFunction;

import org.xprompt4j.cuda.driver.LaunchShape;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;

/**
 * Sums over rows in two halves, in an order that the shape alone decides: a kernel made with {@code column_sum.cuh} leaves a sum for
 * every part of the rows, {@code column_sum.cu} adds the parts to the gradients.
 */
final class ColumnSums {
    private static final String MODULE = "column_sum";
    private static final int MOST_PARTS = 128;
    private static final int FEWEST_ROWS = 64; // of a part
    private static final int COLUMNS = 32; // of a block
    private static final int ROW_LANES = 8;
    private static final int THREADS = 256;

    private ColumnSums() {
    }

    /** Rows of every part but the last. */
    static long rowsPerPart(long rows) {
        return Math.max(FEWEST_ROWS, (rows + MOST_PARTS - 1) / MOST_PARTS);
    }

    /**
     * Runs both halves.
     *
     * @param firstHalf begins the launch of the first kernel for rows-per-part; the partial sums become its last argument
     * @param first gets the first sum added, [columns]; may be null
     * @param second gets the second sum added, [columns]; may be null
     */
    static void add(Kernels kernels, String operation, long rows, long columns, LongFunction<Launch> firstHalf, Tensor first, Tensor second) {
        long perPart = rowsPerPart(rows);
        int parts = Math.toIntExact((rows + perPart - 1) / perPart);
        try (MemoryScope scratch = kernels.scratch(operation)) {
            Tensor partial = scratch.allocate(DType.F32, parts, 2, columns);
            LaunchShape shape = new LaunchShape(Math.toIntExact((columns + COLUMNS - 1) / COLUMNS), parts, 1, COLUMNS, ROW_LANES, 0);
            firstHalf.apply(perPart).out(partial).run(shape);
            addParts(kernels, partial, parts, 0, columns, first);
            addParts(kernels, partial, parts, 1, columns, second);
        }
    }

    private static void addParts(Kernels kernels, Tensor partial, int parts, int which, long columns, Tensor out) {
        if (out != null) {
            kernels.launch(MODULE, "add_parts").in(partial).i32(parts).i32(which).i64(columns).out(out)
                    .run(LaunchShape.of((columns + THREADS - 1) / THREADS, THREADS));
        }
    }
}
