package org.xprompt4j.tensor.cpu;

import java.util.function.Consumer;

import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.scalar.ScalarBackend;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs one operation on the vector classes and on the scalar backend (float64 sums) and compares what both wrote. */
final class Agreement implements AutoCloseable {
    final Backend oracle = new ScalarBackend();
    final Backend vectors = new VectorBackend();
    final MemoryScope scope = vectors.openScope("test");
    final long seed;
    private final Philox random;

    Agreement(long seed) {
        this.seed = seed;
        random = new Philox(seed, 77);
    }

    /** Standard normal numbers. */
    Tensor normal(long... dims) {
        Tensor x = scope.allocate(DType.F32, dims);
        return x.set(random.gaussians(Math.toIntExact(x.numel())));
    }

    /** What an output holds before it is written. */
    Tensor poison(long... dims) {
        Tensor x = scope.allocate(DType.F32, dims);
        oracle.fill(x, Float.NaN);
        return x;
    }

    Tensor copy(Tensor x) {
        Tensor out = scope.allocate(x.dtype(), x.shape());
        oracle.copy(x, out);
        return out;
    }

    /**
     * Runs the operation twice, with fresh copies of the results each time.
     *
     * @param tolerance largest allowed |difference| / (1 + |expected|)
     * @param results what the operation writes or adds to
     */
    void check(String what, double tolerance, Consumer<Run> operation, Tensor... results) {
        Tensor[] expected = new Tensor[results.length];
        Tensor[] actual = new Tensor[results.length];
        for (int i = 0; i < results.length; i++) {
            expected[i] = copy(results[i]);
            actual[i] = copy(results[i]);
        }
        operation.accept(new Run(oracle, expected));
        operation.accept(new Run(vectors, actual));
        for (int i = 0; i < results.length; i++) {
            close(what + ", result " + i, tolerance, expected[i].toFloatArray(), actual[i].toFloatArray());
        }
    }

    /** The backend of one run and its results. */
    record Run(Backend backend, Tensor[] results) {
        Tensor out(int i) {
            return results[i];
        }
    }

    void close(String what, double tolerance, float[] expected, float[] actual) {
        double worst = 0;
        int at = -1;
        for (int i = 0; i < expected.length; i++) {
            double error = Float.compare(expected[i], actual[i]) == 0 ? 0 : Math.abs(expected[i] - actual[i]) / (1.0 + Math.abs(expected[i]));
            if (!(error <= worst)) {
                worst = error;
                at = i;
            }
        }
        assertThat(worst)
                .as("%s: largest error %.3g at element %d (expected %s, got %s), %.0f %% of the tolerance, seed %d, %d bits", what, worst, at,
                        at < 0 ? "" : expected[at], at < 0 ? "" : actual[at], 100 * worst / tolerance, seed, Lanes.FLOATS.vectorBitSize())
                .isLessThanOrEqualTo(tolerance);
    }

    @Override
    public void close() {
        scope.close();
        vectors.close();
        oracle.close();
    }
}
