package org.xprompt4j.cuda.kernel;

import org.xprompt4j.cuda.driver.LaunchShape;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;

/** Norms that stay on the device: {@code gradient_norm.cu} behind the sums of {@code reduce.cu}. */
public final class GradientNorm {
    private static final String MODULE = "gradient_norm";
    private static final int THREADS = 256;

    private GradientNorm() {
    }

    /** gradient of any shape; loss, factor [1]; report [2] of float64, held as I64. */
    public static void factor(Kernels kernels, double maximum, Tensor gradient, Tensor loss, Tensor report, Tensor factor) {
        try (MemoryScope scratch = kernels.scratch("gradientNorm")) {
            Tensor parts = Reduce.squares(kernels, scratch, gradient);
            kernels.launch(MODULE, "factor").in(parts).i32(parts.dim(0)).f64(maximum).in(loss).out(report).out(factor).run(LaunchShape.of(1, THREADS));
        }
    }

    /** x and out of equal size. */
    public static void normalise(Kernels kernels, double eps, Tensor x, Tensor out) {
        long n = x.numel();
        try (MemoryScope scratch = kernels.scratch("normalise")) {
            Tensor parts = Reduce.squares(kernels, scratch, x);
            kernels.launch(MODULE, "normalise").in(parts).i32(parts.dim(0)).f64(eps).in(x).out(out).i64(n).run(Elementwise.shape(n));
        }
    }
}
