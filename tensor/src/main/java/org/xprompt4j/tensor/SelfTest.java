package org.xprompt4j.tensor;

import java.util.ArrayList;
import java.util.List;

import org.xprompt4j.tensor.op.AttentionMask;
import org.xprompt4j.tensor.op.AttentionSpec;
import org.xprompt4j.tensor.op.Conv2dSpec;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.MatmulSpec;
import org.xprompt4j.tensor.op.SamplingSpec;

/**
 * A quick look whether a device computes right: a handful of operations at odd sizes against float64 loops. It finds a broken driver,
 * processor or build; the tests of the project find more.
 */
public final class SelfTest {
    /**
     * What came of one operation.
     *
     * @param operation its name in {@link Backend}
     * @param error largest difference, as a share of the largest value
     * @param bound what is allowed
     */
    public record Check(String operation, double error, double bound) {
        /** True when the error is within the bound; an error that is no number is not. */
        public boolean passed() {
            return error <= bound;
        }
    }

    private final Backend backend;
    private final double bound;
    private final Philox random = new Philox(20_261_126, 0);
    private final List<Check> checks = new ArrayList<>();

    private SelfTest(Backend backend, double bound) {
        this.backend = backend;
        this.bound = bound;
    }

    /**
     * Runs all checks.
     *
     * @param bound of the errors of operations with sums: 1e-5 for a device that multiplies floats, 2e-2 for one that rounds operands to bf16
     */
    public static List<Check> run(Backend backend, double bound) {
        SelfTest test = new SelfTest(backend, bound);
        try (MemoryScope scope = backend.openScope("self-test")) {
            test.matmul(scope);
            test.rmsNorm(scope);
            test.attention(scope);
            test.conv2d(scope);
            test.nearestCode(scope);
            test.sample(scope);
        }
        return List.copyOf(test.checks);
    }

