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
            float[] draws = Scratch.get().floats(0, Chunks.BLOCK);
            long end = Chunks.to(task, n);
            for (long at = Chunks.from(task); at < end; at += Chunks.BLOCK) {
                int count = (int) Math.min(Chunks.BLOCK, end - at);
                Philox.uniforms(seed, stream, at, count, draws);
                for (int i = 0; i < count; i++) {
                    float kept = draws[i] < probability ? 0f : from.get(ValueLayout.JAVA_FLOAT, 4 * (at + i)) * factor;
                    to.set(ValueLayout.JAVA_FLOAT, 4 * (at + i), accumulate ? to.get(ValueLayout.JAVA_FLOAT, 4 * (at + i)) + kept : kept);
                }
            }
        });
    }
}
