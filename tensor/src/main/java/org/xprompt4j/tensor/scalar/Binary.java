package org.xprompt4j.tensor.scalar;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.BinaryOp;

/** Elementwise functions of two arguments that broadcast to the shape of out (NumPy's rules). Tensors may be strided. */
final class Binary {
    private Binary() {
    }

    /** out = op(a, b). */
    static void forward(BinaryOp op, Tensor aTensor, Tensor bTensor, Tensor outTensor) {
        FloatView a = FloatView.of(aTensor);
        FloatView b = FloatView.of(bTensor);
        FloatView out = FloatView.of(outTensor);
        for (Odometer o = new Odometer(outTensor.shape(), aTensor, bTensor, outTensor); o.hasNext(); o.next()) {
            out.set(o.at(2), apply(op, a.get(o.at(0)), b.get(o.at(1))));
        }
    }

    private static double apply(BinaryOp op, double a, double b) {
        return switch (op) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE -> a / b;
            case MAXIMUM -> Math.max(a, b);
            case MINIMUM -> Math.min(a, b);
        };
    }
}
