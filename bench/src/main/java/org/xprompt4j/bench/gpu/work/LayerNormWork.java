package org.xprompt4j.bench.gpu.work;

import java.util.Map;

import org.xprompt4j.bench.gpu.GpuWork;
import org.xprompt4j.bench.gpu.GpuWork.Ready;
import org.xprompt4j.bench.gpu.Place;
import org.xprompt4j.bench.gpu.Precision;
import org.xprompt4j.bench.gpu.WrongResult;
import org.xprompt4j.tensor.Tensor;

/** LayerNorm of rows of floats, forward and backward: bound by memory. */
final class LayerNormWork {
    private static final float EPS = 1e-5f;

    private LayerNormWork() {
    }

    static GpuWork forward(int rows, int dim) {
        double numbers = (double) rows * dim;
        return new GpuWork("layer-norm.forward", rows + "x" + dim, Precision.F32, 8 * numbers, 8 * numbers + 8.0 * dim, place -> {
            int sets = place.sets(8 * numbers);
            Tensor[] x = Place.each(sets, () -> place.normal(rows, dim));
            Tensor weight = place.normal(dim);
            Tensor bias = place.normal(dim);
            Tensor[] out = Place.each(sets, () -> place.empty(rows, dim));
            return new Ready(sets, set -> place.backend().layerNorm(EPS, x[set], weight, bias, out[set]), () -> {
                place.poison(out[0]);
                place.backend().layerNorm(EPS, x[0], weight, bias, out[0]);
                int[] sample = Place.sample(rows);
                Tensor expected = place.expected(sample.length, dim);
                place.oracle().layerNorm(EPS, place.rows(x[0], sample), place.onHost(weight), place.onHost(bias), expected);
                WrongResult.requireClose("layerNorm", expected, place.rows(out[0], sample), Precision.F32.bound());
            });
        }).against("layer_norm", Map.of("rows", rows, "dim", dim, "backward", false));
    }

    static GpuWork backward(int rows, int dim) {
        double numbers = (double) rows * dim;
        return new GpuWork("layer-norm.backward", rows + "x" + dim, Precision.F32, 16 * numbers, 16 * numbers + 20.0 * dim, place -> {
            int sets = place.sets(12 * numbers);
            Tensor[] x = Place.each(sets, () -> place.normal(rows, dim));
            Tensor[] dOut = Place.each(sets, () -> place.normal(rows, dim));
            Tensor[] dX = Place.each(sets, () -> place.zeros(rows, dim));
            Tensor weight = place.normal(dim);
            Tensor dWeight = place.zeros(dim);
            Tensor dBias = place.zeros(dim);
            return new Ready(sets, set -> place.backend().layerNormBackward(EPS, x[set], weight, dOut[set], dX[set], dWeight, dBias), () -> {
                place.backend().layerNormBackward(EPS, x[0], weight, dOut[0], dX[0], dWeight, dBias);
                int[] sample = Place.sample(rows);
                Tensor expected = place.expectedZeros(sample.length, dim);
                place.oracle().layerNormBackward(EPS, place.rows(x[0], sample), place.onHost(weight), place.rows(dOut[0], sample), expected, null, null);
                WrongResult.requireClose("layerNorm's dX", expected, place.rows(dX[0], sample), Precision.F32.bound());
                checkColumns(place, x[0], dOut[0], dWeight, dBias);
            });
        }).against("layer_norm", Map.of("rows", rows, "dim", dim, "backward", true));
    }

    /** With the device's own normalised rows, which {@link #forward} checks. */
    private static void checkColumns(Place place, Tensor x, Tensor dOut, Tensor dWeight, Tensor dBias) {
        int[] columns = Place.sample(dWeight.dim(0));
        Tensor ones = place.empty(dWeight.dim(0));
        place.backend().fill(ones, 1);
        Tensor normalised = place.empty(x.dim(0), x.dim(1));
        place.backend().layerNorm(EPS, x, ones, place.zeros(dWeight.dim(0)), normalised);
        ColumnSums.check("layerNorm's dWeight", columns, place.columns(dOut, columns), place.columns(normalised, columns), null, dWeight, place);
        ColumnSums.check("layerNorm's dBias", columns, place.columns(dOut, columns), null, null, dBias, place);
    }
}
