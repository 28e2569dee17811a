package org.xprompt4j.bench.gpu.work;

import java.util.Arrays;
import java.util.Map;

import org.xprompt4j.bench.gpu.GpuWork;
import org.xprompt4j.bench.gpu.GpuWork.Ready;
import org.xprompt4j.bench.gpu.Place;
import org.xprompt4j.bench.gpu.Precision;
import org.xprompt4j.bench.gpu.WrongResult;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.ReduceOp;

/** The two roofs of memory: copying within the device, which reads and writes, and summing, which only reads. */
final class MemoryWork {
    private MemoryWork() {
    }

    static GpuWork copy(int rows, int columns) {
        double numbers = (double) rows * columns;
        return new GpuWork("copy.forward", rows + "x" + columns, Precision.F32, numbers, 8 * numbers, place -> {
            int sets = place.sets(8 * numbers);
            Tensor[] from = Place.each(sets, () -> place.normal(rows, columns));
            Tensor[] to = Place.each(sets, () -> place.empty(rows, columns));
            return new Ready(sets, set -> place.backend().copy(from[set], to[set]), () -> {
                place.poison(to[0]);
                place.backend().copy(from[0], to[0]);
                int[] sample = Place.sample(rows);
                WrongResult.requireClose("copy", place.rows(from[0], sample), place.rows(to[0], sample), 0);
            });
        }).against("copy", Map.of("rows", rows, "columns", columns));
    }

    static GpuWork read(int rows, int columns) {
        double numbers = (double) rows * columns;
        return new GpuWork("read.forward", rows + "x" + columns, Precision.F32, numbers, 4 * numbers + 4.0 * rows, place -> {
            int sets = place.sets(4 * numbers);
            Tensor[] from = Place.each(sets, () -> place.normal(rows, columns));
            Tensor sums = place.empty(rows, 1);
            return new Ready(sets, set -> place.backend().reduce(ReduceOp.SUM, from[set], sums), () -> {
                place.poison(sums);
                place.backend().reduce(ReduceOp.SUM, from[0], sums);
                int[] sample = Place.sample(rows);
                float[] expected = new float[sample.length];
                float[] values = place.rows(from[0], sample).toFloatArray();
                for (int i = 0; i < expected.length; i++) {
                    double sum = 0;
                    for (float value : Arrays.copyOfRange(values, i * columns, (i + 1) * columns)) {
                        sum += value;
                    }
                    expected[i] = (float) sum;
                }
                WrongResult.requireClose("reduce SUM", expected, place.rows(sums, sample).toFloatArray(), Precision.F32.bound());
            });
        }).against("read", Map.of("rows", rows, "columns", columns));
    }
}
