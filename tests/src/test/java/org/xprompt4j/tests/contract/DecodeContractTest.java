package org.xprompt4j.tests.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Activation;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.MatmulSpec;
import org.xprompt4j.tensor.op.QkNormRopeSpec;
import org.xprompt4j.tensor.op.SamplingSpec;

/** In the decode regime a row's bits do not depend on the rows beside it: any batch of 1 to 64 rows gives what one row gives. */
class DecodeContractTest extends BackendContract {
    private static final int ROWS = 64;
    private static final int[] BATCHES = {2, 3, 4, 5, 7, 8, 13, 16, 17, 31, 32, 33, 63, 64};

    /** Runs rows from..to of something on a tensor of their results [to - from, ...]. */
    private interface Rows {
        Tensor compute(int from, int to);
    }

    private void sameBits(String what, Rows rows) {
        float[][] alone = new float[ROWS][];
        for (int row = 0; row < ROWS; row++) {
            alone[row] = rows.compute(row, row + 1).toFloatArray();
        }
        for (int batch : BATCHES) {
            int from = ROWS == batch ? 0 : bench.between(0, ROWS - batch);
            Tensor out = rows.compute(from, from + batch);
            for (int row = 0; row < batch; row++) {
                assertThat(out.select(0, row).toFloatArray()).as(bench.describe(what + ": row " + row + " in a batch of " + batch))
                        .containsExactly(alone[from + row]);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"F32", "BF16"})
    void matmul(DType weightType) {
        int[][] sizes = {{33, 31}, {192, 67}, {521, 259}, {17, 1031}}; // k, n
        for (int[] size : sizes) {
            int k = size[0];
            int n = size[1];
            Tensor a = bench.input(ROWS, k);
            Tensor weight = bench.input(weightType, n, k);
            Tensor bias = bench.input(n);
            Tensor up = bench.input(ROWS, n);
            Tensor residual = bench.input(ROWS, n);
            sameBits("matmul k=" + k + " n=" + n + " " + weightType, (from, to) -> {
                Tensor out = bench.output(to - from, n);
                backend.matmul(MatmulSpec.NT, a.slice(0, from, to), weight, Epilogue.NONE, out);
                return out;
            });
            sameBits("matmul with epilogue k=" + k + " n=" + n + " " + weightType, (from, to) -> {
                Tensor out = bench.output(to - from, n);
                backend.matmul(MatmulSpec.NT, a.slice(0, from, to), weight,
                        new Epilogue(bias, Activation.SILU, up.slice(0, from, to), residual.slice(0, from, to)), out);
                return out;
            });
        }
        Tensor a = bench.input(ROWS, 45);
        Tensor b = bench.input(weightType, 45, 83);
        sameBits("matmul of an untransposed weight", (from, to) -> {
            Tensor out = bench.output(to - from, 83);
            backend.matmul(MatmulSpec.NN, a.slice(0, from, to), b, Epilogue.NONE, out);
            return out;
        });
    }

    @Test
    void int8Matmul() {
        int[][] sizes = {{33, 31}, {192, 67}, {521, 259}, {17, 1031}}; // k, n
        for (int[] size : sizes) {
            int k = size[0];
            int n = size[1];
            Tensor a = bench.input(ROWS, k);
            Tensor weight = bench.int8Input(n, k);
            Tensor scales = bench.input(n);
            Tensor bias = bench.input(n);
            Tensor up = bench.input(ROWS, n);
            Tensor residual = bench.input(ROWS, n);
            sameBits("int8Matmul k=" + k + " n=" + n, (from, to) -> {
                Tensor out = bench.output(to - from, n);
                backend.int8Matmul(a.slice(0, from, to), weight, scales,
                        new Epilogue(bias, Activation.SILU, up.slice(0, from, to), residual.slice(0, from, to)), out);
                return out;
            });
        }
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"F32", "BF16"})
    void cachedAttention(DType cacheType) {
        int capacity = 131;
        Tensor q = bench.input(ROWS, 6, 24);
        Tensor keys = bench.input(cacheType, ROWS, capacity, 3, 24);
        Tensor values = bench.input(cacheType, ROWS, capacity, 3, 24);
        int[] lengths = new int[ROWS];
        for (int row = 0; row < ROWS; row++) {
            lengths[row] = bench.between(1, capacity);
        }
        Tensor length = bench.of(lengths, ROWS);
        sameBits("cachedAttention", (from, to) -> {
            Tensor out = bench.output(to - from, 6, 24);
            backend.cachedAttention(0.2f, q.slice(0, from, to), keys.slice(0, from, to), values.slice(0, from, to), length.slice(0, from, to), out);
            return out;
        });
    }

    @Test
    void normsAndGates() {
        Tensor x = bench.input(ROWS, 4, 26);
        Tensor up = bench.input(ROWS, 104);
        Tensor weight = bench.input(104);
        Tensor headWeight = bench.input(2, 26);
        Tensor headBias = bench.input(2, 26);
        Tensor positions = bench.ids(ROWS, 4096);
        sameBits("rmsNorm", (from, to) -> {
            Tensor out = bench.output(to - from, 104);
            backend.rmsNorm(1e-5f, x.slice(0, from, to).reshape(-1, 104), weight, out, null);
            return out;
        });
        sameBits("qkNormRope", (from, to) -> {
            Tensor out = bench.output(to - from, 1, 4, 26);
            backend.qkNormRope(new QkNormRopeSpec(1e-5f, 10_000), x.slice(0, from, to).reshape(-1, 1, 4, 26), headWeight, headBias,
                    positions.slice(0, from, to).reshape(-1, 1), out);
            return out;
        });
        sameBits("swiGlu", (from, to) -> {
            Tensor out = bench.output(to - from, 104);
            backend.swiGlu(x.slice(0, from, to).reshape(-1, 104), up.slice(0, from, to), out);
            return out;
        });
    }

    @Test
    void sample() {
        Tensor full = bench.input(ROWS, 523);
        Tensor imageOnly = bench.input(ROWS, 523);
        Tensor unconditional = bench.input(ROWS, 523);
        Tensor streams = bench.ids(ROWS, 9);
        Tensor positions = bench.ids(ROWS, 1000);
        SamplingSpec spec = new SamplingSpec(0.8f, 100, 0.9f, 4, 512, 3, 1.2f, 3);
        sameBits("sample", (from, to) -> {
            Tensor tokens = bench.intOutput(to - from);
            backend.sample(spec, full.slice(0, from, to), imageOnly.slice(0, from, to), unconditional.slice(0, from, to), streams.slice(0, from, to),
                    positions.slice(0, from, to), tokens);
            return tokens;
        });
    }
}
