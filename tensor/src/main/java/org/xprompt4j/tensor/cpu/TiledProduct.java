package org.xprompt4j.tensor.cpu;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * C = A · B over packed panels, after Goto and van de Geijn ("Anatomy of high-performance matrix multiplication", 2008). Operands
 * and result are abstract, so that matrices, implicit im2col and cross entropy share this one loop nest.
 *
 * <p>One task computes one block of C in a heap array of its thread: it packs its rows of A, takes the panels of B (packed once
 * for all tasks when they fit, by itself otherwise), and hands the block to the sink. An element of C is the sum over blocks of
 * {@link MicroKernel#DEPTH} in order, each a chain of multiply-adds: it depends on its row of A and column of B only, not on the
 * sizes of C, the tasks or the threads.
 */
final class TiledProduct {
    private static final int DEPTH = MicroKernel.DEPTH;
    private static final int ROWS = MicroKernel.ROWS;
    private static final int COLUMNS = MicroKernel.COLUMNS;

    private static final int BLOCK_ROWS = 128; // packed A of one depth block: 139 KB
    private static final int BLOCK_COLUMNS = 256; // B of one depth block: 256 KB, the block of C 128 KB: all within a 1 MB second cache
    private static final int SHARED_B_FLOATS = 6 << 20; // beyond this B would not stay in the third cache
    private static final int TASKS_PER_THREAD = 4;
    private static final long INLINE_WORK = 64 * 1024; // multiply-adds that are not worth waking a thread

    // Scratch slots; operations above the product use the lower numbers.
    private static final int SLOT_SHARED_B = 15;
    private static final int SLOT_A = 14;
    private static final int SLOT_B = 13;
    private static final int SLOT_TILE = 12;

    private final PanelSource a;
    private final PanelSource b;
    private final TileSink sink;
    private final int m;
    private final int n;
    private final int k;
    private final boolean byRows;
    private final float[] sharedB; // [panels, k, COLUMNS], or null when tasks pack for themselves
    private final int blockRows;
    private final int blockColumns;

    private TiledProduct(int m, int n, int k, PanelSource a, PanelSource b, TileSink sink, int blockRows, int blockColumns) {
        this.m = m;
        this.n = n;
        this.k = k;
        this.a = a;
        this.b = b;
        this.sink = sink;
        this.blockRows = blockRows;
        this.blockColumns = blockColumns;
        byRows = a.depthContiguous();
        // Copies are cheap to repeat; transposing is not.
        int rowBlocks = (m + blockRows - 1) / blockRows;
        boolean share = rowBlocks > (b.depthContiguous() ? 1 : 2) && (long) roundUp(n, COLUMNS) * k <= SHARED_B_FLOATS;
        sharedB = share ? Scratch.get().floats(SLOT_SHARED_B, roundUp(n, COLUMNS) * k) : null;
    }

    /** Computes A [m, k] · B [k, n] and gives every block of the result to the sink. */
    static void run(int m, int n, int k, PanelSource a, PanelSource b, TileSink sink) {
        int rows = Math.min(BLOCK_ROWS, roundUp(m, ROWS));
        int columns = Math.min(BLOCK_COLUMNS, roundUp(n, COLUMNS));
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

    /**
     * The same with blocks of a given size, for sinks that combine what they see of a block: their results must not depend on
     * the number of threads.
     *
     * @param blockRows a multiple of {@link MicroKernel#ROWS}
     * @param blockColumns a multiple of {@link MicroKernel#COLUMNS}
     */
    static void runInBlocks(int blockRows, int blockColumns, int m, int n, int k, PanelSource a, PanelSource b, TileSink sink) {
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
        int count = Math.min(COLUMNS, n - first);
        for (int p = 0; p < k; p += DEPTH) {
            b.packColumns(first, count, COLUMNS, p, Math.min(DEPTH, k - p), sharedB, first * k + p * COLUMNS);
        }
    }

    private void block(int task) {
        int columnBlocks = (n + blockColumns - 1) / blockColumns;
        int row = task / columnBlocks * blockRows;
        int column = task % columnBlocks * blockColumns;
        int rows = Math.min(blockRows, m - row);
        int columns = Math.min(blockColumns, n - column);
        int paddedColumns = roundUp(columns, COLUMNS);
        Scratch scratch = Scratch.get();
        float[] packedA = scratch.floats(SLOT_A, roundUp(rows, ROWS) / ROWS * MicroKernel.A_PANEL);
        float[] tile = scratch.floats(SLOT_TILE, roundUp(rows, ROWS) * paddedColumns);
        float[] packedB = sharedB != null ? sharedB : scratch.floats(SLOT_B, paddedColumns * DEPTH);
        if (k == 0) {
            Arrays.fill(tile, 0, roundUp(rows, ROWS) * paddedColumns, 0f);
        }
        for (int p = 0; p < k; p += DEPTH) {
            int depth = Math.min(DEPTH, k - p);
            packA(row, rows, p, depth, packedA);
            if (sharedB == null) {
                for (int j = 0; j < columns; j += COLUMNS) {
                    b.packColumns(column + j, Math.min(COLUMNS, columns - j), COLUMNS, p, depth, packedB, j * depth);
                }
                multiply(rows, columns, depth, packedA, packedB, 0, depth, tile, paddedColumns, p > 0);
            } else {
                multiply(rows, columns, depth, packedA, packedB, column * k + p * COLUMNS, k, tile, paddedColumns, p > 0);
            }
        }
        sink.store(tile, paddedColumns, row, rows, column, columns);
    }

    private void packA(int row, int rows, int p, int depth, float[] packedA) {
        for (int i = 0, at = 0; i < rows; i += ROWS, at += MicroKernel.A_PANEL) {
            int count = Math.min(ROWS, rows - i);
            if (byRows) {
                a.packRows(row + i, count, p, depth, packedA, at);
            } else {
                a.packColumns(row + i, count, ROWS, p, depth, packedA, at);
            }
        }
    }

    /** All tiles of a block: the A panel stays in the first cache while the B panels stream by. */
    private void multiply(int rows, int columns, int depth, float[] packedA, float[] packedB, int bAt, int panelDepth, float[] tile,
            int stride, boolean add) {
        for (int i = 0, aAt = 0; i < rows; i += ROWS, aAt += MicroKernel.A_PANEL) {
            for (int j = 0; j < columns; j += COLUMNS) {
                MicroKernel.multiply(byRows, depth, packedA, aAt, packedB, bAt + j * panelDepth, tile, i * stride + j, stride, add);
            }
        }
    }

    static int roundUp(int value, int step) {
        return (value + step - 1) / step * step;
    }
}
