package org.xprompt4j.cuda.kernel;

import org.xprompt4j.cuda.driver.LaunchShape;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Activation;
import org.xprompt4j.tensor.op.Conv2dSpec;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.MatmulSpec;

/** Convolution as an implicit product, and its gradients: exact with {@code conv2d.cu}, or on the tensor cores, as {@link Precision} says. */
public final class Conv2d {
    private static final String MODULE = "conv2d";
    private static final int TILE = 64;
    private static final int THREADS = 256;

    private Conv2d() {
    }

    static Launch geometry(Launch launch, Conv2dSpec spec, Tensor x, Tensor weight, Tensor out) {
        return launch.i32(x.dim(0)).i32(x.dim(1)).i32(x.dim(2)).i32(x.dim(3)).i32(out.dim(1)).i32(out.dim(2)).i32(out.dim(3))
                .i32(weight.dim(2)).i32(weight.dim(3)).i32(spec.stride()).i32(spec.top()).i32(spec.left());
    }

    private static long tiles(long size) {
        return (size + TILE - 1) / TILE;
    }

    /** x [batch, height, width, in], weight [out, in, kh, kw], bias [out] or null, residual as out or null, out [batch, oh, ow, out]. */
    public static void forward(Kernels kernels, Conv2dSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor residual, Tensor out) {
        if (kernels.onTensorCores(x, weight)) {
            TensorCoreConv2d.forward(kernels, spec, x, weight, bias, residual, out);
            return;
        }
        if (x.dtype() == DType.BF16) {
            try (FloatCopies floats = new FloatCopies(kernels, "conv2d")) {
                forward(kernels, spec, floats.in(x), weight, bias, floats.in(residual), floats.out(out));
                floats.round();
            }
            return;
        }
        Launch launch = kernels.launch(MODULE, "forward_" + Norms.suffix(weight.dtype())).in(x).in(weight).out(out);
        long pixels = out.dim(0) * out.dim(1) * out.dim(2);
        Matmul.epilogue(geometry(launch, spec, x, weight, out), MatmulSpec.NT, new Epilogue(bias, Activation.NONE, null, residual), out)
                .run(LaunchShape.of(tiles(pixels), tiles(out.dim(3)), THREADS));
    }

    /** dX as x, dWeight as weight, dBias [out] are added to; each may be null. */
    public static void backward(Kernels kernels, Conv2dSpec spec, Tensor x, Tensor weight, Tensor dOut, Tensor dX, Tensor dWeight, Tensor dBias) {
        if (x.dtype() == DType.BF16 && !kernels.onTensorCores(x, weight)) {
            try (FloatCopies floats = new FloatCopies(kernels, "conv2dBackward")) {
                backward(kernels, spec, floats.in(x), weight, floats.in(dOut), floats.sum(dX), dWeight, dBias);
                floats.round();
            }
            return;
        }
        long pixels = dOut.dim(0) * dOut.dim(1) * dOut.dim(2);
        if (dBias != null) {
            biasGradient(kernels, dOut, pixels, dBias);
        }
        if (kernels.onTensorCores(x, weight)) {
            TensorCoreConv2d.backward(kernels, spec, x, weight, dOut, dX, dWeight);
            return;
        }
        if (dX != null) {
            Launch launch = kernels.launch(MODULE, "backward_x").in(dOut).in(weight).out(dX);
            geometry(launch, spec, x, weight, dOut).run(LaunchShape.of(tiles(x.dim(0) * x.dim(1) * x.dim(2)), tiles(x.dim(3)), THREADS));
        }
        if (dWeight != null) {
            long columns = weight.numel() / weight.dim(0);
            long tiles = tiles(weight.dim(0)) * tiles(columns);
            int splits = Matmul.splits(tiles, pixels, kernels.driver().properties().multiprocessors());
            try (MemoryScope scratch = kernels.scratch("conv2dBackward")) {
                Tensor parts = scratch.allocate(DType.F32, splits, weight.dim(0), columns);
                Launch launch = kernels.launch(MODULE, "backward_weight").in(x).in(dOut).out(parts).i64((pixels + splits - 1) / splits);
                geometry(launch, spec, x, weight, dOut).run(LaunchShape.of(tiles(weight.dim(0)), tiles(columns), splits, THREADS));
                Matmul.join(kernels, parts, splits, MatmulSpec.NN.accumulating(), Epilogue.NONE, dWeight.reshape(weight.dim(0), columns));
            }
        }
    }

    private static void biasGradient(Kernels kernels, Tensor dOut, long pixels, Tensor dBias) {
        long out = dOut.dim(3);
        try (FloatCopies floats = new FloatCopies(kernels, "conv2dBackward")) {
            Tensor wide = floats.in(dOut);
            ColumnSums.add(kernels, "conv2dBackward", pixels, out,
                    perPart -> kernels.launch("column_sum", "column_sum").in(wide).i64(pixels).i64(out).i64(perPart), dBias, null);
        }
    }
}
