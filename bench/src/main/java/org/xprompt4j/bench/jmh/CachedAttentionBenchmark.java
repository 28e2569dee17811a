package org.xprompt4j.bench.jmh;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;

/** Attention of one new token a row over the row's cache: every key and every value is read once, so the rate to look at is that of bytes. */
public class CachedAttentionBenchmark extends OperationBenchmark {
    /** Rows, cached tokens, heads, numbers in a head: one long row that the third cache may hold, a demo's batch, rows beyond every cache. */
    @Param({"1x1024x12x64", "32x1024x5x32", "8x4096x12x64"})
    public String shape;

    /** Type of the cache. */
    @Param({"F32", "BF16"})
    public DType cache;

    private Tensor q; // [rows, heads, headDim]
    private Tensor keys; // [rows, cached, heads, headDim]
    private Tensor values; // [rows, cached, heads, headDim]
    private Tensor lengths; // [rows] I32
    private Output out; // [rows, heads, headDim]

    @Override
    void prepare() {
        int[] s = sizes(shape, 4);
        q = random(s[0], s[2], s[3]);
        keys = as(cache, random(s[0], s[1], s[2], s[3]));
        values = as(cache, random(s[0], s[1], s[2], s[3]));
        lengths = repeated(s[1], s[0]);
        out = output("output", s[0], s[2], s[3]);
    }

    @Override
    void check() {
        compare(1e-5, this::attend, out);
    }

    private void attend(Backend device) {
        device.cachedAttention((float) (1 / Math.sqrt(q.size(2))), q, keys, values, lengths, out.of(device));
    }

    @Override
    public Work work(String method) {
        int[] s = sizes(shape, 4);
        double entries = (double) s[0] * s[1] * s[2] * s[3]; // of the keys, and as many of the values
        return new Work(4 * entries, 2 * entries * cache.bytes());
    }

    @Benchmark
    public void forward() {
        attend(backend);
    }
}
