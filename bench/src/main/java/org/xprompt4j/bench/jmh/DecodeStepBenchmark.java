package org.xprompt4j.bench.jmh;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.xprompt4j.bench.work.DecodeStep;
import org.xprompt4j.tensor.DType;

/** One token of decoding: every weight is read once, so the rate to look at is that of bytes. */
public class DecodeStepBenchmark extends OperationBenchmark {
    /** {@code standard} or {@code small}. */
    @Param("standard")
    public String size;

    /** Type of the weights of matrices. */
    @Param({"F32", "BF16", "I8"})
    public DType weights;

    private DecodeStep step;

    private DecodeStep.Size sizes() {
        return switch (size) {
            case "standard" -> DecodeStep.Size.STANDARD;
            case "small" -> DecodeStep.Size.SMALL;
            default -> throw new IllegalArgumentException("size '" + size + "' must be standard or small");
        };
    }

    @Override
    void prepare() {
        step = new DecodeStep(backend, sizes(), weights);
    }

    @Override
    void check() {
        try (DecodeStep expected = step.on(oracle())) {
            requireClose("DecodeStepBenchmark logits", expected.logits(), step.logits(), 1e-4);
        }
    }

    @Override
    void release() {
        step.close();
    }

    @Override
    public Work work(String method) {
        DecodeStep.Size s = sizes();
        return new Work(s.flops(), s.weights() * weights.bytes() + 8.0 * s.layers() * s.hidden() * s.cached());
    }

    @Benchmark
    public int step() {
        return step.run();
    }
}
