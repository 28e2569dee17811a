package org.xprompt4j.cuda.emulator;

/** Three sizes, or three indices: of a grid in blocks, or of a block in threads. */
public record Grid(int x, int y, int z) {
    /** A line. */
    public static Grid of(int x) {
        return new Grid(x, 1, 1);
    }

    /** A plane. */
    public static Grid of(int x, int y) {
        return new Grid(x, y, 1);
    }

    /** x * y * z. */
    public long count() {
        return (long) x * y * z;
    }

    /** The index of position {@code linear}, x fastest, where this is the size. */
    public Grid index(long linear) {
        return new Grid((int) (linear % x), (int) (linear / x % y), (int) (linear / x / y));
    }

    @Override
    public String toString() {
        return "(" + x + "," + y + "," + z + ")";
    }
}
