package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

import org.xprompt4j.tensor.Tensor;

/**
 * How the rows of a norm are cut into tasks: by the sizes alone, never by the number of threads, so that the partial sums of
 * parameter gradients and their order are the same on every machine.
 */
record RowChunks(int rows, int rowsPerChunk) {
    private static final int CHUNK_FLOATS = 16 * 1024;
    private static final int MAX_PARTIALS = 64;

    /** Chunks for work without partial sums. */
    static RowChunks of(long rows, int dim) {
        return new RowChunks(Math.toIntExact(rows), Math.max(1, CHUNK_FLOATS / Math.max(1, dim)));
    }

    /** At most 64 chunks, each with a partial sum. */
    static RowChunks withPartials(long rows, int dim) {
        RowChunks fine = of(rows, dim);
        return new RowChunks(fine.rows, Math.max(fine.rowsPerChunk, (fine.rows + MAX_PARTIALS - 1) / MAX_PARTIALS));
    }

    int count() {
        return (rows + rowsPerChunk - 1) / rowsPerChunk;
    }

    int from(int chunk) {
        return chunk * rowsPerChunk;
    }

    int to(int chunk) {
        return Math.min(rows, (chunk + 1) * rowsPerChunk);
    }

    /** Cleared partial sums of this caller: [count, width]. */
    float[] partials(int slot, int width) {
        float[] partials = Scratch.get().floats(slot, count() * width);
        Arrays.fill(partials, 0, count() * width, 0f);
        return partials;
    }

    /** Adds the partial sums of columns from..from+n, chunk by chunk, to a gradient's elements from {@code element} on. */
    void addPartials(float[] partials, int width, int from, int n, Tensor gradient, long element) {
        for (int chunk = 1; chunk < count(); chunk++) {
            Rows.accumulate(partials, chunk * width + from, partials, from, Rows.padded(n));
        }
        if (count() > 0) {
            MemorySegment out = gradient.segment();
            Rows.add(partials, from, n, out, 4 * element);
        }
    }
}
