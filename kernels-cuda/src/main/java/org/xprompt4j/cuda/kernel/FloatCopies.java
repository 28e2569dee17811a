package org.xprompt4j.cuda.kernel;

import java.util.ArrayList;
import java.util.List;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;

/**
 * Float stand-ins for the bf16 activations of one operation, for kernels that read and write floats. Results are rounded once, by
 * {@link #round}.
 */
final class FloatCopies implements AutoCloseable {
    private record Result(Tensor wide, Tensor narrow) {
    }

    private final Kernels kernels;
    private final MemoryScope scratch;
    private final List<Result> results = new ArrayList<>();

    FloatCopies(Kernels kernels, String operation) {
        this.kernels = kernels;
        this.scratch = kernels.scratch(operation);
    }

    /** A tensor that is read: itself when it is float or null. */
    Tensor in(Tensor x) {
        if (x == null || x.dtype() != DType.BF16) {
            return x;
        }
        Tensor wide = scratch.allocate(DType.F32, x.shape());
        Copy.copy(kernels, x, wide);
        return wide;
    }

    /** A tensor that is written. */
    Tensor out(Tensor x) {
        return x == null || x.dtype() != DType.BF16 ? x : result(scratch.allocate(DType.F32, x.shape()), x);
    }

    /** A tensor that is added to. */
    Tensor sum(Tensor x) {
        return x == null || x.dtype() != DType.BF16 ? x : result(in(x), x);
    }

    private Tensor result(Tensor wide, Tensor narrow) {
        results.add(new Result(wide, narrow));
        return wide;
    }

    /** Rounds the results. */
    void round() {
        results.forEach(result -> Copy.copy(kernels, result.wide(), result.narrow()));
    }

    @Override
    public void close() {
        scratch.close();
    }
}
