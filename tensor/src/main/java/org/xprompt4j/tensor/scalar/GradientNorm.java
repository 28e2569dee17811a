package org.xprompt4j.tensor.scalar;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import org.xprompt4j.tensor.Tensor;

/** {@code norm = sqrt(sum of squares)}, {@code factor = min(1, maximum / (norm + 1e-6))}, NaN where norm or loss is not finite. */
final class GradientNorm {
    private static final double SMALLEST = 1e-6; // added to the norm before dividing

    private GradientNorm() {
    }

    /** loss, factor [1]; report [2] I64, the bits of float64 norm and loss. */
    static void write(double maximum, double sumOfSquares, Tensor loss, Tensor report, Tensor factor) {
        double norm = Math.sqrt(sumOfSquares);
        float value = loss.item();
        MemorySegment bits = report.segment();
        bits.setAtIndex(ValueLayout.JAVA_LONG, 0, Double.doubleToRawLongBits(norm));
        bits.setAtIndex(ValueLayout.JAVA_LONG, 1, Double.doubleToRawLongBits(value));
        boolean finite = Double.isFinite(norm) && Float.isFinite(value);
        factor.set(!finite ? Float.NaN : maximum <= 0 ? 1 : (float) Math.min(1, maximum / (norm + SMALLEST)));
    }
}
