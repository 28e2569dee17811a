package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import org.xprompt4j.tensor.Tensor;

/** Sum of squares in float64, as the gradient norm needs it: partial sums of fixed chunks, added in order. */
final class SumOfSquares {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final VectorSpecies<Double> D = VectorSpecies.of(double.class, F.vectorShape());
    private static final int L = Lanes.COUNT;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private SumOfSquares() {
    }

    /** x contiguous F32. */
    static double of(Tensor x) {
        long n = x.numel();
        int tasks = Chunks.count(n);
        MemorySegment from = x.segment();
        double[] partials = Scratch.get().doubles(tasks + 2 * L); // [tasks], then the lanes of whoever runs a task
        WorkerPool.shared().parallelFor(tasks, task -> {
            double[] lanes = Scratch.get().doubles(2 * L);
            int at = lanes == partials ? tasks : 0;
            partials[task] = range(from, 4 * Chunks.from(task), 4 * Chunks.to(task, n), lanes, at);
        });
        double sum = 0;
        for (int task = 0; task < tasks; task++) {
            sum += partials[task];
        }
        return sum;
    }

    private static double range(MemorySegment x, long from, long to, double[] lanes, int lanesAt) {
        DoubleVector low = DoubleVector.zero(D);
        DoubleVector high = DoubleVector.zero(D);
        long at = from;
        for (; at <= to - 4 * L; at += 4 * L) {
            FloatVector v = FloatVector.fromMemorySegment(F, x, at, ORDER);
            DoubleVector a = (DoubleVector) v.convertShape(VectorOperators.F2D, D, 0);
            DoubleVector b = (DoubleVector) v.convertShape(VectorOperators.F2D, D, 1);
            low = a.fma(a, low);
            high = b.fma(b, high);
        }
        low.intoArray(lanes, lanesAt);
        high.intoArray(lanes, lanesAt + D.length());
        double sum = 0;
        for (int i = 0; i < 2 * D.length(); i++) {
            sum += lanes[lanesAt + i];
        }
        for (; at < to; at += 4) {
            double value = x.get(ValueLayout.JAVA_FLOAT, at);
            sum += value * value;
        }
        return sum;
    }
}
