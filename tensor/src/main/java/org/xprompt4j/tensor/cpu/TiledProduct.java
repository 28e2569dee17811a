package org.xprompt4j.tensor.cpu;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * C = A · B over packed panels, after Goto and van de Geijn ("Anatomy of high-performance matrix multiplication", 2008). Operands
 * and result are abstract, so that matrices, implicit im2col and cross entropy share this one loop nest.
 *
 * <p>One task computes one block of C in a heap array of its thread: it loads its rows of A, takes the panels of B (packed once
 * for all tasks when they fit, by itself otherwise), and hands the block to the sink. An element of C is one chain of
 * multiply-adds over the depth in order: it depends on its row of A and column of B only, not on blocks, tasks or threads.
 */
final class TiledProduct {
    private static final int ROWS = MicroKernel.ROWS;
    private static final int COLUMNS = MicroKernel.COLUMNS;

    private static final int BLOCK_ROWS = 96; // a multiple of 8 and 12; loaded A of one depth block: 154 KB
    private static final int BLOCK_COLUMNS = 1024; // the block of C: 393 KB, with A and a panel of B within a second cache of 1 MB
    private static final int SHARED_B_FLOATS = 6 << 20; // beyond this B would not stay in the third cache
    private static final int TASKS_PER_THREAD = 4;
    private static final long INLINE_WORK = 64 * 1024; // multiply-adds that are not worth waking a thread

    // Scratch slots; operations above the product use the lower numbers.
    private static final int SLOT_SHARED_B = 15;
    private static final int SLOT_A = 14;
    private static final int SLOT_B = 13;
    private static final int SLOT_TILE = 12;

    private final RowSource a;
    private final PanelSource b;
    private final TileSink sink;
    private final int m;
    private final int n;
    private final int k;
    private final float[] sharedB; // [panels, k, columns of the panel], or null when tasks pack for themselves
    private final int blockRows;
    private final int blockColumns;

    private TiledProduct(int m, int n, int k, RowSource a, PanelSource b, TileSink sink, int blockRows, int blockColumns) {
        this.m = m;
        this.n = n;
        this.k = k;
        this.a = a;
        this.b = b;
        this.sink = sink;
        this.blockRows = blockRows;
        this.blockColumns = blockColumns;
        // Copies are cheap to repeat; transposing is not.
        boolean share = blocks(m, blockRows) > (b.isCostly() ? 1 : 2) && (long) Rows.padded(n) * k <= SHARED_B_FLOATS;
        sharedB = share ? Scratch.get().floats(SLOT_SHARED_B, Rows.padded(n) * k) : null;
    }

    /** Computes A [m, k] · B [k, n] and gives every block of the result to the sink. */
    static void run(int m, int n, int k, RowSource a, PanelSource b, TileSink sink) {
        int rows = evenBlock(m, BLOCK_ROWS, ROWS);
        int columns = evenBlock(n, BLOCK_COLUMNS, COLUMNS);
        int wanted = isSmall(m, n, k) ? 1 : TASKS_PER_THREAD * WorkerPool.shared().threads();
        while (blocks(m, rows) * blocks(n, columns) < wanted && (rows > 4 * ROWS || columns > 2 * COLUMNS)) {
            if (columns > 2 * COLUMNS && (columns >= rows || rows <= 4 * ROWS)) {
                columns = roundUp(columns / 2, COLUMNS);
            } else {
                rows = roundUp(rows / 2, ROWS);
            }
        }
        runInBlocks(rows, columns, m, n, k, a, b, sink);
    }

    /** The size of nearly equal blocks, a multiple of step. */
    private static int evenBlock(int size, int limit, int step) {
        long count = Math.max(1, blocks(size, limit));
        return roundUp((int) blocks(size, (int) count), step);
    }

