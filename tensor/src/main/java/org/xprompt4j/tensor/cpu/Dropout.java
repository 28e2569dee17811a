package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;

/** Dropout (Srivastava et al., 2014): element i is 0 when draw i of the stream is below p, else x / (1-p). */
final class Dropout {
    private Dropout() {
    }

    /** out = dropout(x), or out += dropout(x) with {@code accumulate}; contiguous tensors of equal size. */
    static void forward(float probability, long seed, long stream, Tensor x, boolean accumulate, Tensor out) {
        long n = x.numel();
        MemorySegment from = x.segment();
        MemorySegment to = out.segment();
        float factor = 1 / (1 - probability);
        WorkerPool.shared().parallelFor(Chunks.count(n), task -> {
            for (long i = Chunks.from(task); i < Chunks.to(task, n); i++) {
                boolean dropped = Philox.uniform(seed, stream, i) < probability;
                float kept = dropped ? 0f : from.get(ValueLayout.JAVA_FLOAT, 4 * i) * factor;
                to.set(ValueLayout.JAVA_FLOAT, 4 * i, accumulate ? to.get(ValueLayout.JAVA_FLOAT, 4 * i) + kept : kept);
            }
        });
    }
}
