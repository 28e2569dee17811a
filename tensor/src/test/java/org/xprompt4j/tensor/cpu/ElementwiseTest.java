package org.xprompt4j.tensor.cpu;

import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AdamWSpec;
import org.xprompt4j.tensor.op.BinaryOp;
import org.xprompt4j.tensor.op.ReduceOp;
import org.xprompt4j.tensor.op.UnaryOp;

import static org.assertj.core.api.Assertions.assertThat;

class ElementwiseTest {
    private static final double TOLERANCE = 1e-6;
    private static final int[] SIZES = {1, 15, 16, 17, 2047, 2049, 33_001};

    @ParameterizedTest
    @EnumSource(UnaryOp.class)
    void unary(UnaryOp op) {
        for (int n : SIZES) {
            try (Agreement a = new Agreement(n)) {
                Tensor x = a.normal(n);
                a.oracle.scale(x, 3, x);
                if (op == UnaryOp.SQRT || op == UnaryOp.LOG || op == UnaryOp.RECIPROCAL) {
                    a.oracle.unary(UnaryOp.EXP, x, x);
                }
                Tensor out = a.poison(n);
                a.oracle.unary(op, x, out);
                a.check(op + " of " + n, TOLERANCE, run -> run.backend().unary(op, x, run.out(0)), a.poison(n));
                Tensor dOut = a.normal(n);
                a.check(op + " backward of " + n, 3 * TOLERANCE, run -> run.backend().unaryBackward(op, x, out, dOut, run.out(0)), a.normal(n));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = UnaryOp.class, names = {"EXP", "SIGMOID", "TANH", "SILU", "RELU", "LEAKY_RELU", "GELU"})
    void unaryAtTheEdges(UnaryOp op) {
        try (Agreement a = new Agreement(1)) {
            float[] edges = {0f, -0f, 1e-30f, -1e-8f, 0.625f, -0.6249f, 20f, -20f, 88.7f, 88.73f, 89f, 500f, -87.4f, -95f, -103f, -104f, -500f, Float.NaN};
            Tensor x = a.scope.of(edges, edges.length);
            Tensor expected = a.poison(edges.length);
            Tensor actual = a.poison(edges.length);
            a.oracle.unary(op, x, expected);
            a.vectors.unary(op, x, actual);
            float[] e = expected.toFloatArray();
            float[] f = actual.toFloatArray();
            for (int i = 0; i < e.length; i++) {
                boolean same = e[i] == f[i] || Float.isNaN(e[i]) && Float.isNaN(f[i]);
                double allowed = 4 * Math.ulp(e[i]) + 1e-44;
                assertThat(same || Math.abs((double) e[i] - f[i]) <= allowed || Math.abs(e[i]) < 1e-37 && op != UnaryOp.EXP && Math.abs(f[i]) < 1e-37)
                        .as("%s(%s): expected %s, got %s", op, edges[i], e[i], f[i]).isTrue();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(BinaryOp.class)
    void binary(BinaryOp op) {
        try (Agreement a = new Agreement(op.ordinal())) {
            for (int n : SIZES) {
                Tensor x = a.normal(n);
                Tensor y = a.normal(n);
                a.check(op + " of " + n, TOLERANCE, run -> run.backend().binary(op, x, y, run.out(0)), a.poison(n));
                a.check(op + " in place", TOLERANCE, run -> run.backend().binary(op, run.out(0), y, run.out(0)), a.normal(n));
                a.check(op + " into b", TOLERANCE, run -> run.backend().binary(op, x, run.out(0), run.out(0)), a.normal(n));
            }
            Tensor x = a.normal(5, 37, 19);
            for (long[] dims : new long[][] {{19}, {1}, {37, 1}, {5, 1, 19}, {5, 1, 1}, {1, 37, 19}}) {
                Tensor y = a.normal(dims);
                a.check(op + " with " + Arrays.toString(dims), TOLERANCE, run -> run.backend().binary(op, x, y, run.out(0)), a.poison(5, 37, 19));
                a.check(op + " first " + Arrays.toString(dims), TOLERANCE, run -> run.backend().binary(op, y, x, run.out(0)), a.poison(5, 37, 19));
            }
            Tensor y = a.normal(19, 5, 37);
            a.check(op + " permuted", TOLERANCE, run -> run.backend().binary(op, x, y.permute(1, 2, 0), run.out(0)), a.poison(5, 37, 19));
            a.check(op + " into a slice", TOLERANCE,
                    run -> run.backend().binary(op, x, x, run.out(0).slice(1, 3, 40)), a.normal(5, 50, 19));
        }
    }

    @ParameterizedTest
    @EnumSource(ReduceOp.class)
    void reduce(ReduceOp op) {
        try (Agreement a = new Agreement(op.ordinal())) {
            for (int n : SIZES) {
                Tensor x = a.normal(n);
                a.check(op + " of " + n, 10 * TOLERANCE, run -> run.backend().reduce(op, x, run.out(0)), a.poison(1));
            }
            Tensor x = a.normal(6, 211, 33);
            for (long[] dims : new long[][] {{1, 1, 1}, {6, 1, 1}, {1, 211, 1}, {1, 1, 33}, {6, 211, 1}, {6, 1, 33}, {1, 211, 33}, {6, 211, 33}}) {
                a.check(op + " to " + Arrays.toString(dims), 10 * TOLERANCE, run -> run.backend().reduce(op, x, run.out(0)), a.poison(dims));
            }
            Tensor permuted = x.permute(2, 0, 1);
            for (long[] dims : new long[][] {{1, 1, 1}, {33, 1, 1}, {1, 6, 1}, {1, 1, 211}, {33, 1, 211}}) {
                a.check(op + " permuted to " + Arrays.toString(dims), 10 * TOLERANCE, run -> run.backend().reduce(op, permuted, run.out(0)),
                        a.poison(dims));
            }
        }
    }

    @Test
    void copiesOfEveryTypeAndStride() {
        try (Agreement a = new Agreement(4)) {
            for (DType from : DType.values()) {
                for (DType to : DType.values()) {
                    Tensor x = a.scope.allocate(from, 7, 130, 3);
                    a.oracle.copy(a.normal(7, 130, 3), x);
                    a.oracle.scale(a.normal(1), 1, a.poison(1));
                    Tensor first = a.scope.allocate(to, 7, 130, 3);
                    Tensor second = a.scope.allocate(to, 7, 130, 3);
                    a.oracle.copy(x, first);
                    a.vectors.copy(x, second);
                    assertThat(second.toFloatArray()).as("%s to %s", from, to).isEqualTo(first.toFloatArray());
                    Tensor third = a.scope.allocate(to, 3, 7, 130);
                    a.vectors.copy(x.permute(2, 0, 1), third);
                    assertThat(third.toFloatArray()).as("%s to %s permuted", from, to).isEqualTo(first.permute(2, 0, 1).toFloatArray());
                    Tensor fourth = a.scope.allocate(to, 7, 130, 5);
                    a.vectors.fill(fourth, 9);
                    a.vectors.copy(x, fourth.slice(2, 1, 4));
                    assertThat(fourth.slice(2, 1, 4).toFloatArray()).as("%s to %s slice", from, to).isEqualTo(first.toFloatArray());
                    assertThat(fourth.slice(2, 4, 5).toFloatArray()).containsOnly(9f);
                }
            }
        }
    }

    @Test
    void sixteenBitTypesRoundAsTheDefinition() {
        try (Agreement a = new Agreement(5)) {
            Tensor x = a.normal(4099);
            float[] values = x.toFloatArray();
            values[3] = Float.NaN;
            values[20] = Float.POSITIVE_INFINITY;
            values[21] = Float.MAX_VALUE;
            values[22] = 1.00390625f; // a tie
            values[23] = Float.MIN_VALUE;
            x.set(values);
            for (DType type : new DType[] {DType.BF16, DType.F16}) {
                Tensor first = a.scope.allocate(type, 4099);
                Tensor second = a.scope.allocate(type, 4099);
                a.oracle.copy(x, first);
                a.vectors.copy(x, second);
                assertThat(second.toFloatArray()).isEqualTo(first.toFloatArray());
            }
        }
    }

    @Test
    void fills() {
        try (Agreement a = new Agreement(6)) {
            for (float value : new float[] {0f, -0f, 1.5f}) {
                a.check("fill", 0, run -> run.backend().fill(run.out(0), value), a.poison(40_001));
                a.check("fill slice", 0, run -> run.backend().fill(run.out(0).slice(1, 3, 7), value), a.normal(301, 11));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 17, 100_003})
    void scaledSumsAndSteps(int n) {
        try (Agreement a = new Agreement(n)) {
            Tensor x = a.normal(n);
            a.check("scale", TOLERANCE, run -> run.backend().scale(x, -0.37f, run.out(0)), a.poison(n));
            a.check("scale in place", TOLERANCE, run -> run.backend().scale(run.out(0), -0.37f, run.out(0)), a.normal(n));
            a.check("addScaled", TOLERANCE, run -> run.backend().addScaled(x, 1.7f, run.out(0)), a.normal(n));
            double expected = a.oracle.sumOfSquares(x);
            assertThat(Math.abs(a.vectors.sumOfSquares(x) - expected)).isLessThan(1e-12 * expected);
            Tensor second = a.normal(n);
            a.oracle.unary(UnaryOp.SQUARE, second, second);
            AdamWSpec spec = new AdamWSpec(1e-2f, 0.9f, 0.95f, 1e-8f, 0.1f, 7);
            Tensor factor = a.normal(1);
            a.check("adamW", 2e-6, run -> run.backend().adamW(spec, run.out(0), x, run.out(1), run.out(2), factor), a.normal(n), a.normal(n), second);
            a.check("muonDirection", TOLERANCE, run -> run.backend().muonDirection(0.9f, x, factor, run.out(0), run.out(1)), a.normal(n), a.poison(n));
            a.check("combine", TOLERANCE, run -> run.backend().combine(0.9f, -0.3f, x, factor, run.out(0)), a.normal(n));
            a.check("dropout", TOLERANCE, run -> run.backend().dropout(0.3f, 9, 4, x, false, run.out(0)), a.poison(n));
            a.check("dropout backward", TOLERANCE, run -> run.backend().dropout(0.3f, 9, 4, x, true, run.out(0)), a.normal(n));
            Tensor up = a.normal(n);
            Tensor dOut = a.normal(n);
            a.check("swiGlu", 2 * TOLERANCE, run -> run.backend().swiGlu(x, up, run.out(0)), a.poison(n));
            a.check("swiGluBackward", 2 * TOLERANCE, run -> run.backend().swiGluBackward(x, up, dOut, run.out(0), run.out(1)), a.normal(n), a.normal(n));
        }
    }
}
