package org.xprompt4j.bench.gpu.work;

import java.util.List;

import org.xprompt4j.bench.gpu.GpuWork;
import org.xprompt4j.bench.gpu.GpuWork.Ready;
import org.xprompt4j.bench.gpu.Place;
import org.xprompt4j.bench.gpu.Precision;
import org.xprompt4j.bench.gpu.WrongResult;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.BinaryOp;
import org.xprompt4j.tensor.op.UnaryOp;

/** Functions of each element, one or two operands and a result, all of one shape: bound by memory. */
final class ElementwiseWork {
    /** The operation over [rows, columns] each. */
    @FunctionalInterface
    private interface Operation {
        void run(Backend backend, Tensor a, Tensor b, Tensor out);
    }

    private ElementwiseWork() {
    }

    static List<GpuWork> all(int rows, int columns) {
        return List.of(
                of("unary.silu", rows, columns, 5, 2, false, (backend, a, b, out) -> backend.unary(UnaryOp.SILU, a, out)),
                of("unary-backward.silu", rows, columns, 8, 4, true, (backend, a, b, out) -> backend.unaryBackward(UnaryOp.SILU, a, a, b, out)),
                of("binary.add", rows, columns, 1, 3, false, (backend, a, b, out) -> backend.binary(BinaryOp.ADD, a, b, out)),
                of("scale.forward", rows, columns, 1, 2, false, (backend, a, b, out) -> backend.scale(a, 0.3f, out)),
                of("add-scaled.forward", rows, columns, 2, 3, true, (backend, a, b, out) -> backend.addScaled(a, 0.3f, out)),
                of("combine.forward", rows, columns, 3, 3, true, (backend, a, b, out) -> backend.combine(0.99f, -0.02f, a, null, out)),
                of("fill.forward", rows, columns, 0.25, 1, false, (backend, a, b, out) -> backend.fill(out, 0.7f)));
    }

    /**
     * One operation.
     *
     * @param flops of an element, about
     * @param passes floats read and written for each element
     * @param adds true when it adds to the result
     */
    private static GpuWork of(String op, int rows, int columns, double flops, int passes, boolean adds, Operation operation) {
        double numbers = (double) rows * columns;
        return new GpuWork(op, rows + "x" + columns, Precision.F32, flops * numbers, 4 * passes * numbers, place -> {
            int sets = place.sets(4 * passes * numbers);
            Tensor[] a = Place.each(sets, () -> place.normal(rows, columns));
            Tensor[] b = Place.each(sets, () -> place.normal(rows, columns));
            Tensor[] out = Place.each(sets, () -> place.normal(rows, columns));
            return new Ready(sets, set -> operation.run(place.backend(), a[set], b[set], out[set]), () -> {
                int[] sample = Place.sample(rows);
                Tensor expected = place.rows(out[0], sample);
                operation.run(place.oracle(), place.rows(a[0], sample), place.rows(b[0], sample), expected);
                if (!adds) {
                    place.poison(out[0]);
                }
                operation.run(place.backend(), a[0], b[0], out[0]);
                WrongResult.requireClose(op, expected, place.rows(out[0], sample), Precision.F32.bound());
            });
        });
    }

    /** Zeroing with a probability: element i uses draw i, so the sample is the beginning. */
    static GpuWork dropout(int numbers) {
        return new GpuWork("dropout.forward", Integer.toString(numbers), Precision.F32, 40.0 * numbers, 8.0 * numbers, place -> {
            int sets = place.sets(8.0 * numbers);
            Tensor[] x = Place.each(sets, () -> place.normal(numbers));
            Tensor[] out = Place.each(sets, () -> place.empty(numbers));
            int checked = Math.min(numbers, 4_099);
            return new Ready(sets, set -> place.backend().dropout(0.1f, 5, set, x[set], false, out[set]), () -> {
                place.poison(out[0]);
                place.backend().dropout(0.1f, 5, 0, x[0], false, out[0]);
                Tensor expected = place.expected(checked);
                place.oracle().dropout(0.1f, 5, 0, place.onHost(x[0].slice(0, 0, checked)), false, expected);
                WrongResult.requireClose("dropout", expected, place.onHost(out[0].slice(0, 0, checked)), Precision.F32.bound());
            });
        });
    }

    /** The gradient norm's part of one tensor. The host waits for its result, so the time is that of a call and an answer. */
    static GpuWork sumOfSquares(int numbers) {
        return new GpuWork("sum-of-squares.forward", Integer.toString(numbers), Precision.F32, 2.0 * numbers, 4.0 * numbers, place -> {
            int sets = place.sets(4.0 * numbers);
            Tensor[] x = Place.each(sets, () -> place.normal(numbers));
            return new Ready(sets, set -> place.backend().sumOfSquares(x[set]), () -> {
                double expected = 0;
                for (float value : place.onHost(x[0]).toFloatArray()) {
                    expected += (double) value * value;
                }
                WrongResult.requireClose("sumOfSquares", new float[] {(float) expected}, new float[] {(float) place.backend().sumOfSquares(x[0])},
                        Precision.F32.bound());
            });
        });
    }
}