    /**
     * The same with blocks of a given size, for sinks that combine what they see of a block: their results must not depend on
     * the number of threads.
     *
     * @param blockRows a multiple of {@link MicroKernel#ROWS}
     * @param blockColumns a multiple of {@link MicroKernel#COLUMNS}
     */
    static void runInBlocks(int blockRows, int blockColumns, int m, int n, int k, RowSource a, PanelSource b, TileSink sink) {
        if (m == 0 || n == 0) {
            return;
        }
        TiledProduct product = new TiledProduct(m, n, k, a, b, sink, blockRows, blockColumns);
        if (product.sharedB != null) {
            product.loop((int) blocks(n, COLUMNS), product::packShared);
        }
        product.loop(Math.toIntExact(blocks(m, blockRows) * blocks(n, blockColumns)), product::block);
    }

    private static boolean isSmall(int m, int n, int k) {
        return (long) m * n * k <= INLINE_WORK;
    }

    private void loop(int tasks, IntConsumer body) {
        if (isSmall(m, n, k)) {
            for (int task = 0; task < tasks; task++) {
                body.accept(task);
            }
        } else {
            WorkerPool.shared().parallelFor(tasks, body);
        }
    }

    private static long blocks(int size, int step) {
        return (size + step - 1L) / step;
    }

    private void packShared(int panel) {
        int first = panel * COLUMNS;
        int width = MicroKernel.panelColumns(first, n);
        int count = Math.min(width, n - first);
        for (int p = 0; p < k; p += MicroKernel.DEPTH) {
            b.pack(first, count, width, p, Math.min(MicroKernel.DEPTH, k - p), sharedB, first * k + p * width);
        }
    }

    private void block(int task) {
        int columnBlocks = (n + blockColumns - 1) / blockColumns;
        int row = task / columnBlocks * blockRows;
        int column = task % columnBlocks * blockColumns;
        int rows = Math.min(blockRows, m - row);
        int columns = Math.min(blockColumns, n - column);
        int stride = Rows.padded(columns);
        Scratch scratch = Scratch.get();
        float[] loadedA = scratch.floats(SLOT_A, a.size(rows));
        float[] tile = scratch.floats(SLOT_TILE, roundUp(rows, ROWS) * stride);
        float[] packedB = sharedB != null ? sharedB : scratch.floats(SLOT_B, stride * MicroKernel.DEPTH);
        Arrays.fill(tile, 0, roundUp(rows, ROWS) * stride, 0f);
        for (int p = 0; p < k; p = a.blockEnd(p)) {
            int end = a.blockEnd(p);
            a.load(row, rows, p, end, loadedA);
            if (sharedB == null) {
                packOwn(column, columns, p, end - p, packedB);
            }
            multiply(row, rows, column, columns, p, end - p, loadedA, packedB, tile, stride);
        }
        sink.store(tile, stride, row, rows, column, columns);
    }

    private void packOwn(int column, int columns, int p, int depth, float[] packedB) {
        for (int j = 0; j < columns; j += COLUMNS) {
            int width = MicroKernel.panelColumns(column + j, column + columns);
            b.pack(column + j, Math.min(width, columns - j), width, p, depth, packedB, j * depth);
        }
    }

    /** All tiles of a block: each panel of B is used by all strips of A, which lie in the second cache, before the next one is read. */
    private void multiply(int row, int rows, int column, int columns, int p, int depth, float[] loadedA, float[] packedB, float[] tile,
            int stride) {
        for (int j = 0; j < columns; j += COLUMNS) {
            int width = MicroKernel.panelColumns(column + j, column + columns);
            int bAt = sharedB == null ? j * depth : (column + j) * k + p * width;
            for (int i = 0; i < rows; i += ROWS) {
                int wanted = Math.min(ROWS, rows - i);
                MicroKernel.multiply(wanted, depth, loadedA, a.stripAt(row, rows, p, i), a.stripStride(row, rows, i), packedB, bAt, width, tile,
                        i * stride + j, stride);
            }
        }
    }

    static int roundUp(int value, int step) {
        return (value + step - 1) / step * step;
    }
}
