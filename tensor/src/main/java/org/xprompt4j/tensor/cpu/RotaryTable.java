package org.xprompt4j.tensor.cpu;

import java.util.concurrent.ConcurrentHashMap;

/**
 * Cosines and sines of the rotary angles position · theta^(-2i/headDim), computed in float64 and rounded once. One table per
 * (theta, headDim) is kept and grows with the largest position seen.
 */
final class RotaryTable {
    private static final ConcurrentHashMap<Key, RotaryTable> TABLES = new ConcurrentHashMap<>();
    private static final int SMALLEST = 512;

    private record Key(float theta, int headDim) {
    }

    private final int positions;
    private final int stride;
    private final float[] cos; // [positions, stride]
    private final float[] sin; // [positions, stride]

    private RotaryTable(float theta, int headDim, int positions) {
        int half = headDim / 2;
        this.positions = positions;
        stride = Rows.padded(half);
        int size = Math.multiplyExact(positions, stride);
        cos = new float[size];
        sin = new float[size];
        for (int i = 0; i < half; i++) {
            double frequency = Math.pow(theta, -2.0 * i / headDim);
            for (int p = 0; p < positions; p++) {
                cos[p * stride + i] = (float) Math.cos(p * frequency);
                sin[p * stride + i] = (float) Math.sin(p * frequency);
            }
        }
    }

    /** A table with at least positions 0..largest. */
    static RotaryTable of(float theta, int headDim, int largest) {
        Key key = new Key(theta, headDim);
        RotaryTable table = TABLES.get(key);
        if (table == null || table.positions <= largest) {
            int positions = Math.max(SMALLEST, Integer.highestOneBit(largest) * 2);
            table = TABLES.merge(key, new RotaryTable(theta, headDim, positions), (a, b) -> a.positions >= b.positions ? a : b);
        }
        return table;
    }

    /** Cosines, rows {@link #row} apart by position; each row is headDim/2 numbers and padding. */
    float[] cos() {
        return cos;
    }

    /** Sines, laid out as the cosines. */
    float[] sin() {
        return sin;
    }

    /** Index of a position's first number. */
    int row(int position) {
        return position * stride;
    }
}
