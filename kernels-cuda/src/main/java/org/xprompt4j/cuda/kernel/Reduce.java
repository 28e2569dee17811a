package org.xprompt4j.cuda.kernel;

import java.lang.foreign.MemorySegment;

import org.xprompt4j.cuda.driver.LaunchShape;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.ReduceOp;

/** Reductions over axes and the sum of squares: {@code reduce.cu}. */
public final class Reduce {
    private static final String MODULE = "reduce";
    private static final int THREADS = 256;
    private static final int MOST_PARTS = 512;

    private Reduce() {
    }

    /** Reduces the axes where out has size 1 and x has not; x may be strided. */
    public static void forward(Kernels kernels, ReduceOp op, Tensor x, Tensor out) {
        long[] kept = new long[x.rank()];
        long[] reduced = new long[x.rank()];
        for (int axis = 0; axis < x.rank(); axis++) {
            boolean gone = out.dim(axis) == 1;
            kept[axis] = gone ? 1 : x.dim(axis);
            reduced[axis] = gone ? x.dim(axis) : 1;
        }
        Tensor oneOfEach = slice(x, kept);
        Tensor within = slice(x, reduced);
        long count = x.numel() / out.numel();
        kernels.launch(MODULE, "reduce").i32(op.ordinal()).in(x).walk(Walk.over(Shape.of(kept), oneOfEach)).walk(Walk.over(Shape.of(reduced), within))
                .i64(count).out(out).run(LaunchShape.of(out.numel(), Norms.threads(count)));
    }

    /** The part of x that begins at its first element and has these sizes. */
    private static Tensor slice(Tensor x, long[] sizes) {
        Tensor part = x;
        for (int axis = 0; axis < sizes.length; axis++) {
            part = part.slice(axis, 0, sizes[axis]);
        }
        return part;
    }

    /** Parts of the sum of the squares of x, [parts] of float64 held as I64, at most 512. */
    static Tensor squares(Kernels kernels, MemoryScope scratch, Tensor x) {
        long n = x.numel();
        int parts = (int) Math.max(1, Math.min(MOST_PARTS, (n + THREADS - 1) / THREADS));
        Tensor partial = scratch.allocate(DType.I64, parts);
        kernels.launch(MODULE, "squares").in(x).i64(n).out(partial).run(LaunchShape.of(parts, THREADS));
        return partial;
    }

    /** Sum of the squares of x, accumulated in float64. Waits for the device. */
    public static double sumOfSquares(Kernels kernels, Tensor x) {
        double sum = 0;
        try (MemoryScope scratch = kernels.scratch("sumOfSquares")) {
            Tensor partial = squares(kernels, scratch, x);
            double[] sums = new double[partial.size(0)];
            partial.storage().read(partial.offset() * Double.BYTES, MemorySegment.ofArray(sums));
            for (double part : sums) {
                sum += part;
            }
        }
        return sum;
    }
}
