package org.xprompt4j.tensor.cpu;

/** Takes the finished tiles of a product while they are in the cache. Called by several threads, each tile once. */
interface TileSink {
    /**
     * @param tile [rows, stride] valid in rows x columns; columns up to the next multiple of the lanes may be read and written too
     */
    void store(float[] tile, int stride, int row, int rows, int column, int columns);
}
