package org.xprompt4j.cuda.kernel;

import org.xprompt4j.cuda.kernel.TensorCoreMatmul.Operand;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Activation;
import org.xprompt4j.tensor.op.Conv2dSpec;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.MatmulSpec;

/** Convolution on the tensor cores: {@code conv2d_bf16.cu}. Pictures and weights are packed first, channels to multiples of 8. */
final class TensorCoreConv2d {
    private static final String MODULE = "conv2d_bf16";

    private TensorCoreConv2d() {
    }

    /** x [batch, height, width, in], weight [out, in, kh, kw], bias [out] or null, residual as out or null, out [batch, oh, ow, out]. */
    static void forward(Kernels kernels, Conv2dSpec spec, Tensor x, Tensor weight, Tensor bias, Tensor residual, Tensor out) {
        try (MemoryScope scratch = kernels.scratch("conv2d")) {
            Operand pixels = pixels(kernels, scratch, x);
            long rows = out.numel() / out.dim(3);
            Tensor packedWeight = packedWeight(kernels, scratch, weight, false);
            TensorTiling.Tile tile = TensorTiling.Tile.LARGE.orSmall(kernels, rows, out.dim(3));
            Launch launch = kernels.launch(MODULE, "forward_" + Norms.lower(tile)).in(pixels.tensor()).i32(pixels.pitch())
                    .in(packedWeight).out(out);
            Matmul.epilogue(Conv2d.geometry(launch, spec, x, weight, out), MatmulSpec.NT, new Epilogue(bias, Activation.NONE, null, residual), out)
                    .run(tile.shape(rows, out.dim(3), 1));
        }
    }

    /** dX as x and dWeight as weight are added to; each may be null. */
    static void backward(Kernels kernels, Conv2dSpec spec, Tensor x, Tensor weight, Tensor dOut, Tensor dX, Tensor dWeight) {
        try (MemoryScope scratch = kernels.scratch("conv2dBackward")) {
            Operand outputs = pixels(kernels, scratch, dOut);
            if (dX != null) {
                long rows = x.numel() / x.dim(3);
                Tensor packedWeight = packedWeight(kernels, scratch, weight, true);
                TensorTiling.Tile tile = TensorTiling.Tile.LARGE.orSmall(kernels, rows, x.dim(3));
                Launch launch = kernels.launch(MODULE, "backward_x_" + Norms.lower(tile)).in(outputs.tensor()).i32(outputs.pitch())
                        .in(packedWeight).out(dX);
                Matmul.epilogue(Conv2d.geometry(launch, spec, x, weight, dOut), MatmulSpec.NT.accumulating(), Epilogue.NONE, dX)
                        .run(tile.shape(rows, x.dim(3), 1));
            }
            if (dWeight != null) {
                weightGradient(kernels, spec, pixels(kernels, scratch, x), outputs, x, dOut, dWeight);
            }
        }
    }

    private static void weightGradient(Kernels kernels, Conv2dSpec spec, Operand pixels, Operand outputs, Tensor x, Tensor dOut, Tensor dWeight) {
        long rows = dWeight.dim(0);
        long columns = dWeight.numel() / rows;
        long padded = dWeight.dim(2) * dWeight.dim(3) * pixels.pitch();
        long sum = dOut.numel() / dOut.dim(3);
        TensorTiling tiling = TensorTiling.of(rows, padded, sum, false, kernels.driver().properties().multiprocessors());
        TensorTiling.Tile tile = tiling.tile() == TensorTiling.Tile.SMALL ? tiling.tile() : TensorTiling.Tile.LARGE;
        try (MemoryScope scratch = kernels.scratch("conv2dBackward")) {
            Tensor parts = scratch.allocate(DType.F32, tiling.splits(), rows, columns);
            Launch launch = kernels.launch(MODULE, "backward_weight_" + Norms.lower(tile)).in(pixels.tensor()).i32(pixels.pitch()).in(outputs.tensor())
                    .i32(outputs.pitch()).out(parts).i64(tiling.perSplit());
            Conv2d.geometry(launch, spec, x, dWeight, dOut).run(tile.shape(rows, padded, tiling.splits()));
            Matmul.join(kernels, parts, tiling.splits(), MatmulSpec.NN.accumulating(), Epilogue.NONE, dWeight.reshape(rows, columns));
        }
    }

    /** [pixels, channels] as the tensor cores read it. */
    private static Operand pixels(Kernels kernels, MemoryScope scratch, Tensor picture) {
        int pixels = Math.toIntExact(picture.numel() / picture.dim(3)); // the kernels count them in 32 bits
        return TensorCoreMatmul.packed(kernels, scratch, picture.reshape(pixels, picture.dim(3)));
    }

    /** [out, kh kw, pitch of in], or the other way round [in, kh kw, pitch of out]. */
    private static Tensor packedWeight(Kernels kernels, MemoryScope scratch, Tensor weight, boolean byInput) {
        long places = weight.dim(2) * weight.dim(3);
        long pitch = TensorCoreMatmul.pitch(weight.dim(byInput ? 0 : 1));
        Tensor packed = scratch.allocate(DType.BF16, weight.dim(byInput ? 1 : 0), places, pitch);
        kernels.launch(MODULE, "pack_weight").in(weight).i32(Norms.flag(weight)).i32(weight.dim(0)).i32(weight.dim(1)).i32(places)
                .i32(byInput ? 1 : 0).i64(pitch).out(packed).run(Elementwise.shape(packed.numel()));
        return packed;
    }
}
