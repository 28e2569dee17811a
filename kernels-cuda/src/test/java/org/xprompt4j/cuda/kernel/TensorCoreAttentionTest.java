package org.xprompt4j.cuda.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xprompt4j.cuda.driver.EmulatedDriver;
import org.xprompt4j.cuda.emulator.CheckLevel;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionMask;
import org.xprompt4j.tensor.op.AttentionSpec;

/** Attention on the tensor cores, forward and backward, against float64 sums over the same rounded operands. */
class TensorCoreAttentionTest {
    private static final double ROUNDING = 1.0 / 256; // of a probability or a score's gradient: one rounding to bf16, and the float sums
    private static final double FLOAT = 2e-5; // of what is added and taken away before that rounding

    private static Kernels kernels;
    private static Attention attention;

    @BeforeAll
    static void open() {
        kernels = new Kernels(new EmulatedDriver(CheckLevel.CHECK), Precision.BF16);
        attention = new Attention(kernels);
    }

    @AfterAll
    static void close() {
        kernels.close();
    }

    /** One attention with everything that the reference needs. */
    private record Case(int batch, int heads, int kvHeads, int dim, AttentionMask mask, DType type, long seed) {
        int queries() {
            return mask.queries();
        }

        int keys() {
            return mask.keys();
        }

        float scale() {
            return (float) (1 / Math.sqrt(dim));
        }

        int q(int b, int i, int h) {
            return ((b * queries() + i) * heads + h) * dim;
        }

        int k(int b, int j, int h) {
            return ((b * keys() + j) * kvHeads + h * kvHeads / heads) * dim;
        }
    }

    private static AttentionMask mask(String name) {
        return switch (name) {
            case "causal" -> AttentionMask.causal(70);
            case "suffix" -> AttentionMask.causal(35, 133);
            case "full" -> AttentionMask.full(65, 63);
            case "one" -> AttentionMask.causal(1);
            case "xprompt" -> AttentionMask.segmented(new int[] {71, 5, 60}, new boolean[][] {{true, true, true}, {true, true, true}, {false, true, true}});
            case "packed" -> AttentionMask.segmented(new int[] {40, 0, 31, 70}, new boolean[][] {{true, false, false, false}, {false, true, false, false},
                    {false, false, true, false}, {true, false, false, true}}).lastQueries(100);
            default -> throw new IllegalArgumentException(name);
        };
    }

    @ParameterizedTest
    @CsvSource({"causal, 1, 2, 1, 64, F32", "suffix, 1, 1, 1, 33, F32", "full, 2, 1, 1, 5, F32", "one, 1, 3, 3, 1, F32", "xprompt, 1, 4, 2, 32, BF16",
            "packed, 1, 1, 1, 128, BF16", "xprompt, 1, 1, 1, 127, F32", "packed, 1, 2, 1, 31, BF16", "suffix, 1, 1, 1, 129, F32", "causal, 1, 1, 1, 256, BF16"})
    void equalsTheSumsOfItsRoundedOperands(String mask, int batch, int heads, int kvHeads, int dim, DType type) {
        run(new Case(batch, heads, kvHeads, dim, mask(mask), type, dim * 7L + heads));
    }

    @Test
    void randomSegments() {
        for (int seed = 0; seed < 6; seed++) {
            Philox random = new Philox(seed, 99);
            int n = 1 + random.nextInt(4);
            int[] lengths = new int[n];
            boolean[][] sees = new boolean[n][n];
            for (int s = 0; s < n; s++) {
                lengths[s] = 1 + random.nextInt(60);
                for (int k = 0; k <= s; k++) {
                    sees[s][k] = k == s || random.nextInt(2) == 0;
                }
            }
            AttentionMask whole = AttentionMask.segmented(lengths, sees);
            run(new Case(1, 2, 1, 1 + random.nextInt(40), whole.lastQueries(1 + random.nextInt(whole.keys())), seed % 2 == 0 ? DType.F32 : DType.BF16, seed));
        }
    }

    private static float[] normal(Philox random, int n, boolean rounded) {
        return rounded ? Bf16Numbers.normal(random, n, 1) : random.gaussians(n);
    }

    private static void run(Case c) {
        Philox random = new Philox(20_261_126, c.seed);
        boolean bf16 = c.type == DType.BF16;
        int qs = c.batch * c.queries() * c.heads * c.dim;
        int ks = c.batch * c.keys() * c.kvHeads * c.dim;
        float[] q = normal(random, qs, bf16);
        float[] k = normal(random, ks, bf16);
        float[] v = normal(random, ks, bf16);
        float[] dOut = normal(random, qs, bf16);
        float[][] before = {normal(random, qs, bf16), normal(random, ks, bf16), normal(random, ks, bf16)};
        AttentionSpec spec = new AttentionSpec(c.scale(), c.mask);
        try (MemoryScope scope = new MemoryScope("test", kernels.pool())) {
            long[] qShape = {c.batch, c.queries(), c.heads, c.dim};
            long[] kShape = {c.batch, c.keys(), c.kvHeads, c.dim};
            Tensor qT = scope.allocate(c.type, qShape).set(q);
            Tensor kT = scope.allocate(c.type, kShape).set(k);
            Tensor vT = scope.allocate(c.type, kShape).set(v);
            Tensor dOutT = scope.allocate(c.type, qShape).set(dOut);
            Tensor out = scope.allocate(c.type, qShape).set(filled(qs));
            Tensor lse = scope.allocate(DType.F32, c.batch, c.heads, c.queries()).set(filled(c.batch * c.heads * c.queries()));
            attention.forward(spec, qT, kT, vT, out, lse);
            Tensor[] gradients = {scope.allocate(c.type, qShape).set(before[0]), scope.allocate(c.type, kShape).set(before[1]),
                    scope.allocate(c.type, kShape).set(before[2])};
            attention.backward(spec, qT, kT, vT, out, lse, dOutT, gradients[0], gradients[1], gradients[2]);
            compare(c, q, k, v, dOut, out.toFloatArray(), lse.toFloatArray(), before,
                    new float[][] {gradients[0].toFloatArray(), gradients[1].toFloatArray(), gradients[2].toFloatArray()});
        }
    }

