package org.xprompt4j.cuda.kernel;

import org.xprompt4j.cuda.driver.LaunchShape;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Activation;
import org.xprompt4j.tensor.op.GroupNormSpec;

/** GroupNorm with its activation, and the gradients: {@code group_norm.cu}. */
public final class GroupNorm {
    private static final String MODULE = "group_norm";

    private GroupNorm() {
    }

    private static int activation(GroupNormSpec spec) {
        return spec.activation() == Activation.SILU ? 1 : 0;
    }

    private static LaunchShape oneBlockAGroup(GroupNormSpec spec, Tensor x) {
        long elements = x.numel() / x.dim(0) / spec.groups();
        return LaunchShape.of(x.dim(0) * spec.groups(), Norms.threads(elements));
    }

    /** x, out [batch, height, width, channels]; weight, bias [channels]; mean, inverseStd [batch, groups]. */
    public static void forward(Kernels kernels, GroupNormSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor out, Tensor mean, Tensor inverseStd) {
        long pixels = x.dim(1) * x.dim(2);
        kernels.launch(MODULE, "statistics").f32(spec.eps()).in(x).i64(pixels).i32(x.dim(3)).i32(spec.groups()).out(mean).out(inverseStd)
                .run(oneBlockAGroup(spec, x));
        kernels.launch(MODULE, "forward_" + Norms.suffix(weight.dtype()) + "_" + Norms.suffix(bias.dtype())).i32(activation(spec)).in(x).in(weight)
                .in(bias).in(mean).in(inverseStd).out(out).i64(x.numel()).i64(pixels).i32(x.dim(3)).i32(spec.groups())
                .run(Elementwise.shape(x.numel()));
    }

    /** dX as x, dWeight and dBias [channels] are added to; each may be null. */
    public static void backward(Kernels kernels, GroupNormSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor mean, Tensor inverseStd, Tensor dOut,
            Tensor dX, Tensor dWeight, Tensor dBias) {
        long pixels = x.dim(1) * x.dim(2);
        long channels = x.dim(3);
        if (dX != null) {
            try (MemoryScope scratch = kernels.scratch("groupNormBackward")) {
                Tensor means = scratch.allocate(DType.F32, x.dim(0), spec.groups(), 2);
                kernels.launch(MODULE, "backward_means").i32(activation(spec)).in(x).in(weight).in(bias).in(mean).in(inverseStd).in(dOut).i64(pixels)
                        .i32(channels).i32(spec.groups()).out(means).run(oneBlockAGroup(spec, x));
                kernels.launch(MODULE, "backward_x").i32(activation(spec)).in(x).in(weight).in(bias).in(mean).in(inverseStd).in(means).in(dOut).out(dX)
                        .i64(x.numel()).i64(pixels).i32(channels).i32(spec.groups()).run(Elementwise.shape(x.numel()));
            }
        }
        if (dWeight != null || dBias != null) {
            long rows = x.dim(0) * pixels;
            ColumnSums.add(kernels, "groupNormBackward", rows, channels,
                    perPart -> kernels.launch(MODULE, "backward_weight").i32(activation(spec)).in(x).in(weight).in(bias).in(mean).in(inverseStd).in(dOut)
                            .i64(rows).i64(pixels).i32(channels).i32(spec.groups()).i64(perPart), dWeight, dBias);
        }
    }
}
