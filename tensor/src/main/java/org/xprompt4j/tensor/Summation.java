package org.xprompt4j.tensor;

import java.util.Arrays;

import org.xprompt4j.tensor.op.BinaryOp;
import org.xprompt4j.tensor.op.ReduceOp;

/** Sums over axes, in F32; the gradient is the same for all that was summed. */
final class Summation {
    private Summation() {
    }

    /** x down to a shape that broadcasts to x's; ranks equal, or [1] for everything. */
    static Tensor of(Ops ops, Tensor x, Shape target) {
        Backend backend = ops.backend();
        Tensor out = ops.scope().allocate(DType.F32, target);
        backend.reduce(ReduceOp.SUM, x, out.numel() == 1 ? out.reshape(ones(x.rank())) : out);
        if (ops.tracked(x)) {
            ops.tape().record(out, dOut -> {
                Tensor dX = ops.tape().gradient(x);
                Tensor d = ops.ofType(dX.dtype(), dOut);
                backend.binary(BinaryOp.ADD, dX, d.numel() == 1 ? d.reshape(1) : d, dX);
            });
        }
        return out;
    }

    private static long[] ones(int rank) {
        long[] dims = new long[rank];
        Arrays.fill(dims, 1);
        return dims;
    }
}
