package org.xprompt4j.tensor.scalar;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.UnaryOp;

/**
 * The gated unit of Shazeer (2020): {@code out = silu(gate) ⊙ up}; backward {@code dGate = dOut ⊙ up ⊙ silu'(gate)},
 * {@code dUp = dOut ⊙ silu(gate)}.
 */
final class SwiGlu {
    private SwiGlu() {
    }

    /** All [rows, dim]. */
    static void forward(Tensor gateTensor, Tensor upTensor, Tensor outTensor) {
        FloatView gate = FloatView.of(gateTensor);
        FloatView up = FloatView.of(upTensor);
        FloatView out = FloatView.of(outTensor);
        for (long i = 0; i < outTensor.numel(); i++) {
            out.set(i, Unary.apply(UnaryOp.SILU, gate.get(i)) * up.get(i));
        }
    }

    /** All [rows, dim]; dGate and dUp are added to and may be null. */
    static void backward(Tensor gateTensor, Tensor upTensor, Tensor dOutTensor, Tensor dGateTensor, Tensor dUpTensor) {
        FloatView gate = FloatView.of(gateTensor);
        FloatView up = FloatView.of(upTensor);
        FloatView dOut = FloatView.of(dOutTensor);
        FloatView dGate = FloatView.of(dGateTensor);
        FloatView dUp = FloatView.of(dUpTensor);
        for (long i = 0; i < dOutTensor.numel(); i++) {
            double silu = Unary.apply(UnaryOp.SILU, gate.get(i));
            if (dGate != null) {
                dGate.add(i, (double) dOut.get(i) * up.get(i) * Unary.slope(UnaryOp.SILU, gate.get(i), silu));
            }
            if (dUp != null) {
                dUp.add(i, dOut.get(i) * silu);
            }
        }
    }
}
