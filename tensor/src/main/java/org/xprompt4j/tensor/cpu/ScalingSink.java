package org.xprompt4j.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Multiplies the columns of blocks by factors, in the block's own array, and passes them on.
 *
 * @param factors [n] padded to vectors
 */
record ScalingSink(float[] factors, TileSink next) implements TileSink {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;

    @Override
    public void store(float[] tile, int stride, int row, int rows, int column, int columns) {
        for (int i = 0; i < rows; i++) {
            scale(tile, i * stride, factors, column, columns);
        }
        next.store(tile, stride, row, rows, column, columns);
    }

    private static void scale(float[] tile, int at, float[] factors, int column, int columns) {
        for (int j = 0; j < columns; j += L) {
            FloatVector.fromArray(F, tile, at + j).mul(FloatVector.fromArray(F, factors, column + j)).intoArray(tile, at + j);
        }
    }
}
