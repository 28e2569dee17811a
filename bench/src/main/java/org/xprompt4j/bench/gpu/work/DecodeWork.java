package org.xprompt4j.bench.gpu.work;

import java.util.ArrayList;
import java.util.List;

import org.xprompt4j.bench.gpu.GpuWork;
import org.xprompt4j.bench.gpu.GpuWork.Ready;
import org.xprompt4j.bench.gpu.Place;
import org.xprompt4j.bench.gpu.Precision;
import org.xprompt4j.bench.gpu.WrongResult;
import org.xprompt4j.bench.work.DecodeStep;
import org.xprompt4j.nn.chameleon.Chameleon;
import org.xprompt4j.nn.chameleon.ChameleonConfig;
import org.xprompt4j.nn.chameleon.KvCache;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.SamplingSpec;

/**
 * One token through a model with bf16 weights and a bf16 cache: every weight of the layers and the head is read once, so the rate to
 * look at is that of bytes. The logits of a small model are compared with plain loops first.
 */
final class DecodeWork {
    private DecodeWork() {
    }

    static GpuWork of(DecodeStep.Size size) {
        double cacheBytes = 4.0 * size.layers() * size.cached() * size.hidden();
        return new GpuWork("decode.step", size.layers() + "x" + size.hidden() + " ffn " + size.ffn() + " vocab " + size.vocab() + " cache " + size.cached(),
                Precision.BF16, size.flops(), 2 * size.weights() + cacheBytes, place -> {
                    Backend backend = place.backend();
                    ChameleonConfig config = ChameleonConfig.of(size.vocab(), size.hidden(), size.ffn(), size.layers(), size.heads(), size.heads());
                    Chameleon model = new Chameleon(config);
                    RandomWeights.bind(backend, place.operands(), model, place.scope(), DType.BF16);
                    KvCache cache = new KvCache(backend, place.scope(), config, 1, size.cached() + 1, DType.BF16);
                    seed(place, cache, size);
                    Tensor ids = place.scope().of(new int[] {1}, 1);
                    Tensor zeros = place.scope().of(new int[] {0}, 1);
                    Tensor token = place.scope().of(new int[] {0}, 1);
                    SamplingSpec largest = new SamplingSpec(0, 0, 1, 0, size.vocab(), 0, 1, 1);
                    return new Ready(1, set -> {
                        try (MemoryScope step = backend.openScope("decode")) {
                            Tensor logits = model.step(new Ops(backend, step), ids, cache);
                            backend.sample(largest, logits, null, null, zeros, zeros, token);
                        }
                        cache.truncate(0, size.cached(), size.cached());
                    }, () -> check(place));
                });
    }

    private static void seed(Place place, KvCache cache, DecodeStep.Size size) {
        int dim = size.hidden() / size.heads();
        try (MemoryScope passing = place.backend().openScope("cache entries")) {
            Tensor keys = passing.allocate(DType.BF16, size.cached(), size.heads(), dim);
            Tensor values = passing.allocate(DType.BF16, size.cached(), size.heads(), dim);
            place.operands().fill(keys, 1);
            place.operands().fill(values, 1);
            List<KvCache.Entries> entries = new ArrayList<>();
            for (int layer = 0; layer < size.layers(); layer++) {
                entries.add(new KvCache.Entries(keys, values));
            }
            cache.seed(0, entries, size.cached());
        }
    }

    private static void check(Place place) {
        try (DecodeStep measured = new DecodeStep(place.backend(), DecodeStep.Size.SMALL, DType.BF16);
                DecodeStep expected = new DecodeStep(place.oracle(), DecodeStep.Size.SMALL, DType.BF16)) {
            WrongResult.requireClose("decode step's logits", expected.logits(), measured.logits(), Precision.BF16.bound());
        }
    }
}
