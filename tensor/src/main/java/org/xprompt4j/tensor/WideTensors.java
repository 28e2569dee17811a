package org.xprompt4j.tensor;

import java.util.ArrayList;
import java.util.List;

import org.xprompt4j.tensor.op.Operation;

/**
 * Float32 stand-ins for the BF16 tensors of one call: inputs are widened before it, outputs rounded after it. All other tensors
 * (null and those of other types too) stand for themselves.
 */
final class WideTensors implements AutoCloseable {
    private record Rounding(Tensor wide, Tensor to) {
    }

    private final Backend backend;
    private final Operation operation;
    private final boolean isNative; // the backend takes BF16 itself: all tensors stand for themselves
    private final List<Rounding> roundings = new ArrayList<>();
    private MemoryScope scope; // null until a tensor needs it

    /** Nothing is copied when the backend computes the operation in BF16 itself. */
    WideTensors(Backend backend, Operation operation) {
        this.backend = backend;
        this.operation = operation;
        this.isNative = backend.computesBf16(operation);
    }

    /** Stands for a tensor that is read; it may be strided. */
    Tensor in(Tensor x) {
        if (!isNarrow(x)) {
            return x;
        }
        Tensor wide = allocate(x);
        backend.copy(x, wide);
        return wide;
    }

    /** Stands for a tensor that is overwritten. */
    Tensor out(Tensor x) {
        if (!isNarrow(x)) {
            return x;
        }
        Tensor wide = allocate(x);
        roundings.add(new Rounding(wide, x));
        return wide;
    }

    /** Stands for a tensor that is added to. */
    Tensor sum(Tensor x) {
        if (!isNarrow(x)) {
            return x;
        }
        Tensor wide = in(x);
        roundings.add(new Rounding(wide, x));
        return wide;
    }

    private boolean isNarrow(Tensor x) {
        return !isNative && x != null && x.dtype() == DType.BF16;
    }

    private Tensor allocate(Tensor x) {
        if (scope == null) {
            scope = backend.openScope("widened " + operation);
        }
        return scope.allocate(DType.F32, x.shape());
    }

    /** Rounds what the operation wrote to the tensors it was meant for. */
    void round() {
        for (Rounding rounding : roundings) {
            backend.copy(rounding.wide(), rounding.to());
        }
    }

    @Override
    public void close() {
        if (scope != null) {
            scope.close();
        }
    }
}
