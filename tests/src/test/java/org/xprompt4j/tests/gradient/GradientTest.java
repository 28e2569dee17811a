package org.xprompt4j.tests.gradient;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Tape;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Activation;
import org.xprompt4j.tensor.op.AttentionMask;
import org.xprompt4j.tensor.op.AttentionSpec;
import org.xprompt4j.tensor.op.BinaryOp;
import org.xprompt4j.tensor.op.Conv2dSpec;
import org.xprompt4j.tensor.op.CrossEntropySpec;
import org.xprompt4j.tensor.op.GroupNormSpec;
import org.xprompt4j.tensor.op.QkNormRopeSpec;
import org.xprompt4j.tensor.op.UnaryOp;
import org.xprompt4j.tests.reference.ReferenceAttention;
import org.xprompt4j.tests.reference.ReferenceMatrix;
import org.xprompt4j.tests.reference.ReferenceNorms;
import org.xprompt4j.tests.reference.ReferenceNormal;
import org.xprompt4j.tests.reference.ReferencePictures;

/** Every differentiable operation of {@link Ops}. */
@ParameterizedClass(name = "{0}")
@ValueSource(strings = {"scalar", "cpu"})
class GradientTest {
    @Parameter
    String device;

    private Backend backend;
    private GradientCheck check;

    @BeforeEach
    void open() {
        backend = Backends.open(device);
        check = new GradientCheck(backend);
    }

    @AfterEach
    void close() {
        backend.close();
    }

    private static long[][] shapes(long[]... shapes) {
        return shapes;
    }

    private static long[] s(long... dims) {
        return dims;
    }

    private static double[] zip(double[] a, double[] b, DoubleBinaryOperator f) {
        double[] out = new double[a.length];
        Arrays.setAll(out, i -> f.applyAsDouble(a[i], b[i % b.length])); // b repeats: a bias over the last axes
        return out;
    }

    @Test
    void linear() {
        check.check("linear", shapes(s(2, 3, 5), s(7, 5)), (ops, in) -> ops.linear(in[0], in[1], null),
                in -> ReferenceMatrix.matmul(in[0], in[1], 6, 7, 5, false, true));
        check.check("linear with bias and residual", shapes(s(2, 3, 5), s(7, 5), s(7), s(2, 3, 7)),
                (ops, in) -> ops.linear(in[0], in[1], in[2], in[3]),
                in -> zip(zip(ReferenceMatrix.matmul(in[0], in[1], 6, 7, 5, false, true), in[2], Double::sum), in[3], Double::sum));
        check.check("linear of its own residual", shapes(s(4, 5), s(5, 5)), (ops, in) -> ops.linear(in[0], in[1], null, in[0]),
                in -> zip(ReferenceMatrix.matmul(in[0], in[1], 4, 5, 5, false, true), in[0], Double::sum));
    }

    @Test
    void matmulAndEmbedding() {
        check.check("matmul", shapes(s(3, 5), s(5, 4)), (ops, in) -> ops.matmul(in[0], in[1]),
                in -> ReferenceMatrix.matmul(in[0], in[1], 3, 4, 5, false, false));
        check.check("matmul with itself", shapes(s(4, 4)), (ops, in) -> ops.matmul(in[0], in[0]),
                in -> ReferenceMatrix.matmul(in[0], in[0], 4, 4, 4, false, false));
        int[] ids = {2, 0, 2, 4, 4, 4};
        check.check("embedding", shapes(s(5, 3)), (ops, in) -> ops.embedding(in[0], ops.scope().of(ids, 2, 3)), in -> {
            double[] out = new double[18];
            Arrays.setAll(out, i -> in[0][ids[i / 3] * 3 + i % 3]);
            return out;
        });
    }

