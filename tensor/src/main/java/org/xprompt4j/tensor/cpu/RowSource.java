package org.xprompt4j.tensor.cpu;

/**
 * The left operand A [lines, depth] of a tiled product. A block of it is loaded into a heap array in which the
 * {@link MicroKernel#ROWS} lines of each strip lie at equal distances; how, the source knows.
 */
interface RowSource {
    /** Where the block of depth that starts at {@code from} ends: at most {@link MicroKernel#DEPTH} further. */
    int blockEnd(int from);

    /** Floats that {@link #load} may write or the strips read. */
    int size(int lines);

    /** Loads {@code lines} lines from {@code first} on, in depth {@code from} to {@code end}. */
    void load(int first, int lines, int from, int end, float[] to);

    /** After {@link #load}: where the strip from line {@code first + inBlock} begins. Lines behind the last one hold anything. */
    int stripAt(int first, int lines, int from, int inBlock);

    /** Floats from one line of that strip to the next. */
    int stripStride(int first, int lines, int inBlock);

    /** Blocks of nearly equal size, in whole vectors. */
    static int evenBlockEnd(int from, int depth) {
        int blocks = (depth + MicroKernel.DEPTH - 1) / MicroKernel.DEPTH;
        return Math.min(depth, from + Rows.padded((depth + blocks - 1) / blocks));
    }
}
