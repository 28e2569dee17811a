package org.xprompt4j.cuda.kernel;

import org.xprompt4j.cuda.driver.LaunchShape;
import org.xprompt4j.tensor.Tensor;

/** New keys and values behind those of each row's cache: {@code append_to_cache.cu}. */
public final class AppendToCache {
    private static final int THREADS = 128;
    private static final long MOST_BLOCKS = 1024; // of a row

    private AppendToCache() {
    }

    /** k, v [batch, count, kvHeads, headDim]; lengths [batch]; keys, values [batch, capacity, kvHeads, headDim]. */
    public static void forward(Kernels kernels, Tensor k, Tensor v, Tensor lengths, Tensor keys, Tensor values) {
        long count = k.dim(1);
        long capacity = keys.dim(1);
        long entry = k.dim(2) * k.dim(3);
        int[] known = Addresses.known(lengths);
        for (int b = 0; known != null && b < known.length; b++) {
            if (known[b] < count || known[b] > capacity) {
                throw new IllegalArgumentException("appendToCache: length " + known[b] + " of row " + b + " is not in " + count + ".." + capacity);
            }
        }
        long blocks = Math.min(MOST_BLOCKS, (count * entry + THREADS - 1) / THREADS);
        kernels.launch("append_to_cache", "append_" + Norms.suffix(keys.dtype())).in(k).in(v).in(lengths).i64(count).i64(capacity).i64(entry).out(keys)
                .out(values).fault("appendToCache: a length is not in " + count + ".." + capacity).run(LaunchShape.of(k.dim(0), blocks, THREADS));
    }
}
