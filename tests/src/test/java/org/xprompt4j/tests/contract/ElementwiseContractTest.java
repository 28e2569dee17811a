package org.xprompt4j.tests.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.xprompt4j.tests.contract.Workbench.sum;
import static org.xprompt4j.tests.contract.Workbench.wide;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.BinaryOp;
import org.xprompt4j.tensor.op.ReduceOp;
import org.xprompt4j.tensor.op.UnaryOp;
import org.xprompt4j.tests.Closeness;
import org.xprompt4j.tests.reference.Differences;
import org.xprompt4j.tests.reference.ReferenceNormal;

/** Elementwise functions, reductions, copies, dropout; strided and broadcast. */
class ElementwiseContractTest extends BackendContract {
    static DoubleUnaryOperator function(UnaryOp op) {
        return switch (op) {
            case NEGATE -> x -> -x;
            case ABS -> Math::abs;
            case SQUARE -> x -> x * x;
            case SQRT -> Math::sqrt;
            case RECIPROCAL -> x -> 1 / x;
            case EXP -> Math::exp;
            case LOG -> Math::log;
            case SIGMOID -> x -> 1 / (1 + Math.exp(-x));
            case TANH -> Math::tanh;
            case SILU -> x -> x / (1 + Math.exp(-x));
            case RELU -> x -> Math.max(0, x);
            case LEAKY_RELU -> x -> x > 0 ? x : 0.2 * x;
            case GELU -> x -> x * ReferenceNormal.below(x);
        };
    }

    /** Values where the function and its slope are defined: away from kinks and poles, positive for roots and logarithms. */
    static float[] domain(UnaryOp op, float[] values) {
        float[] out = new float[values.length];
        for (int i = 0; i < out.length; i++) {
            float x = values[i] + Math.copySign(0.05f, values[i]);
            out[i] = op == UnaryOp.SQRT || op == UnaryOp.LOG ? Math.abs(x) : x;
        }
        return out;
    }

    @ParameterizedTest
    @EnumSource
    void unary(UnaryOp op) {
        for (int n : new int[] {1, 3, 8, 17, 33, 1009}) {
            Tensor x = bench.of(domain(op, bench.normal(3L * n)), n, 3);
            Tensor out = bench.output(n, 3);
            backend.unary(op, x, out);
            double[] expected = Arrays.stream(wide(x)).map(function(op)).toArray();
            Closeness.of(bench.describe(op + " of " + n), expected, out.toFloatArray()).within(3e-6, 1e-7);
            Tensor transposed = bench.output(3, n);
            backend.unary(op, x.permute(1, 0), transposed);
            assertThat(transposed.permute(1, 0).toFloatArray()).as(bench.describe(op + " strided")).containsExactly(out.toFloatArray());
            Tensor dOut = bench.input(n, 3);
            Tensor dX = bench.input(n, 3);
            double[] before = wide(dX);
            backend.unaryBackward(op, x, out, dOut, dX);
            double[] gradient = Differences.gradient(v -> Arrays.stream(v).map(function(op)).toArray(), n > 100 ? new double[0] : wide(x), wide(dOut));
            if (n <= 100) {
                Closeness.of(bench.describe(op + " backward"), sum(before, 1, gradient), dX.toFloatArray()).within(1e-5, 2e-5);
            }
            backend.unary(op, x, x);
            assertThat(x.toFloatArray()).as(bench.describe(op + " in place")).containsExactly(out.toFloatArray());
        }
    }

    @ParameterizedTest
    @EnumSource(value = UnaryOp.class, names = {"SIGMOID", "TANH", "SILU", "EXP", "GELU"})
    void farArgumentsSaturate(UnaryOp op) {
        float[] values = {-200, -90, -30, 0, 30, 80, Float.NEGATIVE_INFINITY};
        if (op == UnaryOp.SILU || op == UnaryOp.GELU) {
            values[6] = -150;
        }
        Tensor out = bench.output(values.length);
        backend.unary(op, bench.of(values, values.length), out);
        Closeness.of(bench.describe(op + " far out"), Arrays.stream(wide(values)).map(function(op)).toArray(), out.toFloatArray()).within(1e-5, 1e-30);
    }

