package org.xprompt4j.bench.gpu.work;

import java.util.Map;

import org.xprompt4j.bench.gpu.GpuWork;
import org.xprompt4j.bench.gpu.GpuWork.Ready;
import org.xprompt4j.bench.gpu.Place;
import org.xprompt4j.bench.gpu.Precision;
import org.xprompt4j.bench.gpu.WrongResult;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.SamplingSpec;

/** Drawing a token a row: guidance from a second row of logits, temperature, top-k, top-p, noise. The oracle draws the same tokens. */
final class SampleWork {
    private static final int TOP_K = 2_000;

    private SampleWork() {
    }

    static GpuWork of(int rows, int vocab) {
        SamplingSpec spec = new SamplingSpec(0.9f, Math.min(TOP_K, vocab / 2), 0.9f, 0, vocab, 7, 1, 4);
        double logits = 2.0 * rows * vocab;
        return new GpuWork("sample.forward", rows + "x" + vocab + " guided top-k " + spec.topK() + " top-p 0.9", Precision.F32, 1.5 * logits,
                4 * logits + 12.0 * rows, place -> {
                    int sets = place.sets(4 * logits);
                    Tensor[] full = Place.each(sets, () -> place.normal(DType.F32, 3, rows, vocab));
                    Tensor[] unconditional = Place.each(sets, () -> place.normal(DType.F32, 3, rows, vocab));
                    Tensor streams = place.ascending(rows);
                    Tensor positions = place.ascending(rows);
                    Tensor tokens = place.empty(DType.I32, rows);
                    return new Ready(sets, set -> place.backend().sample(spec, full[set], null, unconditional[set], streams, positions, tokens), () -> {
                        place.poison(tokens);
                        place.backend().sample(spec, full[0], null, unconditional[0], streams, positions, tokens);
                        Tensor expected = place.hostScope().allocate(DType.I32, rows);
                        place.oracle().sample(spec, place.onHost(full[0]), null, place.onHost(unconditional[0]), place.onHost(streams),
                                place.onHost(positions), expected);
                        WrongResult.requireEqual("sample", expected.toIntArray(), place.onHost(tokens).toIntArray());
                    });
                }).against("sample", Map.of("rows", rows, "vocab", vocab, "top_k", spec.topK()));
    }
}