    @Test
    void norms() {
        check.check("rmsNorm", shapes(s(2, 3, 5), s(5)), (ops, in) -> ops.rmsNorm(in[0], in[1], 1e-5f),
                in -> ReferenceNorms.rmsNorm(in[0], in[1], 1e-5f));
        check.check("layerNorm", shapes(s(2, 3, 5), s(5), s(5)), (ops, in) -> ops.layerNorm(in[0], in[1], in[2], 1e-5f),
                in -> ReferenceNorms.layerNorm(in[0], in[1], in[2], 1e-5f));
        check.check("groupNorm", shapes(s(2, 3, 4, 6), s(6), s(6)),
                (ops, in) -> ops.groupNorm(new GroupNormSpec(3, 1e-6f, Activation.SILU), in[0], in[1], in[2]),
                in -> ReferenceNorms.groupNorm(in[0], in[1], in[2], 2, 3, 1e-6f, true));
        int[] positions = {0, 7, 31, 5, 6, 7};
        check.check("qkNormRope", shapes(s(2, 3, 4, 6), s(2, 6), s(2, 6)),
                (ops, in) -> ops.qkNormRope(new QkNormRopeSpec(1e-5f, 10_000), in[0], in[1], in[2], ops.scope().of(positions, 2, 3)),
                in -> ReferenceNorms.qkNormRope(in[0], in[1], in[2], positions, 4, 6, 1e-5f, 10_000));
    }

    @Test
    void attention() {
        AttentionMask mask = AttentionMask.segmented(new int[] {3, 2, 4}, new boolean[][] {{true, false, false}, {true, true, false}, {false, true, true}});
        boolean[][] sees = new boolean[9][9];
        for (int i = 0; i < 9; i++) {
            for (int j = 0; j <= i; j++) {
                sees[i][j] = i < 5 || j >= 3;
            }
        }
        ReferenceAttention.Sizes sizes = new ReferenceAttention.Sizes(2, 4, 2, 5, 0.4f, sees);
        check.check("attention", shapes(s(2, 9, 4, 5), s(2, 9, 2, 5), s(2, 9, 2, 5)),
                (ops, in) -> ops.attention(new AttentionSpec(0.4f, mask), in[0], in[1], in[2]),
                in -> ReferenceAttention.attention(sizes, in[0], in[1], in[2]));
        check.check("attention of one tensor", shapes(s(1, 9, 2, 4)),
                (ops, in) -> ops.attention(new AttentionSpec(0.4f, mask), in[0], in[0], in[0]),
                in -> ReferenceAttention.attention(new ReferenceAttention.Sizes(1, 2, 2, 4, 0.4f, sees), in[0], in[0], in[0]));
    }

    @Test
    void swiGluAndCrossEntropy() {
        check.check("swiGlu", shapes(s(2, 3, 5), s(2, 3, 5)), (ops, in) -> ops.swiGlu(in[0], in[1]),
                in -> zip(in[0], in[1], (gate, up) -> gate / (1 + Math.exp(-gate)) * up));
        int[] labels = {3, CrossEntropySpec.IGNORED, 0, 6};
        check.check("linearCrossEntropy", shapes(s(4, 5), s(7, 5)),
                (ops, in) -> ops.linearCrossEntropy(new CrossEntropySpec(0.01f), in[0], in[1], ops.scope().of(labels, 4), 3),
                in -> new double[] {Arrays.stream(ReferenceMatrix.crossEntropy(in[0], in[1], labels, 5, 0.01f)).sum() / 3});
    }

    @Test
    void pictures() {
        ReferencePictures.Sizes in4 = new ReferencePictures.Sizes(2, 4, 6, 3);
        ReferencePictures.Sizes out4 = new ReferencePictures.Sizes(2, 4, 6, 5);
        check.check("conv2d", shapes(s(2, 4, 6, 3), s(5, 3, 3, 3), s(5), s(2, 4, 6, 5)),
                (ops, in) -> ops.conv2d(Conv2dSpec.padded(1), in[0], in[1], in[2], in[3]),
                in -> zip(ReferencePictures.conv2d(Conv2dSpec.padded(1), in4, in[0], 3, 3, in[1], in[2], out4), in[3], Double::sum));
        ReferencePictures.Sizes half = new ReferencePictures.Sizes(2, 2, 3, 5);
        check.check("conv2d downsampling", shapes(s(2, 4, 6, 3), s(5, 3, 3, 3)),
                (ops, in) -> ops.conv2d(Conv2dSpec.downsample(), in[0], in[1], null, null),
                in -> ReferencePictures.conv2d(Conv2dSpec.downsample(), in4, in[0], 3, 3, in[1], null, half));
        check.check("upsampleNearest", shapes(s(2, 4, 6, 3)), (ops, in) -> ops.upsampleNearest(in[0]), in -> ReferencePictures.upsample(in4, in[0]));
        check.check("averagePool", shapes(s(2, 4, 6, 3)), (ops, in) -> ops.averagePool(in[0]), in -> ReferencePictures.averagePool(in4, in[0]));
    }

