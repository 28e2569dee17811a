package org.xprompt4j.bench.gpu.work;

import java.util.Arrays;
import java.util.Map;

import org.xprompt4j.bench.gpu.GpuWork;
import org.xprompt4j.bench.gpu.GpuWork.Ready;
import org.xprompt4j.bench.gpu.Place;
import org.xprompt4j.bench.gpu.Precision;
import org.xprompt4j.bench.gpu.WrongResult;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;

/** The decode step's attention over a full cache in bf16: it reads the cache once, so the rate to look at is that of bytes. */
final class CachedAttentionWork {
    private CachedAttentionWork() {
    }

    static GpuWork of(int batch, int capacity, int heads, int dim) {
        double entries = (double) batch * capacity * heads * dim;
        float scale = (float) (1 / Math.sqrt(dim));
        return new GpuWork("cached-attention.forward", batch + "x" + capacity + " " + heads + "x" + dim + " bf16", Precision.F32, 4 * entries,
                4 * entries + 8.0 * batch * heads * dim, place -> {
                    int sets = place.sets(4 * entries);
                    Tensor q = place.normal(batch, heads, dim);
                    Tensor[] keys = Place.each(sets, () -> place.normal(DType.BF16, 1, batch, capacity, heads, dim));
                    Tensor[] values = Place.each(sets, () -> place.normal(DType.BF16, 1, batch, capacity, heads, dim));
                    int[] full = new int[batch];
                    Arrays.fill(full, capacity);
                    Tensor lengths = place.scope().of(full, batch);
                    Tensor out = place.empty(batch, heads, dim);
                    return new Ready(sets, set -> place.backend().cachedAttention(scale, q, keys[set], values[set], lengths, out), () -> {
                        place.poison(out);
                        place.backend().cachedAttention(scale, q, keys[0], values[0], lengths, out);
                        int last = batch - 1;
                        Tensor expected = place.expected(1, heads, dim);
                        place.oracle().cachedAttention(scale, place.rows(q, last), place.rows(keys[0], last), place.rows(values[0], last),
                                place.rows(lengths, last), expected);
                        WrongResult.requireClose("cachedAttention", expected, place.rows(out, last), Precision.F32.bound());
                    });
                }).against("cached_attention", Map.of("batch", batch, "capacity", capacity, "heads", heads, "dim", dim));
    }
}
