package org.xprompt4j.tensor;

import org.xprompt4j.tensor.op.Activation;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.MatmulSpec;

/** y = x · Wᵀ + bias + residual and its backward pass: dX = dOut · W, dW = dOutᵀ · x. */
final class LinearLayer {
    private LinearLayer() {
    }

    /** x [..., k], weight [n, k], bias [n] or null, residual [..., n] or null; the result [..., n] is of x's type or F32. */
    static Tensor of(Ops ops, Tensor x, Tensor weight, Tensor bias, Tensor residual, DType result) {
        long k = weight.dim(1);
        long n = weight.dim(0);
        if (x.dim(-1) != k) {
            throw new IllegalArgumentException("linear: input " + x + " does not fit weight " + weight);
        }
        long[] dims = x.shape().toArray();
        dims[dims.length - 1] = n;
        Tensor out = ops.scope().allocate(result, dims);
        Tensor x2 = x.reshape(-1, k);
        Tensor residual2 = residual == null ? null : residual.reshape(-1, n);
        ops.backend().matmul(MatmulSpec.NT, x2, weight, new Epilogue(bias, Activation.NONE, null, residual2), out.reshape(-1, n));
        if (ops.tracked(x, weight, bias, residual)) {
            ops.tape().record(out, gradients(ops, x, weight, bias, residual));
        }
        return out;
    }

    private static Tape.Step gradients(Ops ops, Tensor x, Tensor weight, Tensor bias, Tensor residual) {
        long n = weight.dim(0);
        long k = weight.dim(1);
        Tape tape = ops.tape();
        Backend backend = ops.backend();
        return dOut -> {
            Tensor d = ops.ofType(x.dtype(), dOut).reshape(-1, n);
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