    private void compare(String operation, double[] expected, Tensor actual, double allowed) {
        float[] values = actual.toFloatArray();
        double largest = 0;
        double error = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            double difference = Math.abs(values[i] - expected[i]);
            error = difference <= error ? error : difference; // a NaN stays
        }
        checks.add(new Check(operation, error / largest, allowed));
    }

    private void matmul(MemoryScope scope) {
        int m = 67;
        int n = 45;
        int k = 131;
        float[] a = random.gaussians(m * k);
        float[] b = random.gaussians(n * k);
        Tensor out = scope.allocate(DType.F32, m, n);
        backend.matmul(MatmulSpec.NT, scope.of(a, m, k), scope.of(b, n, k), Epilogue.NONE, out);
        double[] expected = new double[m * n];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                expected[i * n + j] = dot(a, i * k, b, j * k, k);
            }
        }
        compare("matmul", expected, out, bound);
    }

    private static double dot(float[] a, int aAt, float[] b, int bAt, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += (double) a[aAt + i] * b[bAt + i];
        }
        return sum;
    }

    private void rmsNorm(MemoryScope scope) {
        int rows = 5;
        int dim = 131;
        float[] x = random.gaussians(rows * dim);
        float[] weight = random.gaussians(dim);
        Tensor out = scope.allocate(DType.F32, rows, dim);
        backend.rmsNorm(1e-5f, scope.of(x, rows, dim), scope.of(weight, dim), out, null);
        double[] expected = new double[rows * dim];
        for (int row = 0; row < rows; row++) {
            double inverse = 1 / Math.sqrt(dot(x, row * dim, x, row * dim, dim) / dim + 1e-5);
            for (int i = 0; i < dim; i++) {
                expected[row * dim + i] = weight[i] * x[row * dim + i] * inverse;
            }
        }
        compare("rmsNorm", expected, out, 1e-5);
    }

    private void attention(MemoryScope scope) {
        AttentionMask mask = AttentionMask.segmented(new int[] {19, 3, 21}, new boolean[][] {{true, true, true}, {true, true, true}, {false, true, true}});
        int seq = mask.keys();
        int dim = 24;
        float[] q = random.gaussians(seq * dim);
        float[] k = random.gaussians(seq * dim);
        float[] v = random.gaussians(seq * dim);
        float scale = 0.2f;
        Tensor out = scope.allocate(DType.F32, 1, seq, 1, dim);
        backend.attention(new AttentionSpec(scale, mask), scope.of(q, 1, seq, 1, dim), scope.of(k, 1, seq, 1, dim), scope.of(v, 1, seq, 1, dim), out, null);
        double[] expected = new double[seq * dim];
        for (int i = 0; i < seq; i++) {
            double[] weights = new double[seq];
            double mass = 0;
            for (int j = 0; j < seq; j++) {
                weights[j] = mask.allows(i, j) ? Math.exp(scale * dot(q, i * dim, k, j * dim, dim)) : 0;
                mass += weights[j];
            }
            for (int j = 0; j < seq; j++) {
                for (int c = 0; c < dim; c++) {
                    expected[i * dim + c] += weights[j] / mass * v[j * dim + c];
                }
            }
        }
        compare("attention", expected, out, bound);
    }

    private void conv2d(MemoryScope scope) {
        int side = 7;
        int in = 5;
        int channels = 9;
        float[] x = random.gaussians(side * side * in);
        float[] weight = random.gaussians(channels * in * 9);
        Tensor out = scope.allocate(DType.F32, 1, side, side, channels);
        backend.conv2d(new Conv2dSpec(1, 1, 1, 1, 1), scope.of(x, 1, side, side, in), scope.of(weight, channels, in, 3, 3), null, null, out);
        double[] expected = new double[side * side * channels];
        for (int at = 0; at < expected.length; at++) {
            int channel = at % channels;
            int column = at / channels % side;
            int row = at / channels / side;
            for (int tap = 0; tap < 9; tap++) {
                int y = row + tap / 3 - 1;
                int z = column + tap % 3 - 1;
                for (int c = 0; c < in && y >= 0 && y < side && z >= 0 && z < side; c++) {
                    expected[at] += (double) x[(y * side + z) * in + c] * weight[(channel * in + c) * 9 + tap];
                }
            }
        }
        compare("conv2d", expected, out, bound);
    }

    /** Vectors near known entries of a codebook: the right index is beyond doubt. */
    private void nearestCode(MemoryScope scope) {
        int rows = 33;
        int codes = 61;
        int dim = 13;
        float[] book = random.gaussians(codes * dim);
        float[] z = new float[rows * dim];
        int[] right = new int[rows];
        for (int row = 0; row < rows; row++) {
            right[row] = random.nextInt(codes);
            for (int i = 0; i < dim; i++) {
                z[row * dim + i] = book[right[row] * dim + i] + 0.05f * random.nextGaussian();
            }
        }
        Tensor found = scope.allocate(DType.I32, rows);
        backend.nearestCode(scope.of(z, rows, dim), scope.of(book, codes, dim), found);
        exact("nearestCode", right, found.toIntArray());
    }

    private void sample(MemoryScope scope) {
        int rows = 3;
        int vocab = 517;
        float[] logits = random.gaussians(rows * vocab);
        int[] right = new int[rows];
        for (int row = 0; row < rows; row++) {
            right[row] = random.nextInt(vocab);
            logits[row * vocab + right[row]] = 20;
        }
        Tensor tokens = scope.allocate(DType.I32, rows);
        backend.sample(new SamplingSpec(1, 40, 0.9f, 0, vocab, 7, 0, 1), scope.of(logits, rows, vocab), null, null, scope.of(new int[rows], rows),
                scope.of(new int[rows], rows), tokens);
        exact("sample", right, tokens.toIntArray());
    }

    private void exact(String operation, int[] expected, int[] actual) {
        int wrong = 0;
        for (int i = 0; i < expected.length; i++) {
            wrong += expected[i] == actual[i] ? 0 : 1;
        }
        checks.add(new Check(operation, (double) wrong / expected.length, 0));
    }
}
