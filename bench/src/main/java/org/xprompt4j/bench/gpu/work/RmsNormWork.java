package org.xprompt4j.bench.gpu.work;

import java.util.Map;

import org.xprompt4j.bench.gpu.GpuWork;
import org.xprompt4j.bench.gpu.GpuWork.Ready;
import org.xprompt4j.bench.gpu.Place;
import org.xprompt4j.bench.gpu.Precision;
import org.xprompt4j.bench.gpu.WrongResult;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Operation;

/** RMSNorm of rows, forward and backward: bound by memory. */
final class RmsNormWork {
    private static final float EPS = 1e-5f;

    private RmsNormWork() {
    }

    static GpuWork forward(Precision precision, int rows, int dim) {
        double numbers = (double) rows * dim;
        return new GpuWork("rms-norm.forward", rows + "x" + dim, precision, 4 * numbers, 8 * numbers + 4.0 * (dim + rows), place -> {
            DType type = place.activations(precision, Operation.RMS_NORM);
            double bytes = 2 * type.bytes() * numbers + 4.0 * (dim + rows);
            int sets = place.sets(bytes);
            Tensor[] x = Place.each(sets, () -> place.normal(type, 1, rows, dim));
            Tensor weight = place.normal(dim);
            Tensor[] out = Place.each(sets, () -> place.empty(type, rows, dim));
            Tensor inverse = place.empty(rows);
            return new Ready(sets, set -> place.backend().rmsNorm(EPS, x[set], weight, out[set], inverse), () -> {
                place.poison(out[0], inverse);
                place.backend().rmsNorm(EPS, x[0], weight, out[0], inverse);
                int[] sample = Place.sample(rows);
                Tensor expected = place.expectedZeros(type, sample.length, dim);
                Tensor expectedInverse = place.expected(sample.length);
                place.oracle().rmsNorm(EPS, place.rows(x[0], sample), place.onHost(weight), expected, expectedInverse);
                WrongResult.requireClose("rmsNorm", expected, place.rows(out[0], sample), precision.bound());
                WrongResult.requireClose("rmsNorm's inverse", expectedInverse, place.rows(inverse, sample), Precision.F32.bound());
            }, type, bytes);
        }).against("rms_norm", Map.of("rows", rows, "dim", dim, "backward", false, "bf16", precision == Precision.BF16));
    }

    static GpuWork backward(Precision precision, int rows, int dim) {
        double numbers = (double) rows * dim;
        return new GpuWork("rms-norm.backward", rows + "x" + dim, precision, 10 * numbers, 16 * numbers + 4.0 * (3 * dim + rows), place -> {
            DType type = place.activations(precision, Operation.RMS_NORM_BACKWARD);
            double bytes = 4 * type.bytes() * numbers + 4.0 * (3 * dim + rows);
            int sets = place.sets(bytes);
            Tensor[] x = Place.each(sets, () -> place.normal(type, 1, rows, dim));
            Tensor[] dOut = Place.each(sets, () -> place.normal(type, 1, rows, dim));
            Tensor[] dX = Place.each(sets, () -> place.zeros(type, rows, dim));
            Tensor weight = place.normal(dim);
            Tensor dWeight = place.zeros(dim);
            Tensor inverse = place.empty(rows);
            Tensor out = place.empty(type, rows, dim);
            place.backend().rmsNorm(EPS, x[0], weight, out, inverse);
            return new Ready(sets, set -> place.backend().rmsNormBackward(x[set], weight, inverse, dOut[set], dX[set], dWeight), () -> {
                place.backend().rmsNormBackward(x[0], weight, inverse, dOut[0], dX[0], dWeight);
                int[] sample = Place.sample(rows);
                Tensor expected = place.expectedZeros(type, sample.length, dim);
                place.oracle().rmsNormBackward(place.rows(x[0], sample), place.onHost(weight), place.rows(inverse, sample), place.rows(dOut[0], sample),
                        expected, null);
                WrongResult.requireClose("rmsNorm's dX", expected, place.rows(dX[0], sample), precision.bound());
                int[] columns = Place.sample(dim);
                ColumnSums.check("rmsNorm's dWeight", columns, place.columns(dOut[0], columns), place.columns(x[0], columns), place.onHost(inverse),
                        dWeight, place);
            }, type, bytes);
        }).against("rms_norm", Map.of("rows", rows, "dim", dim, "backward", true, "bf16", precision == Precision.BF16));
    }
}