    private static float[] filled(int n) {
        float[] poison = new float[n];
        Arrays.fill(poison, Float.NaN);
        return poison;
    }

    private static double[] rounded(float[] x) {
        double[] out = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            out[i] = Bf16Numbers.round(x[i]);
        }
        return out;
    }

    /** A sum with the sum of its absolute terms, weighted by how exactly each is known. */
    private static final class Sums {
        private final double[] value;
        private final double[] slack;

        Sums(int n) {
            value = new double[n];
            slack = new double[n];
        }

        void add(int at, double term, double error) {
            value[at] += term;
            slack[at] += error;
        }
    }

    private static void compare(Case c, float[] qIn, float[] kIn, float[] vIn, float[] dOutIn, float[] out, float[] lse, float[][] before, float[][] after) {
        double[] q = rounded(qIn);
        double[] k = rounded(kIn);
        double[] v = rounded(vIn);
        double[] g = rounded(dOutIn);
        Sums o = new Sums(q.length);
        Sums dQ = new Sums(q.length);
        Sums dK = new Sums(k.length);
        Sums dV = new Sums(k.length);
        double scale = c.scale();
        for (int b = 0; b < c.batch; b++) {
            for (int h = 0; h < c.heads; h++) {
                for (int i = 0; i < c.queries(); i++) {
                    int qAt = c.q(b, i, h);
                    double[] s = new double[c.keys()];
                    double max = Double.NEGATIVE_INFINITY;
                    for (int j = 0; j < c.keys(); j++) {
                        s[j] = c.mask.allows(i, j) ? scale * dot(q, qAt, k, c.k(b, j, h), c.dim) : Double.NEGATIVE_INFINITY;
                        max = Math.max(max, s[j]);
                    }
                    double mass = 0;
                    for (double x : s) {
                        mass += Math.exp(x - max);
                    }
                    double expected = max + Math.log(mass);
                    assertThat((double) lse[(b * c.heads + h) * c.queries() + i]).as("logSumExp of query %d in %s", i, c)
                            .isCloseTo(expected, org.assertj.core.api.Assertions.within(1e-4 * (1 + Math.abs(expected))));
                    double product = 0; // as the kernel computes it, from the output that it was given
                    double absolute = 0;
                    for (int d = 0; d < c.dim; d++) {
                        product += (double) dOutIn[qAt + d] * out[qAt + d];
                        absolute += Math.abs((double) dOutIn[qAt + d] * out[qAt + d]);
                    }
                    for (int j = 0; j < c.keys(); j++) {
                        if (s[j] == Double.NEGATIVE_INFINITY) {
                            continue;
                        }
                        double p = Math.exp(s[j] - max) / mass;
                        int kAt = c.k(b, j, h);
                        double dP = dot(g, qAt, v, kAt, c.dim);
                        double dS = p * (dP - product);
                        double error = ROUNDING * Math.abs(dS) + FLOAT * p * (1 + Math.abs(dP) + absolute);
                        for (int d = 0; d < c.dim; d++) {
                            o.add(qAt + d, p * v[kAt + d], (ROUNDING + FLOAT) * p * Math.abs(v[kAt + d]));
                            dV.add(kAt + d, p * g[qAt + d], (ROUNDING + FLOAT) * p * Math.abs(g[qAt + d]));
                            dQ.add(qAt + d, scale * dS * k[kAt + d], scale * error * Math.abs(k[kAt + d]));
                            dK.add(kAt + d, scale * dS * q[qAt + d], scale * error * Math.abs(q[qAt + d]));
                        }
                    }
                }
            }
        }
        double stored = c.type == DType.BF16 ? ROUNDING : 1e-6; // of the element as it is stored
        check(c, "out", o, new float[out.length], out, stored);
        List<Sums> sums = List.of(dQ, dK, dV);
        for (int t = 0; t < 3; t++) {
            check(c, List.of("dQ", "dK", "dV").get(t), sums.get(t), before[t], after[t], stored);
        }
    }

    private static double dot(double[] a, int aAt, double[] b, int bAt, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += a[aAt + i] * b[bAt + i];
        }
        return sum;
    }

    private static void check(Case c, String name, Sums expected, float[] before, float[] actual, double stored) {
        double worst = 0;
        int at = 0;
        for (int i = 0; i < actual.length; i++) {
            double value = before[i] + expected.value[i];
            double bound = expected.slack[i] + stored * (Math.abs(value) + Math.abs(before[i])) + 1e-6;
            double share = Math.abs(actual[i] - value) / bound;
            if (!(share <= worst)) {
                worst = share;
                at = i;
            }
        }
        assertThat(worst).as("%s of %s: worst element %d is %g, expected %g; %.0f %% of the bound", name, c, at, actual[at], before[at] + expected.value[at],
                100 * worst).isLessThanOrEqualTo(1);
    }
}
