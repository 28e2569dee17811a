package org.xprompt4j.bench.work;

import java.util.List;
import java.util.Map;

import org.xprompt4j.nn.Parameter;
import org.xprompt4j.nn.QuantisedMatrix;
import org.xprompt4j.nn.chameleon.Chameleon;
import org.xprompt4j.nn.chameleon.ChameleonConfig;
import org.xprompt4j.nn.chameleon.KvCache;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.SamplingSpec;

/** One token of decoding after a cache of fixed length: every weight of the layers and the head is read once. */
public final class DecodeStep implements AutoCloseable {
    /**
     * Sizes of a step.
     *
     * @param cached entries of the cache before the token
     */
    public record Size(int layers, int hidden, int heads, int ffn, int vocab, int cached) {
        /** 120 million weights, beyond every cache. */
        public static final Size STANDARD = new Size(16, 768, 12, 2048, 8192, 64);
        /** For quick checks. */
        public static final Size SMALL = new Size(2, 48, 3, 80, 131, 7);

        /** Weights that a token reads; one row of the embedding is nothing beside them. */
        public double weights() {
            return layers * (4.0 * hidden * hidden + 3.0 * hidden * ffn) + (double) vocab * hidden;
        }

        public double flops() {
            return 2 * weights() + 4.0 * layers * hidden * (cached + 1);
        }
    }

    private final Backend backend;
    private final MemoryScope scope;
    private final Chameleon model;
    private final KvCache cache;
    private final Size size;
    private final Tensor ids; // [1] I32
    private final Tensor zeros; // [1] I32
    private final Tensor token; // [1] I32
    private final SamplingSpec largest;
    private final DType weights;

    /** A model with first weights, those of matrices and tables kept in {@code weights} (I8: matrices quantised), and a cache of random entries. */
    public DecodeStep(Backend backend, Size size, DType weights) {
        this(backend, size, weights, null);
    }

    /** The same model and weights on another device that addresses the same memory; close it before this one. */
    public DecodeStep on(Backend other) {
        return new DecodeStep(other, size, weights, model);
    }

    private DecodeStep(Backend backend, Size size, DType weights, Chameleon shared) {
        this.backend = backend;
        this.size = size;
        this.weights = weights;
        this.scope = backend.openScope("decode step");
        ChameleonConfig config = ChameleonConfig.of(size.vocab, size.hidden, size.ffn, size.layers, size.heads, size.heads);
        this.model = new Chameleon(config);
        if (shared == null) {
            model.initialise(scope, 1);
            model.forEachParameter((name, parameter) -> convert(backend, scope, parameter, weights));
        } else {
            Map<String, Parameter> parameters = shared.parameters();
            model.forEachParameter((name, parameter) -> share(parameters.get(name), parameter));
        }
        this.cache = new KvCache(backend, scope, config, 1, size.cached + 1);
        int headDim = size.hidden / size.heads;
        try (MemoryScope passing = backend.openScope("cache entries")) { // the cache takes entries only by appending
            KvCache.Entries[] entries = new KvCache.Entries[size.layers];
            for (int layer = 0; layer < size.layers; layer++) {
                entries[layer] = new KvCache.Entries(random(passing, 2L * layer, headDim), random(passing, 2L * layer + 1, headDim));
            }
            cache.seed(0, List.of(entries), size.cached);
        }
        this.ids = scope.of(new int[] {1}, 1);
        this.zeros = scope.of(new int[] {0}, 1);
        this.token = scope.of(new int[] {0}, 1);
        this.largest = new SamplingSpec(0, 0, 1, 0, size.vocab, 0, 1, 1);
    }

    /** Keeps weights in another type in memory of their own: I8 quantises matrices, other types take matrices and tables. */
    public static void convert(Backend backend, MemoryScope scope, Parameter parameter, DType dtype) {
        if (dtype == DType.I8) {
            if (parameter.isQuantisable()) {
                parameter.bind(QuantisedMatrix.of(scope, parameter.value()));
            }
        } else if (parameter.decays() && dtype != DType.F32) {
            Tensor converted = scope.allocate(dtype, parameter.shape());
            backend.copy(parameter.value(), converted);
            parameter.bind(converted);
        }
    }

    private static void share(Parameter from, Parameter to) {
        if (from.scales() == null) {
            to.bind(from.value());
        } else {
            to.bind(new QuantisedMatrix(from.value(), from.scales()));
        }
    }

    /** Uniform numbers in (-1, 1), [cached, heads, headDim]. */
    private Tensor random(MemoryScope passing, long stream, int headDim) {
        Philox random = new Philox(20_261_123, 100 + stream);
        float[] values = new float[size.cached * size.hidden];
        for (int i = 0; i < values.length; i++) {
            values[i] = 2 * random.nextFloat() - 1;
        }
        return passing.of(values, size.cached, size.heads, headDim);
    }

    public Size size() {
        return size;
    }

    /** Bytes of the weights that a token reads. */
    public double weightBytes() {
        return size.weights() * weights.bytes();
    }

    /** One token: embedding, layers, head, the largest logit. The cache is as before afterwards. */
    public int run() {
        try (MemoryScope step = backend.openScope("decode")) {
            Tensor logits = model.step(new Ops(backend, step), ids, cache);
            backend.sample(largest, logits, null, null, zeros, zeros, token);
        }
        cache.truncate(0, size.cached, size.cached);
        return token.toIntArray()[0];
    }

    /** The logits of the step, [vocab]. */
    public float[] logits() {
        try (MemoryScope step = backend.openScope("decode")) {
            float[] logits = model.step(new Ops(backend, step), ids, cache).toFloatArray();
            cache.truncate(0, size.cached, size.cached);
            return logits;
        }
    }

    @Override
    public void close() {
        scope.close();
    }
}
