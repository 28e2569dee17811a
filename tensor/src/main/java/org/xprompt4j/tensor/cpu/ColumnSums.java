package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.xprompt4j.tensor.Tensor;

/** Adds the sum of the rows of a matrix to a vector: the gradient of a bias. Rows are summed in fixed chunks, chunks in order. */
final class ColumnSums {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    private static final int CHUNK_ROWS = 1024;
    private static final int SLOT_PARTIALS = 8;
    private static final int SLOT_ROW = 9;

    private ColumnSums() {
    }

    /** sums [columns] += Σ rows of x [rows, columns]. */
    static void add(Tensor x, Tensor sums) {
        int rows = x.size(0);
        int columns = x.size(1);
        int padded = Rows.padded(columns);
        int chunks = (rows + CHUNK_ROWS - 1) / CHUNK_ROWS;
        MemorySegment from = x.segment();
        float[] partials = Scratch.get().floats(SLOT_PARTIALS, chunks * padded); // [chunks, columns padded]
        WorkerPool.shared().parallelFor(chunks, chunk -> {
            float[] row = Scratch.get().floats(SLOT_ROW, padded);
            int at = chunk * padded;
            Arrays.fill(partials, at, at + padded, 0f);
            for (int r = chunk * CHUNK_ROWS; r < Math.min(rows, (chunk + 1) * CHUNK_ROWS); r++) {
                FloatRuns.copyShort(from, (long) r * columns, columns, row, 0);
                accumulate(row, partials, at, padded);
            }
        });
        MemorySegment to = sums.segment();
        for (int j = 0; j < columns; j++) {
            double sum = 0;
            for (int chunk = 0; chunk < chunks; chunk++) {
                sum += partials[chunk * padded + j];
            }
            to.set(FloatRuns.FLOAT, 4L * j, (float) (to.get(FloatRuns.FLOAT, 4L * j) + sum));
        }
    }

    // Lanes of the padding add whatever the scratch row holds; nobody reads them.
    private static void accumulate(float[] row, float[] sums, int at, int padded) {
        for (int j = 0; j < padded; j += L) {
            FloatVector.fromArray(F, sums, at + j).add(FloatVector.fromArray(F, row, j)).intoArray(sums, at + j);
        }
    }
}
