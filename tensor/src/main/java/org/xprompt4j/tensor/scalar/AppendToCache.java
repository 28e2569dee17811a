package org.xprompt4j.tensor.scalar;

import org.xprompt4j.tensor.Tensor;

/** New entries behind those that a row's cache holds: {@code cache[b, lengths[b] - count + i] = new[b, i]}. */
public final class AppendToCache {
    private AppendToCache() {
    }

    /** k, v [batch, count, kvHeads, headDim]; lengths [batch]; keys, values [batch, capacity, kvHeads, headDim]. */
    static void forward(Tensor k, Tensor v, Tensor lengths, Tensor keys, Tensor values) {
        long count = k.dim(1);
        for (int b = 0; b < k.dim(0); b++) {
            int length = requireLength(lengths, b, count, keys.dim(1));
            Copy.copy(k.select(0, b), keys.select(0, b).slice(0, length - count, length));
            Copy.copy(v.select(0, b), values.select(0, b).slice(0, length - count, length));
        }
    }

    /** The length of a row, which must have room for the new entries. */
    public static int requireLength(Tensor lengths, int row, long count, long capacity) {
        int length = Counters.get(lengths, row);
        if (length < count || length > capacity) {
            throw new IllegalArgumentException("appendToCache: length " + length + " of row " + row + " is not in " + count + ".." + capacity);
        }
        return length;
    }
}
