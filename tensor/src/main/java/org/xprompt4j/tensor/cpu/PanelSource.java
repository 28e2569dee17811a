package org.xprompt4j.tensor.cpu;

/**
 * One operand of a tiled product, cut into panels: lines run along the result (rows of A, columns of B), the depth along the sum.
 * Implementations copy from wherever the operand lies and put zeros where there is nothing.
 */
interface PanelSource {
    /** True when neighbours in depth are neighbours in memory; an A operand is then packed by rows, else by columns. */
    boolean depthContiguous();

    /**
     * Writes {@code count} lines as rows, line i from {@code to[at + i * MicroKernel.ROW_STRIDE]}, and zeros for the lines from
     * count to MicroKernel.ROWS. Called only when {@link #depthContiguous}.
     */
    void packRows(int first, int count, int depthFrom, int depth, float[] to, int at);

    /**
     * Writes {@code count} lines as columns: [depth, width], columns from count to width zero. A width below the lanes may
     * overwrite up to a vector beyond the end.
     */
    void packColumns(int first, int count, int width, int depthFrom, int depth, float[] to, int at);
}
