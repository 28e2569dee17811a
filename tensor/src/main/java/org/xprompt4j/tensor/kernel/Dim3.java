package org.xprompt4j.tensor.kernel;

/** Sizes of a grid in blocks or of a block in threads. */
public record Dim3(int x, int y, int z) {
    /** x · y · z. */
    public long count() {
        return (long) x * y * z;
    }

    @Override
    public String toString() {
        return z > 1 ? x + " x " + y + " x " + z : y > 1 ? x + " x " + y : String.valueOf(x);
    }
}