    private static DoubleUnaryOperator function(UnaryOp op) {
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

    @Test
    void unary() {
        for (UnaryOp op : UnaryOp.values()) {
            float[] values = check.normal(24);
            for (int i = 0; i < values.length; i++) { // away from kinks and poles; positive for roots and logarithms
                values[i] += Math.copySign(0.3f, values[i]);
                values[i] = op == UnaryOp.SQRT || op == UnaryOp.LOG ? Math.abs(values[i]) : values[i];
            }
            check.check(op.name(), shapes(s(4, 6)), new float[][] {values}, (ops, in) -> ops.unary(op, in[0]),
                    in -> Arrays.stream(in[0]).map(function(op)).toArray());
        }
        check.check("TANH of a transposed view", shapes(s(4, 6)), (ops, in) -> ops.unary(UnaryOp.TANH, ops.permute(in[0], 1, 0)), in -> {
            double[] out = new double[24];
            Arrays.setAll(out, i -> Math.tanh(in[0][i % 4 * 6 + i / 4]));
            return out;
        });
    }

    @Test
    void binaryWithBroadcasting() {
        BinaryOp[] operations = {BinaryOp.ADD, BinaryOp.SUBTRACT, BinaryOp.MULTIPLY, BinaryOp.DIVIDE};
        DoubleBinaryOperator[] functions = {Double::sum, (a, b) -> a - b, (a, b) -> a * b, (a, b) -> a / b};
        for (int k = 0; k < operations.length; k++) {
            BinaryOp op = operations[k];
            DoubleBinaryOperator f = functions[k];
            float[] divisor = check.normal(12);
            for (int i = 0; i < divisor.length; i++) {
                divisor[i] += Math.copySign(0.5f, divisor[i]);
            }
            check.check(op + " of equal shapes", shapes(s(3, 4), s(3, 4)), new float[][] {check.normal(12), divisor},
                    (ops, in) -> ops.binary(op, in[0], in[1]), in -> zip(in[0], in[1], f));
            check.check(op + " with a row", shapes(s(2, 3, 4), s(4)), new float[][] {check.normal(24), Arrays.copyOf(divisor, 4)},
                    (ops, in) -> ops.binary(op, in[0], in[1]), in -> zip(in[0], in[1], f));
            check.check(op + " of a column and a row", shapes(s(3, 1), s(1, 4)), new float[][] {check.normal(3), Arrays.copyOf(divisor, 4)},
                    (ops, in) -> ops.binary(op, in[0], in[1]), in -> {
                        double[] out = new double[12];
                        Arrays.setAll(out, i -> f.applyAsDouble(in[0][i / 4], in[1][i % 4]));
                        return out;
                    });
            check.check(op + " with itself", shapes(s(3, 4)), new float[][] {divisor}, (ops, in) -> ops.binary(op, in[0], in[0]),
                    in -> zip(in[0], in[0], f));
        }
    }

    @Test
    void scaleSumsAndMeans() {
        check.check("scale", shapes(s(3, 4)), (ops, in) -> ops.scale(in[0], -1.5f), in -> zip(in[0], new double[] {-1.5}, (a, b) -> a * b));
        check.check("sum", shapes(s(3, 4)), (ops, in) -> ops.sum(in[0]), in -> new double[] {Arrays.stream(in[0]).sum()});
        check.check("mean", shapes(s(2, 3, 4)), (ops, in) -> ops.mean(in[0]), in -> new double[] {Arrays.stream(in[0]).average().orElseThrow()});
        check.check("sum of a transposed view", shapes(s(3, 4)), (ops, in) -> ops.sum(ops.permute(in[0], 1, 0)),
                in -> new double[] {Arrays.stream(in[0]).sum()});
        check.check("sum over the first axis", shapes(s(3, 4)), (ops, in) -> ops.sum(in[0], Shape.of(1, 4)), in -> {
            double[] out = new double[4];
            for (int i = 0; i < 12; i++) {
                out[i % 4] += in[0][i];
            }
            return out;
        });
    }

    @Test
    void viewsAndCopies() {
        check.check("slice, permute and reshape", shapes(s(4, 6)), (ops, in) -> {
            Tensor turned = ops.contiguous(ops.permute(ops.slice(in[0], 1, 1, 5), 1, 0)); // [4 columns, 4 rows]
            return ops.reshape(turned, 2, 8);
        }, in -> {
            double[] out = new double[16];
            Arrays.setAll(out, i -> in[0][i % 4 * 6 + 1 + i / 4]);
            return out;
        });
        check.check("overlapping slices", shapes(s(6, 2)), (ops, in) -> ops.multiply(ops.slice(in[0], 0, 0, 4), ops.slice(in[0], 0, 2, 6)), in -> {
            double[] out = new double[8];
            Arrays.setAll(out, i -> in[0][i] * in[0][i + 4]);
            return out;
        });
        check.check("a view of a result", shapes(s(3, 4), s(4, 4)), (ops, in) -> {
            Tensor product = ops.linear(in[0], in[1], null);
            return ops.add(ops.slice(product, 1, 0, 2), ops.slice(product, 1, 2, 4));
        }, in -> {
            double[] product = ReferenceMatrix.matmul(in[0], in[1], 3, 4, 4, false, true);
            double[] out = new double[6];
            Arrays.setAll(out, i -> product[i / 2 * 4 + i % 2] + product[i / 2 * 4 + i % 2 + 2]);
            return out;
        });
    }

    @Test
    void concatenation() {
        check.check("concat of rows", shapes(s(2, 3), s(1, 3), s(2, 3)), (ops, in) -> ops.concat(0, in[0], in[1], in[2], in[0]), in -> {
            double[] out = Arrays.copyOf(in[0], 21);
            System.arraycopy(in[1], 0, out, 6, 3);
            System.arraycopy(in[2], 0, out, 9, 6);
            System.arraycopy(in[0], 0, out, 15, 6);
            return out;
        });
        check.check("concat of columns", shapes(s(2, 3), s(2, 2)), (ops, in) -> ops.concat(-1, in[0], in[1]), in -> {
            double[] out = new double[10];
            Arrays.setAll(out, i -> i % 5 < 3 ? in[0][i / 5 * 3 + i % 5] : in[1][i / 5 * 2 + i % 5 - 3]);
            return out;
        });
    }

    @Test
    void reusedTensors() {
        check.check("x · x + x, twice", shapes(s(3, 4)), (ops, in) -> {
            Tensor y = ops.add(ops.multiply(in[0], in[0]), in[0]);
            return ops.add(ops.unary(UnaryOp.SIGMOID, y), ops.multiply(y, in[0]));
        }, in -> {
            double[] out = new double[12];
            Arrays.setAll(out, i -> {
                double x = in[0][i];
                double y = x * x + x;
                return 1 / (1 + Math.exp(-y)) + y * x;
            });
            return out;
        });
    }

    @Test
    void dropout() {
        double kept = 1 / 0.7;
        check.check("dropout", shapes(s(5, 8)), (ops, in) -> ops.dropout(in[0], 0.3f, 5, 6), in -> {
            double[] out = new double[40];
            Arrays.setAll(out, i -> Philox.uniform(5, 6, i) < 0.3f ? 0 : in[0][i] * kept);
            return out;
        });
        try (MemoryScope scope = backend.openScope("inference")) {
            Tensor x = scope.of(check.normal(4), 4);
            assertThat(new Ops(backend, scope).dropout(x, 0.3f, 5, 6)).as("no dropout without a tape").isSameAs(x);
        }
    }

    @Test
    void straightThroughPassesTheGradientOfItsValue() {
        try (MemoryScope scope = backend.openScope("step")) {
            Tape tape = new Tape(backend, scope);
            Ops ops = new Ops(backend, scope, tape);
            Tensor z = scope.of(new float[] {1, 2, 3}, 3);
            Tensor gradient = scope.of(new float[] {10, 10, 10}, 3);
            tape.watch(z, gradient);
            Tensor out = ops.straightThrough(z, scope.of(new float[] {4, 5, 6}, 3));
            assertThat(out.toFloatArray()).containsExactly(4, 5, 6);
            tape.backward(ops.sum(ops.multiply(out, out)));
            assertThat(gradient.toFloatArray()).as("10 + 2 · out").containsExactly(18, 20, 22);
        }
    }
}
