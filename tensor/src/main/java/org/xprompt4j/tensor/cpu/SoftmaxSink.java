package org.xprompt4j.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Reduces blocks of logits to what the logsumexp of their rows needs: per row and block the maximum and the sum of
 * exp(logit - maximum), and the logit of the label.
 */
final class SoftmaxSink implements TileSink {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    private static final int SLOT_LANES = 10;

    private final int[] labels; // [rows]
    private final int blocks;
    private final float[] maxima; // [rows, blocks]
    private final float[] sums; // [rows, blocks]
    private final float[] labelLogits; // [rows]

    SoftmaxSink(int[] labels, int blocks, float[] maxima, float[] sums, float[] labelLogits) {
        this.labels = labels;
        this.blocks = blocks;
        this.maxima = maxima;
        this.sums = sums;
        this.labelLogits = labelLogits;
    }

    @Override
    public void store(float[] tile, int stride, int row, int rows, int column, int columns) {
        int block = column / LinearCrossEntropy.BLOCK_COLUMNS;
        float[] lanes = Scratch.get().floats(SLOT_LANES, L);
        for (int i = 0; i < rows; i++) {
            int at = i * stride;
            for (int j = columns; j < Rows.padded(columns); j++) {
                tile[at + j] = Float.NEGATIVE_INFINITY;
            }
            float maximum = maximum(tile, at, columns);
            maxima[(row + i) * blocks + block] = maximum;
            int label = labels[row + i] - column;
            if (label >= 0 && label < columns) {
                labelLogits[row + i] = tile[at + label];
            }
            subtract(tile, at, columns, maximum);
            VectorMath.exp(tile, at, tile, at, Rows.padded(columns));
            sums[(row + i) * blocks + block] = sum(tile, at, columns, lanes);
        }
    }

    double labelLogit(int row) {
        return labelLogits[row];
    }

    /** log Σ exp(logit) of a row, its blocks in order. */
    double logSumExp(int row) {
        int at = row * blocks;
        float maximum = maxima[at];
        for (int b = 1; b < blocks; b++) {
            maximum = Math.max(maximum, maxima[at + b]);
        }
        double sum = 0;
        for (int b = 0; b < blocks; b++) {
            sum += sums[at + b] * Math.exp((double) maxima[at + b] - maximum);
        }
        return maximum + Math.log(sum);
    }

    private static float maximum(float[] tile, int at, int columns) {
        FloatVector most = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
        for (int j = 0; j < columns; j += L) {
            most = most.max(FloatVector.fromArray(F, tile, at + j));
        }
        return most.reduceLanes(VectorOperators.MAX);
    }

    private static void subtract(float[] tile, int at, int columns, float maximum) {
        for (int j = 0; j < columns; j += L) {
            FloatVector.fromArray(F, tile, at + j).sub(maximum).intoArray(tile, at + j);
        }
    }

    /** Lanes first, then their halves: an order of its own. No vector is passed on, where C2 may put it into an object. */
    private static float sum(float[] tile, int at, int columns, float[] lanes) {
        FloatVector sum = FloatVector.zero(F);
        for (int j = 0; j < columns; j += L) {
            sum = sum.add(FloatVector.fromArray(F, tile, at + j));
        }
        sum.intoArray(lanes, 0);
        for (int half = L / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                lanes[i] += lanes[i + half];
            }
        }
        return lanes[0];
    }
}
