package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.xprompt4j.tensor.Tensor;

/** out = factor · x, sum += factor · x and sum = keep · sum + factor · x over contiguous tensors. */
final class Scale {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private Scale() {
    }

    /** out = factor · x; x and out may be the same tensor. */
    static void scale(Tensor x, float factor, Tensor out) {
        long n = x.numel();
        MemorySegment from = x.segment();
        MemorySegment to = out.segment();
        WorkerPool.shared().parallelFor(Chunks.count(n), task -> scaleRange(from, factor, to, 4 * Chunks.from(task), 4 * Chunks.to(task, n)));
    }

    private static void scaleRange(MemorySegment x, float factor, MemorySegment out, long from, long to) {
        long at = from;
        for (; at <= to - 4 * L; at += 4 * L) {
            FloatVector.fromMemorySegment(F, x, at, ORDER).mul(factor).intoMemorySegment(out, at, ORDER);
        }
        for (; at < to; at += 4) {
            out.set(ValueLayout.JAVA_FLOAT, at, x.get(ValueLayout.JAVA_FLOAT, at) * factor);
        }
    }

    /** sum += factor · x. */
    static void addScaled(Tensor x, float factor, Tensor sum) {
        long n = x.numel();
        MemorySegment from = x.segment();
        MemorySegment to = sum.segment();
        WorkerPool.shared().parallelFor(Chunks.count(n), task -> addRange(from, factor, to, 4 * Chunks.from(task), 4 * Chunks.to(task, n)));
    }

    private static void addRange(MemorySegment x, float factor, MemorySegment sum, long from, long to) {
        FloatVector factors = FloatVector.broadcast(F, factor);
        long at = from;
        for (; at <= to - 4 * L; at += 4 * L) {
            FloatVector.fromMemorySegment(F, x, at, ORDER).fma(factors, FloatVector.fromMemorySegment(F, sum, at, ORDER))
                    .intoMemorySegment(sum, at, ORDER);
        }
        for (; at < to; at += 4) {
            sum.set(ValueLayout.JAVA_FLOAT, at, Math.fma(x.get(ValueLayout.JAVA_FLOAT, at), factor, sum.get(ValueLayout.JAVA_FLOAT, at)));
        }
    }

    /** sum = keep · sum + factor · x, unless a gate [1] is not finite; gate may be null. */
    static void combine(float keep, float factor, Tensor x, Tensor gate, Tensor sum) {
        if (gate != null && !Float.isFinite(gate.segment().get(ValueLayout.JAVA_FLOAT, 0))) {
            return;
        }
        long n = x.numel();
        MemorySegment from = x.segment();
        MemorySegment to = sum.segment();
        WorkerPool.shared().parallelFor(Chunks.count(n), task -> combineRange(keep, factor, from, to, 4 * Chunks.from(task), 4 * Chunks.to(task, n)));
    }

    private static void combineRange(float keep, float factor, MemorySegment x, MemorySegment sum, long from, long to) {
        FloatVector factors = FloatVector.broadcast(F, factor);
        long at = from;
        for (; at <= to - 4 * L; at += 4 * L) {
            FloatVector kept = FloatVector.fromMemorySegment(F, sum, at, ORDER).mul(keep);
            FloatVector.fromMemorySegment(F, x, at, ORDER).fma(factors, kept).intoMemorySegment(sum, at, ORDER);
        }
        for (; at < to; at += 4) {
            sum.set(ValueLayout.JAVA_FLOAT, at, Math.fma(x.get(ValueLayout.JAVA_FLOAT, at), factor, sum.get(ValueLayout.JAVA_FLOAT, at) * keep));
        }
    }
}
