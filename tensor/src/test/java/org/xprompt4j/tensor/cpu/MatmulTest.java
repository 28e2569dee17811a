package org.xprompt4j.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Activation;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.MatmulSpec;

class MatmulTest {
    private static final int L = Lanes.COUNT;
    private static final int[] SIZES = {1, 2, 3, 5, 7, L - 1, L, L + 1, 2 * L - 1, 2 * L, 2 * L + 1, 31, 64, 67, 97, 129, 257, 300};

    @Test
    void everyOrderOnAwkwardSizes() {
        long seed = 41;
        Philox sizes = new Philox(seed, 1 << 20);
        for (int round = 0; round < 256; round++) {
            int m = SIZES[Math.floorMod(sizes.nextInt(), SIZES.length)];
            int n = SIZES[Math.floorMod(sizes.nextInt(), SIZES.length)];
            int k = round == 0 ? 700 : SIZES[Math.floorMod(sizes.nextInt(), SIZES.length)];
            HostTensors data = new HostTensors(seed + round);
            boolean transposeA = (round & 1) != 0;
            boolean transposeB = (round & 2) != 0;
            boolean accumulate = (round & 4) != 0;
            DType weights = (round & 8) != 0 ? DType.BF16 : DType.F32;
            Tensor a = transposeA ? data.random(k, m) : data.random(m, k);
            Tensor b = transposeB ? data.random(weights, n, k) : data.random(weights, k, n);
            Epilogue epilogue = accumulate ? Epilogue.NONE : new Epilogue(
                    (round & 16) != 0 ? data.random(weights, n) : null,
                    (round & 32) != 0 ? Activation.SILU : Activation.NONE,
                    (round & 64) != 0 ? data.random(m, n) : null,
                    (round & 128) != 0 ? data.random(m, n) : null);
            Tensor out = accumulate ? data.random(m, n) : data.poisoned(m, n);
            double[] expected = reference(transposeA, transposeB, a, b, epilogue, accumulate ? out : null, m, n, k);
            MatmulSpec spec = new MatmulSpec(transposeA, transposeB, accumulate);
            Matmul.forward(spec, a, b, epilogue, out);
            HostTensors.assertClose(spec + " " + weights + " m=" + m + " n=" + n + " k=" + k + " seed " + (seed + round), out, expected,
                    2e-6 * (1 + Math.sqrt(k)), 1e-5);
        }
    }

    @Test
    void emptySumWritesTheEpilogue() {
        HostTensors data = new HostTensors(5);
        Tensor bias = data.random(7);
        Tensor out = data.poisoned(3, 7);
        Matmul.forward(MatmulSpec.NN, data.empty(DType.F32, 3, 0), data.empty(DType.F32, 0, 7), Epilogue.bias(bias), out);
        assertThat(out.select(0, 2).toFloatArray()).isEqualTo(bias.toFloatArray());
    }

    @Test
    void residualMayBeTheOutput() {
        HostTensors data = new HostTensors(6);
        Tensor a = data.random(70, 33);
        Tensor b = data.random(33, 45);
        Tensor out = data.random(70, 45);
        double[] expected = reference(false, false, a, b, Epilogue.NONE, out, 70, 45, 33);
        Matmul.forward(MatmulSpec.NN, a, b, Epilogue.residual(out), out);
        HostTensors.assertClose("residual in place", out, expected, 1e-5, 1e-5);
    }

    /** The same operation inside a task runs on one thread: the bits must not change. */
    @Test
    void threadsChangeNothing() {
        HostTensors data = new HostTensors(8);
        Tensor a = data.random(301, 520);
        Tensor b = data.random(203, 520);
        Tensor many = data.poisoned(301, 203);
        Tensor one = data.poisoned(301, 203);
        Matmul.forward(MatmulSpec.NT, a, b, Epilogue.NONE, many);
        WorkerPool.shared().parallelFor(2, task -> {
            if (task == 0) {
                Matmul.forward(MatmulSpec.NT, a, b, Epilogue.NONE, one);
            }
        });
        assertThat(one.toFloatArray()).isEqualTo(many.toFloatArray());
    }

    /** The decode regime: a row's bits do not depend on how many rows there are, on what they hold, or on the thread count. */
    @Test
    void aRowKeepsItsBitsInAnyCompany() {
        for (DType weights : new DType[] {DType.F32, DType.BF16}) {
            for (int k : new int[] {1, L - 1, L, 2 * L + 1, 191, 384, 1000}) {
                HostTensors data = new HostTensors(k);
                int n = 4 * L + 3;
                Tensor a = data.random(64, k);
                Tensor b = data.random(weights, n, k);
                Tensor up = data.random(64, n);
                Tensor all = data.poisoned(64, n);
                Matmul.forward(MatmulSpec.NT, a, b, Epilogue.swiGlu(up), all);
                HostTensors.assertClose("k=" + k, all, reference(false, true, a, b, Epilogue.swiGlu(up), null, 64, n, k),
                        4e-6 * (1 + Math.sqrt(k)), 1e-5);
                for (int m : new int[] {1, 2, 3, 8, 33, 63}) {
                    Tensor some = data.poisoned(m, n);
                    Matmul.forward(MatmulSpec.NT, a.slice(0, 64 - m, 64), b, Epilogue.swiGlu(up.slice(0, 64 - m, 64)), some);
                    assertThat(some.toFloatArray()).as("%d rows, k=%d", m, k).isEqualTo(all.slice(0, 64 - m, 64).toFloatArray());
                }
            }
        }
    }

    static double[] reference(boolean transposeA, boolean transposeB, Tensor a, Tensor b, Epilogue e, Tensor added, int m, int n, int k) {
        float[] x = a.toFloatArray();
        float[] y = b.toFloatArray();
        float[] bias = values(e.bias());
        float[] multiplier = values(e.multiplier());
        float[] residual = values(added != null ? added : e.residual());
        double[] out = new double[m * n];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                double sum = bias == null ? 0 : bias[j];
                for (int p = 0; p < k; p++) {
                    sum += (double) x[transposeA ? p * m + i : i * k + p] * y[transposeB ? j * k + p : p * n + j];
                }
                if (e.activation() == Activation.SILU) {
                    sum /= 1 + Math.exp(-sum);
                }
                sum *= multiplier == null ? 1 : multiplier[i * n + j];
                out[i * n + j] = sum + (residual == null ? 0 : residual[i * n + j]);
            }
        }
        return out;
    }

    private static float[] values(Tensor tensor) {
        return tensor == null ? null : tensor.toFloatArray();
    }
}
