package org.xprompt4j.tests.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.xprompt4j.tests.contract.Workbench.wide;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AdamWSpec;
import org.xprompt4j.tests.Closeness;

/** Optimisers and the norms that they need. */
class OptimiserContractTest extends BackendContract {
    @Test
    void adamWFollowsTheFormula() {
        for (int n : new int[] {1, 7, 8, 33, 1009}) {
            Tensor weight = bench.input(n);
            Tensor first = bench.of(new float[n], n);
            Tensor second = bench.of(new float[n], n);
            double[] w = wide(weight);
            double[] m = new double[n];
            double[] v = new double[n];
            for (int step = 1; step <= 5; step++) {
                Tensor gradient = bench.input(n);
                float[] untouched = gradient.toFloatArray();
                AdamWSpec spec = new AdamWSpec(0.01f, 0.9f, 0.95f, 1e-8f, 0.1f, step);
                for (int i = 0; i < n; i++) {
                    double g = 0.5 * untouched[i];
                    m[i] = spec.beta1() * m[i] + (1 - (double) spec.beta1()) * g;
                    v[i] = spec.beta2() * v[i] + (1 - (double) spec.beta2()) * g * g;
                    w[i] -= w[i] * spec.lr() * spec.weightDecay();
                    w[i] -= spec.lr() * (m[i] / (1 - Math.pow(spec.beta1(), step)))
                            / (Math.sqrt(v[i] / (1 - Math.pow(spec.beta2(), step))) + spec.eps());
                }
                backend.adamW(spec, weight, gradient, first, second, bench.of(new float[] {0.5f}, 1));
                assertThat(gradient.toFloatArray()).as("the gradient stays").containsExactly(untouched);
            }
            Closeness.of(bench.describe("adamW weight of " + n), w, weight.toFloatArray()).within(2e-6, 1e-7);
            Closeness.of(bench.describe("adamW first moment of " + n), m, first.toFloatArray()).within(2e-6, 1e-7);
            Closeness.of(bench.describe("adamW second moment of " + n), v, second.toFloatArray()).within(3e-6, 1e-9);
        }
    }

    @Test
    void sumOfSquaresIsAccumulatedInDouble() {
        for (int n : new int[] {1, 3, 17, 4099, 300_007}) {
            Tensor x = bench.input(n);
            double expected = Arrays.stream(wide(x)).map(v -> v * v).sum();
            assertThat(backend.sumOfSquares(x)).as(bench.describe("sumOfSquares of " + n)).isCloseTo(expected,
                    Offset.offset(1e-12 * expected + 1e-30));
        }
    }

    @Test
    void muonFollowsTheFormula() {
        float beta = 0.95f;
        for (int n : new int[] {1, 7, 8, 33, 1009, 33_001}) {
            Tensor gradient = bench.input(n);
            Tensor momentum = bench.input(n);
            Tensor direction = bench.output(n);
            Tensor weight = bench.input(n);
            Tensor update = bench.input(n);
            double[] b = wide(momentum);
            double[] g = wide(gradient);
            double[] d = new double[n];
            double[] w = wide(weight);
            for (int i = 0; i < n; i++) {
                b[i] = beta * b[i] + 0.3f * g[i];
                d[i] = 0.3f * g[i] + beta * b[i];
                w[i] = 0.99f * w[i] - 0.02f * wide(update)[i];
            }
            Tensor factor = bench.of(new float[] {0.3f}, 1);
            backend.muonDirection(beta, gradient, factor, momentum, direction);
            backend.combine(0.99f, -0.02f, update, factor, weight);
            Closeness.of(bench.describe("muonDirection, momentum of " + n), b, momentum.toFloatArray()).within(1e-6, 1e-6);
            Closeness.of(bench.describe("muonDirection of " + n), d, direction.toFloatArray()).within(1e-6, 1e-6);
            Closeness.of(bench.describe("combine, gated, of " + n), w, weight.toFloatArray()).within(1e-6, 1e-6);
        }
    }

