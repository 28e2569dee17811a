package org.xprompt4j.cuda.kernel;

import org.xprompt4j.cuda.driver.LaunchShape;

/**
 * How a product on the tensor cores is cut: the size of its tiles and into how many parts its sum is split. Chosen by the least estimated time, a function of the
 * shape and the device alone, so that the order of every sum is too.
 *
 * <p>The estimate counts multiply-adds of the busiest multiprocessor. Its weights come from counting what a tile moves (see {@code tensor_tile.cuh}), not from measurements on a GPU.
 *
 * @param tile size of the tiles
 * @param splits parts of the sum
 * @param perSplit terms of a part, whole slices
 */
record TensorTiling(Tile tile, int splits, long perSplit) {
    private static final int SLICE = 32; // of k
    private static final int MOST_SPLITS = 32;
    private static final int SHORTEST_SPLIT = 256; // of k
    private static final int PIPELINE = 4 * SLICE; // of k, what filling the buffers and the epilogue cost a block
    private static final double JOIN_BYTE = 40; // multiply-adds in the time that one byte takes from the second-level cache
    private static final double LAUNCH = 4e6; // multiply-adds in the time of one more kernel

    /** The tiles of {@code tensor_tile.cuh}. */
    enum Tile {
        WIDE(256, 128, 64, 256, 1, 1.0),
        LARGE(128, 128, 64, 128, 2, 0.95),
        SMALL(64, 64, 32, 128, 4, 0.6);

        private static final int STAGES = 4;

        final int rows;
        final int columns;
        final int warpColumns; // of a warp's part
        final int threads;
        private final int full; // blocks of a multiprocessor that hide each other's waiting
        private final double efficiency; // of the tensor cores then; a lone block gets less

        Tile(int rows, int columns, int warpColumns, int threads, int full, double efficiency) {
            this.rows = rows;
            this.columns = columns;
            this.warpColumns = warpColumns;
            this.threads = threads;
            this.full = full;
            this.efficiency = efficiency;
        }

        long tiles(long m, long n) {
            return ceil(m, rows) * ceil(n, columns);
        }

        /** This tile where it fills the device, else the small one. */
        Tile orSmall(Kernels kernels, long m, long n) {
            return tiles(m, n) >= kernels.driver().properties().multiprocessors() ? this : SMALL;
        }

        /** Parts of {@code n} columns that one warp each takes. */
        long slabs(long n) {
            return ceil(n, warpColumns);
        }

        int sharedBytes() {
            return STAGES * (rows + columns) * SLICE * Short.BYTES;
        }

        /** Grid of (tiles, parts) for this tile's kernels. */
        LaunchShape shape(long m, long n, long parts) {
            return LaunchShape.of(tiles(m, n), parts, threads).shared(sharedBytes());
        }

        private double efficiency(long blocks) {
            return blocks >= full ? efficiency : efficiency * (0.5 + 0.5 * blocks / full);
        }
    }

    private static long ceil(long size, long step) {
        return (size + step - 1) / step;
    }

    /** @param transposedTwice both operands lie the other way, which only the small tile takes */
    static TensorTiling of(long m, long n, long k, boolean transposedTwice, int multiprocessors) {
        TensorTiling best = null;
        double least = Double.POSITIVE_INFINITY;
        for (Tile tile : Tile.values()) {
            if (transposedTwice && tile != Tile.SMALL) {
                continue;
            }
            for (int wanted = 1; wanted <= Math.max(1, Math.min(MOST_SPLITS, k / SHORTEST_SPLIT)); wanted++) {
                long perSplit = ceil(ceil(k, wanted), SLICE) * SLICE;
                int splits = (int) ceil(k, perSplit);
                double cost = cost(tile, m, n, splits, perSplit, multiprocessors);
                if (cost < least) {
                    least = cost;
                    best = new TensorTiling(tile, splits, perSplit);
                }
            }
        }
        return best;
    }

    private static double cost(Tile tile, long m, long n, int splits, long perSplit, int multiprocessors) {
        long blocks = ceil(tile.tiles(m, n) * splits, multiprocessors); // of the busiest multiprocessor
        double product = (double) blocks * tile.rows * tile.columns * (perSplit + PIPELINE) / tile.efficiency(blocks);
        double joined = splits == 1 ? 0 : (2.0 * splits + 1) * Float.BYTES * m * n / multiprocessors * JOIN_BYTE + LAUNCH;
        return product + joined;
    }
}
