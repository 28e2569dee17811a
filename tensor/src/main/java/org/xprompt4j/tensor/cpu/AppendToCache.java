package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;

/** New entries behind those of a row's cache: a copy a row, where a step of decoding has a few thousand numbers to move. */
final class AppendToCache {
    private AppendToCache() {
    }

    /** k, v [batch, count, kvHeads, headDim]; lengths [batch]; keys, values [batch, capacity, kvHeads, headDim]. */
    static void forward(Tensor k, Tensor v, Tensor lengths, Tensor keys, Tensor values) {
        long count = k.dim(1);
        for (int b = 0; b < k.dim(0); b++) {
            int length = org.xprompt4j.tensor.scalar.AppendToCache.requireLength(lengths, b, count, keys.dim(1));
            append(k, b, length - count, keys);
            append(v, b, length - count, values);
        }
    }

    private static void append(Tensor entries, int row, long at, Tensor cache) {
        if (cache.dtype() != DType.F32) {
            Copy.copy(entries.select(0, row), cache.select(0, row).slice(0, at, at + entries.dim(1)));
            return;
        }
        long entry = entries.dim(2) * entries.dim(3) * Float.BYTES; // bytes of one
        MemorySegment.copy(entries.segment(), row * entries.dim(1) * entry, cache.segment(), (row * cache.dim(1) + at) * entry, entries.dim(1) * entry);
    }
}
