package org.xprompt4j.cuda.kernel;

import org.xprompt4j.cuda.driver.LaunchShape;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;

/** Attention of a decode step over the cache: {@code cached_attention.cu}. */
public final class CachedAttention {
    private static final String MODULE = "cached_attention";
    private static final int SPLIT = 128; // cache entries of a block
    private static final int THREADS = 128;
    private static final int MOST_DIM = 256;

    private CachedAttention() {
    }

    /** q, out [batch, heads, headDim]; keys, values [batch, capacity, kvHeads, headDim]; lengths [batch]. */
    public static void forward(Kernels kernels, float scale, Tensor q, Tensor keys, Tensor values, Tensor lengths, Tensor out) {
        long batch = q.dim(0);
        long heads = q.dim(1);
        long dim = q.dim(2);
        long capacity = keys.dim(1);
        Attention.requireHeadDim("cachedAttention", dim, MOST_DIM);
        int[] known = Addresses.known(lengths);
        long longest = capacity;
        if (known != null) {
            longest = 1;
            for (int b = 0; b < known.length; b++) {
                if (known[b] < 1 || known[b] > capacity) {
                    throw new IllegalArgumentException("cachedAttention: length " + known[b] + " of row " + b + " is not in 1.." + capacity);
                }
                longest = Math.max(longest, known[b]);
            }
        }
        long splits = (longest + SPLIT - 1) / SPLIT;
        try (MemoryScope scratch = kernels.scratch("cachedAttention")) {
            Tensor parts = scratch.allocate(DType.F32, batch, heads, splits, dim + 2);
            kernels.launch(MODULE, "split_" + Norms.suffix(keys.dtype()) + "_" + TensorCoreAttention.wide(dim)).f32(scale).in(q).i32(Norms.flag(q)).in(keys).in(values)
                    .in(lengths).i64(capacity).i32(heads).i32(keys.dim(2)).i32(dim).i32(splits).out(parts).fault("cachedAttention: a length is not in 1.." + capacity).run(LaunchShape.of(splits, heads, batch, THREADS));
            kernels.launch(MODULE, "join").in(parts).in(lengths).i64(capacity).i32(heads).i32(dim).i32(splits).out(out).i32(Norms.flag(out))
                    .run(LaunchShape.of(heads, batch, THREADS));
        }
    }
}
