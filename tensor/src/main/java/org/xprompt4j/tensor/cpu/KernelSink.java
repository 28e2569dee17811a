package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;

/**
 * Adds blocks of [out, taps · in] to a weight gradient [out, in, taps].
 *
 * @param gradient F32
 */
record KernelSink(MemorySegment gradient, int in, int taps) implements TileSink {
    @Override
    public void store(float[] tile, int stride, int row, int rows, int column, int columns) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                int tap = (column + j) / in;
                int channel = (column + j) % in;
                long at = (((long) (row + i) * in + channel) * taps + tap) * 4;
                gradient.set(FloatRuns.FLOAT, at, gradient.get(FloatRuns.FLOAT, at) + tile[i * stride + j]);
            }
        }
    }
}
