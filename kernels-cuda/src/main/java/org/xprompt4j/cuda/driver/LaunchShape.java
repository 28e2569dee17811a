package org.xprompt4j.cuda.driver;

/**
 * Grid and block of a launch.
 *
 * @param gridX blocks in x, up to 2^31 - 1
 * @param gridY blocks in y, up to 65535
 * @param gridZ blocks in z, up to 65535
 * @param blockX threads of a block in x
 * @param blockY threads of a block in y
 * @param sharedBytes dynamic shared memory of a block
 */
public record LaunchShape(int gridX, int gridY, int gridZ, int blockX, int blockY, int sharedBytes) {
    private static final int MOST_THREADS = 1024;
    private static final int MOST_BLOCKS = 65_535; // in y and z

    public LaunchShape {
        if (gridX < 1 || gridY < 1 || gridZ < 1 || gridY > MOST_BLOCKS || gridZ > MOST_BLOCKS || blockX < 1 || blockY < 1
                || blockX * blockY > MOST_THREADS || sharedBytes < 0) {
            throw new IllegalArgumentException("no legal launch: grid " + gridX + "," + gridY + "," + gridZ + ", block " + blockX + ","
                    + blockY + ", " + sharedBytes + " bytes of shared memory");
        }
    }

    /** Blocks in a row, threads in a row, no dynamic shared memory. */
    public static LaunchShape of(long blocks, int threads) {
        return new LaunchShape(Math.toIntExact(blocks), 1, 1, threads, 1, 0);
    }

    /** A two-dimensional grid. */
    public static LaunchShape of(long blocksX, long blocksY, int threads) {
        return new LaunchShape(Math.toIntExact(blocksX), Math.toIntExact(blocksY), 1, threads, 1, 0);
    }

    /** A three-dimensional grid. */
    public static LaunchShape of(long blocksX, long blocksY, long blocksZ, int threads) {
        return new LaunchShape(Math.toIntExact(blocksX), Math.toIntExact(blocksY), Math.toIntExact(blocksZ), threads, 1, 0);
    }

    /** The same with dynamic shared memory. */
    public LaunchShape shared(int bytes) {
        return new LaunchShape(gridX, gridY, gridZ, blockX, blockY, bytes);
    }
}
