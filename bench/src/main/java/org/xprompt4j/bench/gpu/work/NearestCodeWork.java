package org.xprompt4j.bench.gpu.work;

import java.util.Map;

import org.xprompt4j.bench.gpu.GpuWork;
import org.xprompt4j.bench.gpu.GpuWork.Ready;
import org.xprompt4j.bench.gpu.Place;
import org.xprompt4j.bench.gpu.Precision;
import org.xprompt4j.bench.gpu.WrongResult;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;

/** Look-up in the tokenizer's codebook, in floats: the index must be exact. */
final class NearestCodeWork {
    private static final double ROUNDING = 1e-5; // of a distance; nearer ones are as good

    private NearestCodeWork() {
    }

    static GpuWork of(int rows, int codes, int dim) {
        return new GpuWork("nearest-code.forward", rows + "x" + dim + " in " + codes, Precision.F32, 2.0 * rows * codes * dim,
                4.0 * ((double) rows * dim + (double) codes * dim + rows), place -> {
                    int sets = place.sets(4.0 * rows * dim);
                    Tensor[] z = Place.each(sets, () -> place.normal(rows, dim));
                    Tensor codebook = place.normal(codes, dim);
                    Tensor found = place.empty(DType.I32, rows);
                    return new Ready(sets, set -> place.backend().nearestCode(z[set], codebook, found), () -> {
                        place.poison(found);
                        place.backend().nearestCode(z[0], codebook, found);
                        int[] sample = Place.sample(rows);
                        check(place.rows(z[0], sample).toFloatArray(), place.onHost(codebook).toFloatArray(), place.rows(found, sample).toIntArray(), dim);
                    });
                }).against("nearest_code", Map.of("rows", rows, "codes", codes, "dim", dim));
    }

    /** In float64: no code may be nearer than the one found, beyond rounding. */
    static void check(float[] z, float[] codebook, int[] found, int dim) {
        for (int row = 0; row < found.length; row++) {
            if (found[row] < 0 || found[row] >= codebook.length / dim) {
                throw new WrongResult("nearestCode is wrong, so nothing is timed: row " + row + " of the sample got code " + found[row]);
            }
            double distance = distance(z, row, codebook, found[row], dim);
            for (int code = 0; code < codebook.length / dim; code++) {
                double other = distance(z, row, codebook, code, dim);
                if (other < distance * (1 - ROUNDING)) {
                    throw new WrongResult("nearestCode is wrong, so nothing is timed: row " + row + " of the sample got code " + found[row] + " at "
                            + distance + ", code " + code + " is at " + other);
                }
            }
        }
    }

    private static double distance(float[] z, int row, float[] codebook, int code, int dim) {
        double sum = 0;
        for (int i = 0; i < dim; i++) {
            double off = (double) z[row * dim + i] - codebook[code * dim + i];
            sum += off * off;
        }
        return sum;
    }
}
