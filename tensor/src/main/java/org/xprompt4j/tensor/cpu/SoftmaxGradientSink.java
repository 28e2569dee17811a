package org.xprompt4j.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Turns blocks of logits into the gradient of the cross entropy, {@code scale (softmax (1 + 2 zLoss z) - [label])}, and keeps it.
 *
 * @param labels [rows]
 * @param logSumExp z of each row, [rows]
 * @param gradient [rows, vocab]
 */
record SoftmaxGradientSink(int[] labels, float[] logSumExp, float zLoss, float scale, float[] gradient, int vocab) implements TileSink {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;

    @Override
    public void store(float[] tile, int stride, int row, int rows, int column, int columns) {
        for (int i = 0; i < rows; i++) {
            int at = i * stride;
            float z = logSumExp[row + i];
            subtract(tile, at, columns, z);
            VectorMath.exp(tile, at, tile, at, Rows.padded(columns));
            multiply(tile, at, columns, scale * (1 + 2 * zLoss * z));
            int label = labels[row + i] - column;
            if (label >= 0 && label < columns) {
                tile[at + label] -= scale;
            }
            System.arraycopy(tile, at, gradient, (row + i) * vocab + column, columns);
        }
    }

    private static void subtract(float[] tile, int at, int columns, float z) {
        for (int j = 0; j < columns; j += L) {
            FloatVector.fromArray(F, tile, at + j).sub(z).intoArray(tile, at + j);
        }
    }

    private static void multiply(float[] tile, int at, int columns, float factor) {
        for (int j = 0; j < columns; j += L) {
            FloatVector.fromArray(F, tile, at + j).mul(factor).intoArray(tile, at + j);
        }
    }
}