    static double apply(BinaryOp op, double a, double b) {
        return switch (op) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE -> a / b;
            case MAXIMUM -> Math.max(a, b);
            case MINIMUM -> Math.min(a, b);
        };
    }

    @ParameterizedTest
    @EnumSource
    void binaryBroadcasts(BinaryOp op) {
        long[][][] shapes = {{{7, 5}, {7, 5}}, {{7, 5}, {5}}, {{7, 1}, {1, 5}}, {{1}, {3, 4, 33}}, {{2, 3, 17}, {3, 1}}, {{2, 1, 3, 1}, {4, 1, 9}},
            {{31, 33}, {31, 33}}, {{1, 1}, {1}}, {{4, 33}, {4, 1}}};
        for (long[][] pair : shapes) {
            Tensor a = bench.input(pair[0]);
            Tensor b = bench.input(pair[1]);
            long[] dims = Shape.broadcast(a.shape(), b.shape()).toArray();
            Tensor out = bench.output(dims);
            backend.binary(op, a, b, out);
            float[] left = a.expand(out.shape()).toFloatArray();
            float[] right = b.expand(out.shape()).toFloatArray();
            double[] expected = new double[left.length];
            for (int i = 0; i < left.length; i++) {
                expected[i] = apply(op, left[i], right[i]);
            }
            Closeness.of(bench.describe(op + " " + a.shape() + " and " + b.shape()), expected, out.toFloatArray()).within(1e-6, 0);
        }
    }

    @Test
    void binaryIsExactAndMayOverwriteAnArgument() {
        Tensor a = bench.input(9, 31);
        Tensor b = bench.input(31, 9).permute(1, 0);
        float[] left = a.toFloatArray();
        float[] right = b.toFloatArray();
        float[] expected = new float[left.length];
        for (int i = 0; i < left.length; i++) {
            expected[i] = left[i] + right[i];
        }
        backend.binary(BinaryOp.ADD, a, b, a);
        assertThat(a.toFloatArray()).as(bench.describe("a += b")).containsExactly(expected);
        Tensor column = b.slice(1, 4, 17);
        float[] before = column.toFloatArray();
        backend.binary(BinaryOp.ADD, column, column, column);
        for (int i = 0; i < before.length; i++) {
            before[i] *= 2;
        }
        assertThat(column.toFloatArray()).as(bench.describe("strided x += x")).containsExactly(before);
    }

    @ParameterizedTest
    @EnumSource
    void reductions(ReduceOp op) {
        long[][] shapes = {{5, 1, 33}, {7, 9}, {2, 3, 5, 17}, {129}, {31, 65}, {3, 257}};
        for (long[] dims : shapes) {
            for (int axes = 0; axes < 1 << dims.length; axes++) {
                long[] kept = dims.clone();
                for (int axis = 0; axis < dims.length; axis++) {
                    kept[axis] = (axes >> axis & 1) == 1 ? 1 : dims[axis];
                }
                Tensor x = bench.input(dims);
                Tensor out = bench.output(kept);
                backend.reduce(op, x, out);
                close(op, x, out);
                if (dims.length == 2) {
                    Tensor turned = bench.output(kept[1], kept[0]);
                    backend.reduce(op, x.permute(1, 0), turned);
                    close(op, x.permute(1, 0), turned);
                }
            }
        }
    }

    private void close(ReduceOp op, Tensor x, Tensor out) {
        double[] expected = new double[(int) out.numel()];
        double[] magnitude = new double[expected.length];
        Arrays.fill(expected, op == ReduceOp.MAX ? Double.NEGATIVE_INFINITY : 0);
        int[] target = bench.scope.of(range(expected.length), out.shape().toArray()).expand(x.shape()).toIntArray();
        float[] values = x.toFloatArray();
        double count = op == ReduceOp.MEAN ? (double) values.length / expected.length : 1;
        for (int i = 0; i < values.length; i++) {
            int to = target[i];
            expected[to] = op == ReduceOp.MAX ? Math.max(expected[to], values[i]) : expected[to] + values[i] / count;
            magnitude[to] += Math.abs(values[i]) / count;
        }
        Closeness.of(bench.describe(op + " " + x.shape() + " to " + out.shape()), expected, out.toFloatArray()).scaledBy(magnitude)
                .within(op == ReduceOp.MAX ? 0 : 2e-6, 0);
    }

    private static int[] range(int n) {
        int[] out = new int[n];
        for (int i = 0; i < n; i++) {
            out[i] = i;
        }
        return out;
    }

    @Test
    void copiesConvertBetweenAllTypes() {
        for (DType from : DType.values()) {
            for (DType to : DType.values()) {
                Tensor source = bench.scope.allocate(from, 7, 9);
                source.set(range(63));
                Tensor target = bench.scope.allocate(to, 9, 7);
                backend.copy(source.permute(1, 0), target);
                assertThat(target.toIntArray()).as(bench.describe("copy " + from + " to " + to)).containsExactly(source.permute(1, 0).toIntArray());
            }
        }
        Tensor exact = bench.of(new float[] {1.00390625f, 1.01171875f, -1.00390625f, Float.NaN, 1e-41f, 3.4e38f}, 6);
        Tensor rounded = bench.scope.allocate(DType.BF16, 6);
        backend.copy(exact, rounded);
        float[] expected = {1f, 1.015625f, -1f, Float.NaN, 0, Float.POSITIVE_INFINITY};
        expected[4] = Float.intBitsToFloat(Float.floatToRawIntBits(1e-41f) + 0x8000 & 0xffff0000);
        assertThat(rounded.toFloatArray()).as(bench.describe("BF16 rounds to nearest even")).containsExactly(expected);
    }

    @Test
    void copiesOfSlicesTouchNothingElse() {
        Tensor target = bench.input(6, 11);
        float[] expected = target.toFloatArray();
        Tensor source = bench.input(4, 3);
        backend.copy(source, target.slice(0, 1, 5).slice(1, 6, 9));
        for (int i = 0; i < 12; i++) {
            expected[(1 + i / 3) * 11 + 6 + i % 3] = source.toFloatArray()[i];
        }
        assertThat(target.toFloatArray()).as(bench.describe("copy to a slice")).containsExactly(expected);
        backend.fill(target.slice(1, 0, 2), 4.5f);
        for (int i = 0; i < 12; i++) {
            expected[i / 2 * 11 + i % 2] = 4.5f;
        }
        assertThat(target.toFloatArray()).as(bench.describe("fill of a slice")).containsExactly(expected);
    }

    @Test
    void scaleAddScaledAndSwiGlu() {
        for (int n : new int[] {1, 7, 33, 1021}) {
            Tensor x = bench.input(n);
            Tensor out = bench.output(n);
            backend.scale(x, -2.5f, out);
            Closeness.of(bench.describe("scale"), Arrays.stream(wide(x)).map(v -> -2.5 * v).toArray(), out.toFloatArray()).within(1e-7, 0);
            Tensor sum = bench.input(n);
            double[] expected = sum(wide(sum), 0.3f, wide(x));
            backend.addScaled(x, 0.3f, sum);
            Closeness.of(bench.describe("addScaled"), expected, sum.toFloatArray()).within(1e-6, 1e-7);
            backend.scale(x, 2, x);
            assertThat(x.toFloatArray()[0] * -1.25f).as("scale in place").isEqualTo(out.toFloatArray()[0]);
        }
        for (int trial = 0; trial < 8; trial++) {
            int rows = bench.awkward();
            int dim = bench.between(1, 9);
            Tensor gate = bench.input(rows, dim);
            Tensor up = bench.input(rows, dim);
            Tensor out = bench.output(rows, dim);
            backend.swiGlu(gate, up, out);
            Closeness.of(bench.describe("swiGlu"), swiGlu(wide(gate), wide(up)), out.toFloatArray()).within(3e-6, 1e-7);
            Tensor dOut = bench.input(rows, dim);
            Tensor dGate = bench.input(rows, dim);
            Tensor dUp = bench.input(rows, dim);
            double[] beforeGate = wide(dGate);
            double[] beforeUp = wide(dUp);
            backend.swiGluBackward(gate, up, dOut, dGate, dUp);
            Closeness.of(bench.describe("swiGlu dGate"), sum(beforeGate, 1, Differences.gradient(v -> swiGlu(v, wide(up)), wide(gate), wide(dOut))),
                    dGate.toFloatArray()).within(1e-5, 1e-5);
            Closeness.of(bench.describe("swiGlu dUp"), sum(beforeUp, 1, Differences.gradient(v -> swiGlu(wide(gate), v), wide(up), wide(dOut))),
                    dUp.toFloatArray()).within(1e-5, 1e-5);
        }
    }

    private static double[] swiGlu(double[] gate, double[] up) {
        double[] out = new double[gate.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = function(UnaryOp.SILU).applyAsDouble(gate[i]) * up[i];
        }
        return out;
    }

    @Test
    void dropoutFollowsTheStream() {
        float p = 0.3f;
        Tensor x = bench.input(1013);
        Tensor out = bench.output(1013);
        Tensor sum = bench.input(1013);
        double[] before = wide(sum);
        backend.dropout(p, 11, 5, x, false, out);
        backend.dropout(p, 11, 5, x, true, sum);
        double[] expected = new double[1013];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = Philox.uniform(11, 5, i) < p ? 0 : x.toFloatArray()[i] / (1 - (double) p);
        }
        Closeness.of(bench.describe("dropout"), expected, out.toFloatArray()).within(1e-6, 0);
        Closeness.of(bench.describe("dropout added"), sum(before, 1, expected), sum.toFloatArray()).within(1e-6, 1e-6);
        long zeros = Arrays.stream(expected).filter(v -> v == 0).count();
        assertThat(zeros / 1013.0).as("share of zeros").isBetween(0.25, 0.35);
    }
}
