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
        kernels.launch(MODULE, "forward_" + Norms.suffix(weight.dtype())).f32(eps).in(x).in(weight).out(out).out(inverseRms).i64(dim)
                .run(LaunchShape.of(x.dim(0), Norms.threads(dim)));
    }

    /** dX [rows, dim] and dWeight [dim] are added to; either may be null. */
    public static void backward(Kernels kernels, Tensor x, Tensor weight, Tensor inverseRms, Tensor dOut, Tensor dX, Tensor dWeight) {
        long rows = x.dim(0);
        long dim = x.dim(1);
        if (dX != null) {
            kernels.launch(MODULE, "backward_x").in(x).in(weight).in(inverseRms).in(dOut).out(dX).i64(dim)
                    .run(LaunchShape.of(rows, Norms.threads(dim)));
        }
        if (dWeight != null) {
            ColumnSums.add(kernels, "rmsNormBackward", rows, dim,
                    perPart -> kernels.launch(MODULE, "backward_weight").in(x).in(inverseRms).in(dOut).i64(rows).i64(dim).i64(perPart), dWeight, null);
        }
    }
}