    @Test
    void aFactorThatIsNotFiniteMovesNothing() {
        int n = 77;
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            Tensor factor = bench.of(new float[] {bad}, 1);
            Tensor gradient = bench.of(new float[n], n);
            backend.fill(gradient, Float.NaN);
            Tensor[] state = {bench.input(n), bench.input(n), bench.input(n), bench.input(n), bench.input(n)};
            float[][] before = Arrays.stream(state).map(Tensor::toFloatArray).toArray(float[][]::new);
            Tensor direction = bench.output(n);
            backend.adamW(new AdamWSpec(0.1f, 0.9f, 0.95f, 1e-8f, 0.1f, 3), state[0], gradient, state[1], state[2], factor);
            backend.muonDirection(0.9f, gradient, factor, state[3], direction);
            backend.combine(0.9f, 0.1f, gradient, factor, state[4]);
            for (int i = 0; i < state.length; i++) {
                assertThat(state[i].toFloatArray()).as(bench.describe("state " + i + " with factor " + bad)).containsExactly(before[i]);
            }
            assertThat(direction.toFloatArray()).as(bench.describe("direction")).containsOnly(0f);
        }
    }

    @Test
    void gradientNorm() {
        for (int n : new int[] {1, 3, 17, 4099, 300_007}) {
            Tensor gradient = bench.input(n);
            double expected = Math.sqrt(Arrays.stream(wide(gradient)).map(v -> v * v).sum());
            for (double maximum : new double[] {0, expected / 3, expected * 2}) {
                Tensor factor = bench.output(1);
                double[] report = report(maximum, gradient, 2.5f, factor);
                assertThat(report[0]).as(bench.describe("norm of " + n)).isCloseTo(expected, Offset.offset(1e-12 * expected));
                assertThat(report[1]).as("loss").isEqualTo(2.5);
                assertThat(factor.item()).as(bench.describe("factor of " + n + " for at most " + maximum))
                        .isEqualTo(maximum == 0 ? 1 : (float) Math.min(1, maximum / (report[0] + 1e-6)));
            }
        }
    }

    @Test
    void aDivergedStepHasNoFactor() {
        for (float[] broken : new float[][] {{Float.NaN, 1}, {Float.NEGATIVE_INFINITY, 1}, {1, Float.NaN}, {1, Float.POSITIVE_INFINITY}}) {
            float[] values = bench.normal(1000);
            values[700] = broken[0];
            Tensor factor = bench.output(1);
            report(1, bench.of(values, 1000), broken[1], factor);
            assertThat(factor.item()).as(bench.describe("factor of " + Arrays.toString(broken))).isNaN();
        }
    }

    private double[] report(double maximum, Tensor gradient, float loss, Tensor factor) {
        Tensor report = bench.scope.allocate(DType.I64, 2);
        backend.gradientNorm(maximum, gradient, bench.of(new float[] {loss}, 1), report, factor);
        long[] bits = new long[2];
        report.storage().read(report.offset() * Long.BYTES, MemorySegment.ofArray(bits));
        return new double[] {Double.longBitsToDouble(bits[0]), Double.longBitsToDouble(bits[1])};
    }

    @Test
    void normalise() {
        for (int n : new int[] {1, 5, 255, 257, 4099}) {
            Tensor x = bench.input(n);
            Tensor out = bench.output(n);
            double norm = Math.sqrt(Arrays.stream(wide(x)).map(v -> v * v).sum());
            double[] expected = Arrays.stream(wide(x)).map(v -> v / (norm + 0.01)).toArray();
            backend.normalise(0.01, x, out);
            Closeness.of(bench.describe("normalise " + n), expected, out.toFloatArray()).within(1e-6, 1e-9);
            backend.normalise(0.01, x, x);
            assertThat(x.toFloatArray()).as(bench.describe("in place")).containsExactly(out.toFloatArray());
        }
        Tensor zeros = bench.of(new float[9], 9);
        backend.normalise(1e-7, zeros, zeros);
        assertThat(zeros.toFloatArray()).as(bench.describe("zeros stay")).containsOnly(0f);
    }
}
