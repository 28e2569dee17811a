package org.xprompt4j.bench.jmh;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.SamplingSpec;

/** Drawing one token a row, with guidance from a second row of logits. The rate counts the bytes of the logits. */
public class SampleBenchmark extends OperationBenchmark {
    /** Rows and vocabulary. */
    @Param({"1x8192", "4x65536"})
    public String shape;

    /** {@code greedy}: the largest logit; {@code noise}: temperature alone; {@code top}: top-k and top-p. */
    @Param({"greedy", "noise", "top"})
    public String kind;

    private SamplingSpec spec;
    private Tensor full; // [rows, vocab]
    private Tensor unconditional; // [rows, vocab]
    private Tensor streams; // [rows] I32
    private Tensor positions; // [rows] I32
    private Output tokens; // [rows] I32

    @Override
    void prepare() {
        int[] s = sizes(shape, 2);
        spec = switch (kind) {
            case "greedy" -> new SamplingSpec(0, 0, 1, 0, s[1], 7, 1, 2);
            case "noise" -> new SamplingSpec(1, 0, 1, 0, s[1], 7, 1, 2);
            case "top" -> new SamplingSpec(1, Math.min(2000, s[1]), 0.95f, 0, s[1], 7, 1, 2);
            default -> throw new IllegalArgumentException("kind '" + kind + "' must be greedy, noise or top");
        };
        full = random(s[0], s[1]);
        unconditional = random(s[0], s[1]);
        streams = ascending(s[0]);
        positions = ascending(s[0]);
        tokens = intOutput("tokens", s[0]);
    }

    @Override
    void check() {
        compare(0, this::draw, tokens);
    }

    private void draw(Backend device) {
        device.sample(spec, full, null, unconditional, streams, positions, tokens.of(device));
    }

    @Override
    public Work work(String method) {
        int[] s = sizes(shape, 2);
        double logits = (double) s[0] * s[1];
        return Work.of(3 * logits, 2 * logits);
    }

    @Benchmark
    public void forward() {
        draw(backend);
    }
}
