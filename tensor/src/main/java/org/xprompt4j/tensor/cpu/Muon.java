package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.xprompt4j.tensor.Tensor;

/** What Muon makes orthogonal, in one pass over memory; a factor that is not finite changes nothing. */
final class Muon {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private Muon() {
    }

    /** b = beta b + f g, direction = f g + beta b; all of equal size, factor [1]. */
    static void direction(float beta, Tensor gradient, Tensor factor, Tensor momentum, Tensor direction) {
        float f = factor.segment().get(ValueLayout.JAVA_FLOAT, 0);
        if (!Float.isFinite(f)) {
            Copy.fill(direction, 0);
            return;
        }
        long n = gradient.numel();
        MemorySegment g = gradient.segment();
        MemorySegment b = momentum.segment();
        MemorySegment d = direction.segment();
        WorkerPool.shared().parallelFor(Chunks.count(n), task -> directionRange(beta, f, g, b, d, 4 * Chunks.from(task), 4 * Chunks.to(task, n)));
    }

    private static void directionRange(float beta, float f, MemorySegment g, MemorySegment b, MemorySegment d, long from, long to) {
        FloatVector factors = FloatVector.broadcast(F, f);
        FloatVector betas = FloatVector.broadcast(F, beta);
        long at = from;
        for (; at <= to - 4 * L; at += 4 * L) {
            FloatVector gradient = FloatVector.fromMemorySegment(F, g, at, ORDER);
            FloatVector momentum = gradient.fma(factors, FloatVector.fromMemorySegment(F, b, at, ORDER).mul(betas));
            momentum.intoMemorySegment(b, at, ORDER);
            momentum.fma(betas, gradient.mul(factors)).intoMemorySegment(d, at, ORDER);
        }
        for (; at < to; at += 4) {
            float gradient = g.get(ValueLayout.JAVA_FLOAT, at);
            float momentum = Math.fma(gradient, f, b.get(ValueLayout.JAVA_FLOAT, at) * beta);
            b.set(ValueLayout.JAVA_FLOAT, at, momentum);
            d.set(ValueLayout.JAVA_FLOAT, at, Math.fma(momentum, beta, gradient * f));
        }
    }
}
