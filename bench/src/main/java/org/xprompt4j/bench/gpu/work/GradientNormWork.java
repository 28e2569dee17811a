package org.xprompt4j.bench.gpu.work;

import org.xprompt4j.bench.gpu.GpuWork;
import org.xprompt4j.bench.gpu.GpuWork.Ready;
import org.xprompt4j.bench.gpu.Place;
import org.xprompt4j.bench.gpu.Precision;
import org.xprompt4j.bench.gpu.WrongResult;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;

/** Norms that stay on the device: for clipping one flat buffer of gradients, and for dividing a matrix by its own. */
final class GradientNormWork {
    private GradientNormWork() {
    }

    static GpuWork factor(int numbers) {
        return new GpuWork("gradient-norm.forward", Integer.toString(numbers), Precision.F32, 2.0 * numbers, 4.0 * numbers, place -> {
            int sets = place.sets(4.0 * numbers);
            Tensor[] gradient = Place.each(sets, () -> place.normal(numbers));
            Tensor loss = place.empty(1).set(1f);
            Tensor report = place.empty(DType.I64, 2);
            Tensor factor = place.empty(1);
            return new Ready(sets, set -> place.backend().gradientNorm(1, gradient[set], loss, report, factor), () -> {
                Tensor expected = place.expected(1);
                place.oracle().gradientNorm(0.3, place.onHost(gradient[0]), place.onHost(loss), place.hostScope().allocate(DType.I64, 2), expected);
                place.poison(factor);
                place.backend().gradientNorm(0.3, gradient[0], loss, report, factor);
                WrongResult.requireClose("gradientNorm's factor", expected, place.onHost(factor), Precision.F32.bound());
            });
        });
    }

    static GpuWork normalise(int rows, int columns) {
        double numbers = (double) rows * columns;
        return new GpuWork("normalise.forward", rows + "x" + columns, Precision.F32, 3 * numbers, 12 * numbers, place -> {
            int sets = place.sets(8 * numbers);
            Tensor[] x = Place.each(sets, () -> place.normal(rows, columns));
            Tensor[] out = Place.each(sets, () -> place.empty(rows, columns));
            return new Ready(sets, set -> place.backend().normalise(1e-7, x[set], out[set]), () -> {
                Tensor expected = place.expected(rows, columns);
                place.oracle().normalise(1e-7, place.onHost(x[0]), expected);
                place.poison(out[0]);
                place.backend().normalise(1e-7, x[0], out[0]);
                WrongResult.requireClose("normalise", expected, place.onHost(out[0]), Precision.F32.bound());
            });
        });
    }
}
