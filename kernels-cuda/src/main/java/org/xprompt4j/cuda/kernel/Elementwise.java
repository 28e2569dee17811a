package org.xprompt4j.cuda.kernel;

import org.xprompt4j.cuda.driver.LaunchShape;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.BinaryOp;
import org.xprompt4j.tensor.op.UnaryOp;

/** Elementwise functions, multiples and dropout: {@code elementwise.cu}. Contiguous tensors take the flat entries. */
public final class Elementwise {
    private static final String MODULE = "elementwise";
    private static final int THREADS = 256;

    private Elementwise() {
    }

    /** A block for every 256 elements. */
    static LaunchShape shape(long elements) {
        return LaunchShape.of((elements + THREADS - 1) / THREADS, THREADS);
    }

    /** A thread for every four elements. */
    static LaunchShape fours(long elements) {
        return shape((elements + 3) / 4);
    }

    /** Bit t tells that tensor t is BF16. */
    private static int narrow(Tensor... tensors) {
        int bits = 0;
        for (int t = 0; t < tensors.length; t++) {
            bits |= tensors[t].dtype() == DType.BF16 ? 1 << t : 0;
        }
        return bits;
    }

    static boolean flat(Tensor... tensors) {
        for (Tensor tensor : tensors) {
            if (!tensor.isContiguous() || !tensor.shape().equals(tensors[0].shape())) {
                return false;
            }
        }
        return true;
    }

    public static void unary(Kernels kernels, UnaryOp op, Tensor x, Tensor out) {
        long n = out.numel();
        if (flat(x, out)) {
            kernels.launch(MODULE, "unary_flat").i32(op.ordinal()).in(x).out(out).i32(narrow(x, out)).i64(n).run(fours(n));
        } else {
            kernels.launch(MODULE, "unary_strided").i32(op.ordinal()).in(x).out(out).i32(narrow(x, out))
                    .walk(Walk.over(out.shape(), x, out)).i64(n).run(shape(n));
        }
    }

    public static void unaryBackward(Kernels kernels, UnaryOp op, Tensor x, Tensor out, Tensor dOut, Tensor dX) {
        long n = x.numel();
        if (flat(x, out, dOut, dX)) {
            kernels.launch(MODULE, "unary_backward_flat").i32(op.ordinal()).in(x).in(out).in(dOut).out(dX)
                    .i32(narrow(x, out, dOut, dX, dX)).i64(n).run(fours(n));
        } else {
            kernels.launch(MODULE, "unary_backward_strided").i32(op.ordinal()).in(x).in(out).in(dOut).out(dX)
                    .i32(narrow(x, out, dOut, dX)).walk(Walk.over(x.shape(), x, out, dOut, dX)).i64(n).run(shape(n));
        }
    }

    public static void binary(Kernels kernels, BinaryOp op, Tensor a, Tensor b, Tensor out) {
        long n = out.numel();
        if (flat(a, b, out)) {
            kernels.launch(MODULE, "binary_flat").i32(op.ordinal()).in(a).in(b).out(out).i32(narrow(a, b, out)).i64(n).run(fours(n));
        } else {
            kernels.launch(MODULE, "binary_strided").i32(op.ordinal()).in(a).in(b).out(out).i32(narrow(a, b, out))
                    .walk(Walk.over(out.shape(), a, b, out)).i64(n).run(shape(n));
        }
    }

    public static void scale(Kernels kernels, Tensor x, float factor, Tensor out) {
        long n = out.numel();
        kernels.launch(MODULE, "scale").in(x).f32(factor).out(out).i32(narrow(x, out)).i64(n).run(fours(n));
    }

    public static void addScaled(Kernels kernels, Tensor x, float factor, Tensor sum) {
        long n = sum.numel();
        kernels.launch(MODULE, "add_scaled").in(x).f32(factor).out(sum).i32(narrow(x, sum, sum)).i64(n).run(fours(n));
    }

    /** gate [1] or null. */
    public static void combine(Kernels kernels, float keep, float factor, Tensor x, Tensor gate, Tensor sum) {
        long n = sum.numel();
        kernels.launch(MODULE, "combine").f32(keep).f32(factor).in(x).in(gate).out(sum).i64(n).run(fours(n));
    }

    public static void dropout(Kernels kernels, float probability, long seed, long stream, Tensor x, boolean accumulate, Tensor out) {
        long n = out.numel();
        kernels.launch(MODULE, "dropout").f32(probability).i64(seed).i64(stream).in(x).i32(accumulate ? 1 : 0).out(out)
                .i32(accumulate ? narrow(x, out, out) : narrow(x, out)).i64(n).run(fours(n));
    }
}
