package org.xprompt4j.nn;

import java.lang.foreign.MemorySegment;

import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;

/**
 * Clipping by one norm over the gradients of all parameters, summed in float64. A clipping lives on the device: the optimisers read
 * its factor there, and the host may look at norm and loss when the step is queued.
 *
 * <pre>{@code
 * clipping.measure(loss);
 * adamW.step(rate, clipping.factor()); // moves nothing when loss or norm is not finite
 * GradientClipping.Report report = clipping.report(); // waits
 * }</pre>
 */
public final class GradientClipping {
    /**
     * What was measured.
     *
     * @param norm before clipping
     */
    public record Report(float loss, double norm) {
        /** False for a step that diverged, in which the optimisers moved nothing. */
        public boolean isFinite() {
            return Float.isFinite(loss) && Double.isFinite(norm);
        }
    }

    private final Backend backend;
    private final double maximum;
    private final Tensor gradients; // [elements]
    private final Tensor factor; // [1]
    private final Tensor report; // [2] I64: bits of float64 norm and loss

    /**
     * Clipping of a module's gradients.
     *
     * @param scope owns the few numbers of it
     * @param maximum longest gradient that is taken as it is; 0 clips nothing
     */
    public GradientClipping(Backend backend, MemoryScope scope, Module module, double maximum) {
        this.backend = backend;
        this.maximum = maximum;
        this.gradients = module.gradients();
        this.factor = scope.of(new float[] {1}, 1);
        this.report = scope.allocate(DType.I64, 2);
    }

    /** Measures the gradients that belong to a loss [1]. Does not wait for a device. */
    public void measure(Tensor loss) {
        backend.gradientNorm(maximum, gradients, loss, report, factor);
    }

    /** The factor for all gradients, [1]: min(1, maximum / (norm + 1e-6)), NaN when loss or norm is not finite. */
    public Tensor factor() {
        return factor;
    }

    /** What was measured last. Waits for a device. */
    public Report report() {
        long[] bits = new long[2];
        report.storage().read(report.offset() * Long.BYTES, MemorySegment.ofArray(bits));
        return new Report((float) Double.longBitsToDouble(bits[1]), Double.longBitsToDouble(bits[0]));
    }

    /** The Euclidean norm of all gradients together. Waits for a device once for each parameter. */
    public static double norm(Backend backend, Module module) {
        double[] sum = new double[1];
        module.forEachParameter((name, parameter) -> {
            if (parameter.gradient() != null) {
                sum[0] += backend.sumOfSquares(parameter.gradient());
            }
        });
        return Math.sqrt(sum[0]);
    }

    /** The factor for all gradients: min(1, maximum / (norm + 1e-6)); a maximum of 0 clips nothing. */
    public static float scale(double norm, double maximum) {
        return maximum <= 0 ? 1 : (float) Math.min(1, maximum / (norm + 1e-6));
    }
}
