package org.xprompt4j.tensor;

import org.xprompt4j.tensor.op.BinaryOp;
import org.xprompt4j.tensor.op.ReduceOp;

/** The gradient of an input that was broadcast, or whose type is another than the output's: a sum over the stretched axes, converted. */
final class ReducedGradient {
    private ReducedGradient() {
    }

    /** Adds dOut to the gradient of an input; nothing when that is null or has none. */
    static void add(Ops ops, Tensor dOut, Tensor input) {
        Tensor gradient = input == null || ops.tape() == null ? null : ops.tape().gradient(input);
        if (gradient == null) {
            return;
        }
        Backend backend = ops.backend();
        if (gradient.shape().equals(dOut.shape())) {
            backend.binary(BinaryOp.ADD, gradient, ops.ofType(gradient.dtype(), dOut), gradient);
            return;
        }
        long[] dims = new long[dOut.rank()];
        int shift = dOut.rank() - gradient.rank();
        for (int i = 0; i < dims.length; i++) {
            dims[i] = i < shift ? 1 : gradient.dim(i - shift);
        }
        Tensor reduced = ops.scope().allocate(gradient.dtype() == DType.BF16 ? dOut.dtype() : DType.F32, dims);
        backend.reduce(ReduceOp.SUM, dOut, reduced);
        backend.binary(BinaryOp.ADD, gradient, ops.ofType(gradient.dtype(), reduced.reshape(gradient.shape().toArray())), gradient);
    }
}
