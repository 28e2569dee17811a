package org.xprompt4j.bench.gpu.work;

import java.util.Map;

import org.xprompt4j.bench.gpu.Cublas;
import org.xprompt4j.bench.gpu.GpuWork;
import org.xprompt4j.bench.gpu.GpuWork.Ready;
import org.xprompt4j.bench.gpu.Place;
import org.xprompt4j.bench.gpu.Precision;
import org.xprompt4j.bench.gpu.WrongResult;
import org.xprompt4j.cuda.timing.DeviceClock;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.MatmulSpec;
import org.xprompt4j.tensor.op.Operation;

/**
 * Matrix products, in every order of operands. Ours takes activations in bf16 where the device computes on them, else floats, and in
 * bf16 weights of that type where the order has weights; gradients of weights are floats. cuBLAS gets all three matrices in the
 * precision, which is the least that it can be asked to move.
 */
final class MatmulWork {
    private MatmulWork() {
    }

    /** [m, k] times [k, n] in an order such as {@code NT}. */
    static GpuWork of(Precision precision, int m, int n, int k, String order) {
        return of("matmul.forward", precision, m, n, k, order);
    }

    /** A linear layer of a decode step: the weights are read once, so the rate to look at is that of bytes. */
    static GpuWork fewRows(Precision precision, int m, int n, int k) {
        return of("matmul.few-rows", precision, m, n, k, "NT");
    }

    private static GpuWork of(String op, Precision precision, int m, int n, int k, String order) {
        MatmulSpec spec = new MatmulSpec(order.charAt(0) == 'T', order.charAt(1) == 'T', false);
        DType weights = spec.transposeA() ? DType.F32 : precision.type();
        return new GpuWork(op, m + "x" + n + "x" + k + " " + order, precision, 2.0 * m * n * k, bytes(m, n, k, DType.F32, weights, DType.F32), place -> {
            DType activations = place.activations(precision, Operation.MATMUL);
            DType second = spec.transposeA() ? activations : weights; // a gradient of weights multiplies two activations
            DType result = spec.transposeA() ? DType.F32 : activations;
            double bytes = bytes(m, n, k, activations, second, result);
            int sets = place.sets(bytes);
            Tensor[] a = Place.each(sets, () -> spec.transposeA() ? place.normal(activations, 1, k, m) : place.normal(activations, 1, m, k));
            Tensor[] b = Place.each(sets, () -> spec.transposeB() ? place.normal(second, 1, n, k) : place.normal(second, 1, k, n));
            Tensor[] out = Place.each(sets, () -> place.empty(result, m, n));
            Vendor vendor = place.cublas() == null ? null : new Vendor(place, spec, precision.type(), m, n, k, a, b);
            return new Ready(sets, set -> place.backend().matmul(spec, a[set], b[set], Epilogue.NONE, out[set]), () -> {
                place.poison(out[0]);
                place.backend().matmul(spec, a[0], b[0], Epilogue.NONE, out[0]);
                check("matmul " + order, place, spec, precision, a[0], b[0], out[0]);
                if (vendor != null) {
                    vendor.run(0);
                    check(place.cublas().version() + " " + order, place, spec, precision, a[0], b[0], vendor.out[0]);
                }
            }, vendor == null ? null : vendor::run, activations, bytes);
        }).against("matmul", Map.of("m", m, "n", n, "k", k, "order", order, "bf16", precision == Precision.BF16));
    }

    private static double bytes(int m, int n, int k, DType a, DType b, DType out) {
        return (double) a.bytes() * m * k + (double) b.bytes() * k * n + (double) out.bytes() * m * n;
    }

    /** Some rows and columns of the result against plain loops over the operands' own numbers. */
    private static void check(String what, Place place, MatmulSpec spec, Precision precision, Tensor a, Tensor b, Tensor out) {
        int[] rows = Place.sample(out.dim(0));
        int[] columns = Place.sample(out.dim(1));
        Tensor left = spec.transposeA() ? place.columns(a, rows) : place.rows(a, rows);
        Tensor right = spec.transposeB() ? place.rows(b, columns) : place.columns(b, columns);
        Tensor expected = place.expected(rows.length, columns.length);
        place.oracle().matmul(MatmulSpec.NT, left, right, Epilogue.NONE, expected);
        Tensor measured = place.columns(out, columns); // [columns, rows of out]
        float[] picked = new float[rows.length * columns.length];
        float[] all = measured.toFloatArray();
        for (int r = 0; r < rows.length; r++) {
            for (int c = 0; c < columns.length; c++) {
                picked[r * columns.length + c] = all[c * Math.toIntExact(out.dim(0)) + rows[r]];
            }
        }
        WrongResult.requireClose(what, expected.toFloatArray(), picked, precision.bound());
    }

    /** The same operands in the vendor's type. */
    private static final class Vendor {
        private final Cublas cublas;
        private final MatmulSpec spec;
        private final DType type;
        private final int m;
        private final int n;
        private final int k;
        private final Tensor[] a; // as ours
        private final Tensor[] b; // as ours
        private final Tensor[] out; // [m, n] of the type

        Vendor(Place place, MatmulSpec spec, DType type, int m, int n, int k, Tensor[] a, Tensor[] b) {
            this.cublas = place.cublas();
            this.spec = spec;
            this.type = type;
            this.m = m;
            this.n = n;
            this.k = k;
            this.a = converted(place, a);
            this.b = converted(place, b);
            this.out = Place.each(a.length, () -> place.empty(type, m, n));
        }

        private Tensor[] converted(Place place, Tensor[] from) {
            Tensor[] to = from.clone();
            for (int i = 0; i < to.length; i++) {
                if (from[i].dtype() != type) {
                    to[i] = place.empty(type, from[i].dim(0), from[i].dim(1));
                    place.backend().copy(from[i], to[i]);
                }
            }
            return to;
        }

        void run(int set) {
            cublas.product(spec, type, m, n, k, DeviceClock.address(a[set]), DeviceClock.address(b[set]), DeviceClock.address(out[set]));
        }
    }
}
