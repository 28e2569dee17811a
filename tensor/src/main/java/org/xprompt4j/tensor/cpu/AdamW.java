package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AdamWSpec;

/**
 * One AdamW step in a single pass over memory:
 * g = factor · gradient, m = β₁ m + (1-β₁) g, v = β₂ v + (1-β₂) g²,
 * w = w (1 - lr·decay) - lr / (1-β₁ᵗ) · m / (sqrt(v / (1-β₂ᵗ)) + eps).
 */
final class AdamW {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    /** The factors of a step, bias corrections in float64 before rounding. */
    private record Factors(float gradientScale, float beta1, float oneMinusBeta1, float beta2, float oneMinusBeta2,
            float keep, float stepSize, float secondScale, float eps) {
        static Factors of(AdamWSpec spec, float gradientScale) {
            double first = 1 - Math.pow(spec.beta1(), spec.step());
            double second = 1 - Math.pow(spec.beta2(), spec.step());
            return new Factors(gradientScale, spec.beta1(), 1 - spec.beta1(), spec.beta2(), 1 - spec.beta2(),
                    (float) (1 - (double) spec.lr() * spec.weightDecay()), (float) (spec.lr() / first), (float) (1 / second), spec.eps());
        }
    }

    private AdamW() {
    }

    /** All tensors F32 of equal size, factor [1]; the gradient is not changed, and nothing is when the factor is not finite. */
    static void step(AdamWSpec spec, Tensor weight, Tensor gradient, Tensor firstMoment, Tensor secondMoment, Tensor factor) {
        float gradientScale = factor.segment().get(ValueLayout.JAVA_FLOAT, 0);
        if (!Float.isFinite(gradientScale)) {
            return;
        }
        long n = weight.numel();
        Factors factors = Factors.of(spec, gradientScale);
        MemorySegment w = weight.segment();
        MemorySegment g = gradient.segment();
        MemorySegment m = firstMoment.segment();
        MemorySegment v = secondMoment.segment();
        WorkerPool.shared().parallelFor(Chunks.count(n), task -> {
            long to = Chunks.to(task, n);
            long whole = to - (to - Chunks.from(task)) % L;
            vectors(factors, w, g, m, v, Chunks.from(task), whole);
            scalars(factors, w, g, m, v, whole, to);
        });
    }

    private static void vectors(Factors f, MemorySegment w, MemorySegment g, MemorySegment m, MemorySegment v, long from, long to) {
        FloatVector oneMinusBeta1 = FloatVector.broadcast(F, f.oneMinusBeta1);
        FloatVector oneMinusBeta2 = FloatVector.broadcast(F, f.oneMinusBeta2);
        for (long at = 4 * from; at < 4 * to; at += 4 * L) {
            FloatVector gradient = FloatVector.fromMemorySegment(F, g, at, ORDER).mul(f.gradientScale);
            FloatVector first = FloatVector.fromMemorySegment(F, m, at, ORDER).mul(f.beta1);
            first = gradient.fma(oneMinusBeta1, first);
            FloatVector second = FloatVector.fromMemorySegment(F, v, at, ORDER).mul(f.beta2);
            second = gradient.mul(gradient).fma(oneMinusBeta2, second);
            FloatVector update = first.mul(f.stepSize).div(second.mul(f.secondScale).sqrt().add(f.eps));
            FloatVector.fromMemorySegment(F, w, at, ORDER).mul(f.keep).sub(update).intoMemorySegment(w, at, ORDER);
            first.intoMemorySegment(m, at, ORDER);
            second.intoMemorySegment(v, at, ORDER);
        }
    }

    /** The same operations for what does not fill a vector. */
    private static void scalars(Factors f, MemorySegment w, MemorySegment g, MemorySegment m, MemorySegment v, long from, long to) {
        for (long at = 4 * from; at < 4 * to; at += 4) {
            float gradient = g.get(ValueLayout.JAVA_FLOAT, at) * f.gradientScale;
            float first = Math.fma(gradient, f.oneMinusBeta1, m.get(ValueLayout.JAVA_FLOAT, at) * f.beta1);
            float second = Math.fma(gradient * gradient, f.oneMinusBeta2, v.get(ValueLayout.JAVA_FLOAT, at) * f.beta2);
            float update = first * f.stepSize / ((float) Math.sqrt(second * f.secondScale) + f.eps);
            w.set(ValueLayout.JAVA_FLOAT, at, w.get(ValueLayout.JAVA_FLOAT, at) * f.keep - update);
            m.set(ValueLayout.JAVA_FLOAT, at, first);
            v.set(ValueLayout.JAVA_FLOAT, at, second);
        }
    }
}
