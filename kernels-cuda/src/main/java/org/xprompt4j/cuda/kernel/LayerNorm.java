package org.xprompt4j.cuda.kernel;

import org.xprompt4j.cuda.driver.LaunchShape;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;

/** LayerNorm and its gradients: {@code layer_norm.cu}. */
public final class LayerNorm {
    private static final String MODULE = "layer_norm";

    private LayerNorm() {
    }

    /** x, out [rows, dim]; weight, bias [dim]. */
    public static void forward(Kernels kernels, float eps, Tensor x, Tensor weight, Tensor bias, Tensor out) {
        long dim = x.dim(1);
        kernels.launch(MODULE, "forward_" + Norms.suffix(weight.dtype()) + "_" + Norms.suffix(bias.dtype())).f32(eps).in(x).in(weight).in(bias).out(out)
                .i64(dim).run(LaunchShape.of(x.dim(0), Norms.threads(dim)));
    }

    /** dX [rows, dim], dWeight and dBias [dim] are added to; each may be null. */
    public static void backward(Kernels kernels, float eps, Tensor x, Tensor weight, Tensor dOut, Tensor dX, Tensor dWeight, Tensor dBias) {
        long rows = x.dim(0);
        long dim = x.dim(1);
        LaunchShape shape = LaunchShape.of(rows, Norms.threads(dim));
        try (MemoryScope scratch = kernels.scratch("layerNormBackward")) {
            Tensor statistics = scratch.allocate(DType.F32, rows, 2);
            kernels.launch(MODULE, "statistics").f32(eps).in(x).out(statistics).i64(dim).run(shape);
            if (dX != null) {
                kernels.launch(MODULE, "backward_x").in(x).in(weight).in(statistics).in(dOut).out(dX).i64(dim).run(shape);
            }
            if (dWeight != null || dBias != null) {
                ColumnSums.add(kernels, "layerNormBackward", rows, dim,
                        perPart -> kernels.launch(MODULE, "backward_weight").in(x).in(statistics).in(dOut).i64(rows).i64(dim).i64(perPart),
                        dWeight, dBias);
            }
        }
    }
}
