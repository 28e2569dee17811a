package org.xprompt4j.cuda.kernel;

import org.xprompt4j.tensor.Tensor;

/** Doubling and halving of pictures, and the gradients: {@code resample.cu}. */
public final class Resample {
    private static final String MODULE = "resample";

    private Resample() {
    }

    /** x [batch, h, w, c], out [batch, 2h, 2w, c]. */
    public static void upsampleNearest(Kernels kernels, Tensor x, Tensor out) {
        kernels.launch(MODULE, "upsample").in(x).out(out).i64(x.numel()).i64(x.dim(2)).i64(x.dim(3)).run(Elementwise.shape(x.numel()));
    }

    /** dX [batch, h, w, c] is added to. */
    public static void upsampleNearestBackward(Kernels kernels, Tensor dOut, Tensor dX) {
        gather(kernels, dOut, 1, true, dX);
    }

    /** x [batch, 2h, 2w, c], out [batch, h, w, c]. */
    public static void averagePool(Kernels kernels, Tensor x, Tensor out) {
        gather(kernels, x, 0.25f, false, out);
    }

    /** dX [batch, 2h, 2w, c] is added to. */
    public static void averagePoolBackward(Kernels kernels, Tensor dOut, Tensor dX) {
        kernels.launch(MODULE, "spread").in(dOut).out(dX).i64(dOut.numel()).i64(dOut.dim(2)).i64(dOut.dim(3)).run(Elementwise.shape(dOut.numel()));
    }

    private static void gather(Kernels kernels, Tensor big, float factor, boolean accumulate, Tensor small) {
        kernels.launch(MODULE, "gather").in(big).f32(factor).i32(accumulate ? 1 : 0).out(small).i64(small.numel()).i64(small.dim(2)).i64(small.dim(3))
                .run(Elementwise.shape(small.numel()));
    }
}
