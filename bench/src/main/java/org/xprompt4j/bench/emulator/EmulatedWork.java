package org.xprompt4j.bench.emulator;

import java.util.Arrays;
import java.util.List;

import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionMask;
import org.xprompt4j.tensor.op.AttentionSpec;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.MatmulSpec;
import org.xprompt4j.tensor.op.SamplingSpec;

/**
 * An operation whose kernels are run.
 *
 * @param name for people
 * @param tensorCores in which the device multiplies matrices
 * @param setup makes operands
 */
record EmulatedWork(String name, boolean tensorCores, Setup setup) {
    private static final float EPS = 1e-5f;

    /** Makes operands, the same ones on every device. */
    @FunctionalInterface
    interface Setup {
        Ready on(Operands operands);
    }

    /**
     * An operation with its operands.
     *
     * @param run computes it once
     * @param result what is compared with the reference: floats or ids
     */
    record Ready(Runnable run, Tensor result) {
    }

    /** Random operands on a device. */
    static final class Operands {
        private final Backend backend;
        private final MemoryScope scope;
        private int streams;

        Operands(Backend backend, MemoryScope scope) {
            this.backend = backend;
            this.scope = scope;
        }

        Backend backend() {
            return backend;
        }

        Tensor normal(long... dims) {
            Tensor tensor = scope.allocate(DType.F32, dims);
            return tensor.set(new Philox(1, streams++).gaussians(Math.toIntExact(tensor.numel())));
        }

        Tensor bf16(long... dims) {
            Tensor rounded = scope.allocate(DType.BF16, dims);
            backend.copy(normal(dims), rounded);
            return rounded;
        }

        Tensor empty(long... dims) {
            return scope.allocate(DType.F32, dims);
        }

        Tensor counts(int count) {
            int[] values = new int[count];
            Arrays.setAll(values, i -> i);
            return scope.allocate(DType.I32, count).set(values);
        }
    }

    /** What is measured, in this order. */
    static List<EmulatedWork> all() {
        return List.of(
                new EmulatedWork("matmul 192x192x192, f32", false, operands -> product(operands, operands.normal(192, 192))),
                new EmulatedWork("matmul 192x192x192, tensor cores", true, operands -> product(operands, operands.bf16(192, 192))),
                new EmulatedWork("attention 2x64 over 160 tokens, f32", false, EmulatedWork::attention),
                new EmulatedWork("attention 2x64 over 160 tokens, tensor cores", true, EmulatedWork::attention),
                new EmulatedWork("rms_norm 512x512", false, EmulatedWork::norm),
                new EmulatedWork("sample 4x8192, top-k 100", false, EmulatedWork::sample));
    }

    private static Ready product(Operands operands, Tensor weight) { // weight [n, k]
        Tensor a = operands.normal(192, 192); // [m, k]
        Tensor out = operands.empty(192, 192); // [m, n]
        return new Ready(() -> operands.backend.matmul(MatmulSpec.NT, a, weight, Epilogue.NONE, out), out);
    }

    private static Ready attention(Operands operands) {
        AttentionMask mask = AttentionMask.segmented(new int[] {70, 20, 70}, new boolean[][] {{true, true, true}, {true, true, true}, {false, true, true}});
        AttentionSpec spec = new AttentionSpec(0.125f, mask);
        Tensor q = operands.normal(1, 160, 2, 64); // [batch, seq, heads, headDim], as the next two
        Tensor k = operands.normal(1, 160, 2, 64);
        Tensor v = operands.normal(1, 160, 2, 64);
        Tensor out = operands.empty(1, 160, 2, 64);
        Tensor logSumExp = operands.empty(1, 2, 160); // [batch, heads, seq]
        return new Ready(() -> operands.backend.attention(spec, q, k, v, out, logSumExp), out);
    }

    private static Ready norm(Operands operands) {
        Tensor x = operands.normal(512, 512); // [rows, dim]
        Tensor weight = operands.normal(512); // [dim]
        Tensor out = operands.empty(512, 512); // [rows, dim]
        Tensor inverseRms = operands.empty(512); // [rows]
        return new Ready(() -> operands.backend.rmsNorm(EPS, x, weight, out, inverseRms), out);
    }

    private static Ready sample(Operands operands) {
        Tensor full = operands.normal(4, 8192); // [rows, vocab], as the next two
        Tensor imageOnly = operands.normal(4, 8192);
        Tensor unconditional = operands.normal(4, 8192);
        Tensor streams = operands.counts(4); // [rows], as the next two
        Tensor positions = operands.counts(4);
        Tensor tokens = operands.counts(4);
        SamplingSpec spec = new SamplingSpec(1, 100, 0.9f, 0, 8192, 1, 1.5f, 1.2f);
        return new Ready(() -> operands.backend.sample(spec, full, imageOnly, unconditional, streams, positions, tokens), tokens);
    }
}
