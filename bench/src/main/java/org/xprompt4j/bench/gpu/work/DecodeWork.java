package org.xprompt4j.bench.gpu.work;

import java.util.Collections;
import java.util.function.BiConsumer;

import org.xprompt4j.bench.gpu.GpuWork;
import org.xprompt4j.bench.gpu.GpuWork.Ready;
import org.xprompt4j.bench.gpu.Place;
import org.xprompt4j.bench.gpu.Precision;
import org.xprompt4j.bench.gpu.WrongResult;
import org.xprompt4j.bench.work.DecodeStep;
import org.xprompt4j.nn.chameleon.Chameleon;
import org.xprompt4j.nn.chameleon.ChameleonConfig;
import org.xprompt4j.nn.chameleon.DecodeLoop;
import org.xprompt4j.nn.chameleon.KvCache;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.SamplingSpec;

/**
 * Tokens one after the other through a model with bf16 weights and a bf16 cache, the step repeated as one CUDA graph: every weight of
 * the layers and the head is read once a token, so the rate to look at is that of bytes. The first two steps, which go launch by
 * launch, are counted in. The tokens of a small model are compared with those of plain loops first.
 */
final class DecodeWork {
    private static final int CHECKED = 6; // tokens

    /** A model, its cache and the logits that the first token is drawn from. */
    private static final class Loop {
        private final Backend backend;
        private final DecodeStep.Size size;
        private final Chameleon model;
        private final KvCache cache;
        private final Tensor logits; // [1, vocab]
        private final Tensor zeros; // [1] I32
        private final SamplingSpec largest;

        Loop(Backend backend, MemoryScope scope, DecodeStep.Size size, int tokens, BiConsumer<Chameleon, MemoryScope> weights) {
            this.backend = backend;
            this.size = size;
            ChameleonConfig config = ChameleonConfig.of(size.vocab(), size.hidden(), size.ffn(), size.layers(), size.heads(), size.heads());
            this.model = new Chameleon(config);
            weights.accept(model, scope);
            this.cache = new KvCache(backend, scope, config, 1, size.cached() + tokens, DType.BF16);
            this.logits = scope.of(normal(0, size.vocab()), 1, size.vocab());
            this.zeros = scope.of(new int[] {0}, 1);
            this.largest = new SamplingSpec(0, 0, 1, 0, size.vocab(), 0, 1, 1);
            int dim = size.hidden() / size.heads();
            try (MemoryScope passing = backend.openScope("cache entries")) {
                Tensor keys = passing.of(normal(1, size.cached() * size.hidden()), size.cached(), size.heads(), dim);
                Tensor values = passing.of(normal(2, size.cached() * size.hidden()), size.cached(), size.heads(), dim);
                cache.seed(0, Collections.nCopies(size.layers(), new KvCache.Entries(keys, values)), size.cached());
            }
        }

        private static float[] normal(int stream, int count) {
            return new Philox(20_261_126, 500 + stream).gaussians(count);
        }

        /** The most likely tokens; the cache is as before afterwards. */
        int[] run(int tokens) {
            int[][] drawn = DecodeLoop.run(backend, model, cache, logits, tokens,
                    (last, steps, chosen) -> backend.sample(largest, last, null, null, zeros, zeros, chosen), done -> { });
            cache.truncate(0, size.cached(), size.cached());
            int[] out = new int[tokens];
            for (int i = 0; i < tokens; i++) {
                out[i] = drawn[i][0];
            }
            return out;
        }
    }

    private DecodeWork() {
    }

    /** @param tokens that a run draws; the model computes one less */
    static GpuWork of(DecodeStep.Size size, int tokens) {
        double steps = tokens - 1;
        double entries = size.cached() + steps / 2; // on average
        double cacheBytes = 4.0 * size.layers() * entries * size.hidden();
        return new GpuWork("decode.step", size.layers() + "x" + size.hidden() + " ffn " + size.ffn() + " vocab " + size.vocab() + " cache " + size.cached()
                + ", " + (tokens - 1) + " tokens", Precision.BF16, steps * (2 * size.weights() + 4.0 * size.layers() * size.hidden() * entries),
                steps * (2 * size.weights() + cacheBytes), place -> {
                    Loop loop = new Loop(place.backend(), place.scope(), size, tokens,
                            (model, scope) -> RandomWeights.bind(place.backend(), place.operands(), model, scope, DType.BF16));
                    return new Ready(1, set -> loop.run(tokens), () -> check(place));
                });
    }

    private static void check(Place place) {
        WrongResult.requireEqual("decode step's tokens", small(place.oracle()), small(place.backend()));
    }

    /** Same seed, same weights on either device. */
    private static int[] small(Backend backend) {
        try (MemoryScope scope = backend.openScope("small model")) {
            return new Loop(backend, scope, DecodeStep.Size.SMALL, CHECKED, (model, memory) -> {
                model.initialise(memory, 1);
                model.forEachParameter((name, parameter) -> DecodeStep.convert(backend, memory, parameter, DType.BF16));
            }).run(CHECKED);
        }
    }
}
