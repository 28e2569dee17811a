package org.xprompt4j.bench.jmh;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.xprompt4j.bench.work.TrainStep;
import org.xprompt4j.nn.Parameter;

/**
 * A whole training step. Plain loops would need minutes for the standard size, so the comparison runs the same code at a small one:
 * the loss, every gradient and every weight after the step.
 */
public class TrainStepBenchmark extends OperationBenchmark {
    /** {@code standard} or {@code small}. */
    @Param("standard")
    public String size;

    private TrainStep step;

    private TrainStep.Size sizes() {
        return switch (size) {
            case "standard" -> TrainStep.Size.STANDARD;
            case "small" -> TrainStep.Size.SMALL;
            default -> throw new IllegalArgumentException("size '" + size + "' must be standard or small");
        };
    }

    @Override
    void prepare() {
        step = new TrainStep(backend, sizes());
    }

    @Override
    void check() {
        try (TrainStep measured = new TrainStep(backend, TrainStep.Size.SMALL); TrainStep expected = new TrainStep(oracle(), TrainStep.Size.SMALL)) {
            requireClose("TrainStepBenchmark loss", new float[] {expected.run()}, new float[] {measured.run()}, 1e-5);
            expected.parameters().forEach((name, parameter) -> {
                Parameter other = measured.parameters().get(name);
                requireClose("TrainStepBenchmark gradient of " + name, parameter.gradient().toFloatArray(), other.gradient().toFloatArray(), 1e-3);
                requireClose("TrainStepBenchmark weight " + name, parameter.value().toFloatArray(), other.value().toFloatArray(), 5e-3);
            });
        }
    }

    @Override
    void release() {
        step.close();
    }

    /** Bytes: weights, gradients and moments once read and once written; activations stay out of the count. */
    @Override
    public Work work(String method) {
        TrainStep.Size s = sizes();
        double weights = s.layers() * (4.0 * s.hidden() * s.hidden() + 3.0 * s.hidden() * s.ffn()) + 2.0 * s.vocab() * s.hidden();
        return Work.of(s.flops(), 8 * weights);
    }

    @Benchmark
    public float step() {
        return step.run();
    }
}
