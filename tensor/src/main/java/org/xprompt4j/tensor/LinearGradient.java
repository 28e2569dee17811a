package org.xprompt4j.tensor;

import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.MatmulSpec;

/** The backward pass of {@link Ops#linear(Tensor, Tensor, Tensor, Tensor)}: dX = dOut · W, dW = dOutᵀ · x. */
final class LinearGradient {
    private LinearGradient() {
    }

    /** x [..., k], weight [n, k], bias [n] or null, residual [..., n] or null. */
    static Tape.Step of(Ops ops, Tensor x, Tensor weight, Tensor bias, Tensor residual) {
        long n = weight.dim(0);
        long k = weight.dim(1);
        Tape tape = ops.tape();
        Backend backend = ops.backend();
        return dOut -> {
            Tensor d = dOut.reshape(-1, n);
            Tensor fresh = tape.newGradient(x);
            if (fresh != null) {
                backend.matmul(MatmulSpec.NN, d, weight, Epilogue.NONE, fresh.reshape(-1, k));
            } else if (tape.tracks(x)) {
                backend.matmul(MatmulSpec.NN.accumulating(), d, weight, Epilogue.NONE, tape.gradient(x).reshape(-1, k));
            }
            Tensor dWeight = tape.gradient(weight);
            if (dWeight != null) {
                backend.matmul(MatmulSpec.TN.accumulating(), d, x.reshape(-1, k), Epilogue.NONE, dWeight);
            }
            ops.addReduced(dOut, bias);
            if (!tape.handOver(dOut, residual)) { // dOut is not needed any more
                ops.addReduced(dOut, residual);
            }
        };
    }
}
