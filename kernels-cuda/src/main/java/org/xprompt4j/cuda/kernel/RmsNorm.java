package org.xprompt4j.cuda.kernel;

import org.xprompt4j.cuda.driver.LaunchShape;
import org.xprompt4j.tensor.Tensor;

/** RMSNorm and its gradients: {@code rms_norm.cu}. */
public final class RmsNorm {
    private static final String MODULE = "rms_norm";

    private RmsNorm() {
    }

    /** x, out [rows, dim]; weight [dim]; inverseRms [rows] or null. */
    public static void forward(Kernels kernels, float eps, Tensor x, Tensor weight, Tensor out, Tensor inverseRms) {
        long dim = x.dim(1);
        kernels.launch(MODULE, "forward").f32(eps).in(x).i32(Norms.flag(x)).in(weight).i32(Norms.flag(weight)).out(out).out(inverseRms).i64(dim)
                .run(shape(x));
    }

    /** A block a row, a thread four elements of it. */
    private static LaunchShape shape(Tensor x) {
        return LaunchShape.of(x.dim(0), Norms.threads((x.dim(1) + 3) / 4));
    }

    /** dX [rows, dim] and dWeight [dim] are added to; either may be null. */
    public static void backward(Kernels kernels, Tensor x, Tensor weight, Tensor inverseRms, Tensor dOut, Tensor dX, Tensor dWeight) {
        long rows = x.dim(0);
        long dim = x.dim(1);
        if (dX != null) {
            kernels.launch(MODULE, "backward_x").in(x).i32(Norms.flag(x)).in(weight).i32(Norms.flag(weight)).in(inverseRms).in(dOut).out(dX).i64(dim)
                    .run(shape(x));
        }
        if (dWeight != null) {
            ColumnSums.add(kernels, "rmsNormBackward", rows, dim,
                    perPart -> kernels.launch(MODULE, "backward_weight").in(x).i32(Norms.flag(x)).in(inverseRms).in(dOut).i64(rows).i64(dim).i64(perPart), dWeight, null);
        }
    }
}
