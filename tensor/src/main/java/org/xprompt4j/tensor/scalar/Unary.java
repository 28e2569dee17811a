package org.xprompt4j.tensor.scalar;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Activation;
import org.xprompt4j.tensor.op.UnaryOp;

/** Elementwise functions of one argument and their slopes, in float64. Tensors may be strided. */
final class Unary {
    private static final double LEAK = 0.2;

    private Unary() {
    }

    /** out = op(x). */
    static void forward(UnaryOp op, Tensor xTensor, Tensor outTensor) {
        FloatView x = FloatView.of(xTensor);
        FloatView out = FloatView.of(outTensor);
        for (Odometer o = new Odometer(outTensor.shape(), xTensor, outTensor); o.hasNext(); o.next()) {
            out.set(o.at(1), apply(op, x.get(o.at(0))));
        }
    }

    /** dX += op'(x) ⊙ dOut. */
    static void backward(UnaryOp op, Tensor xTensor, Tensor outTensor, Tensor dOutTensor, Tensor dXTensor) {
        FloatView x = FloatView.of(xTensor);
        FloatView out = FloatView.of(outTensor);
        FloatView dOut = FloatView.of(dOutTensor);
        FloatView dX = FloatView.of(dXTensor);
        for (Odometer o = new Odometer(xTensor.shape(), xTensor, outTensor, dOutTensor, dXTensor); o.hasNext(); o.next()) {
            dX.add(o.at(3), slope(op, x.get(o.at(0)), out.get(o.at(1))) * dOut.get(o.at(2)));
        }
    }

    static double apply(UnaryOp op, double x) {
        return switch (op) {
            case NEGATE -> -x;
            case ABS -> Math.abs(x);
            case SQUARE -> x * x;
            case SQRT -> Math.sqrt(x);
            case RECIPROCAL -> 1 / x;
            case EXP -> Math.exp(x);
            case LOG -> Math.log(x);
            case SIGMOID -> 1 / (1 + Math.exp(-x));
            case TANH -> Math.tanh(x);
            case SILU -> x / (1 + Math.exp(-x));
            case RELU -> Math.max(x, 0);
            case LEAKY_RELU -> x > 0 ? x : LEAK * x;
            case GELU -> x * Normal.below(x);
        };
    }

    /** The derivative at x, where the function has the value out; 0 at the kink of ABS and RELU. */
    static double slope(UnaryOp op, double x, double out) {
        return switch (op) {
            case NEGATE -> -1;
            case ABS -> Math.signum(x);
            case SQUARE -> 2 * x;
            case SQRT -> 0.5 / out;
            case RECIPROCAL -> -out * out;
            case EXP -> out;
            case LOG -> 1 / x;
            case SIGMOID -> out * (1 - out);
            case TANH -> 1 - out * out;
            case SILU -> {
                double sigmoid = apply(UnaryOp.SIGMOID, x);
                yield sigmoid * (1 + x * (1 - sigmoid));
            }
            case RELU -> x > 0 ? 1 : 0;
            case LEAKY_RELU -> x > 0 ? 1 : LEAK;
            case GELU -> Normal.below(x) + x * Normal.density(x);
        };
    }

    static double activate(Activation activation, double x) {
        return switch (activation) {
            case NONE -> x;
            case SILU -> apply(UnaryOp.SILU, x);
        };
    }

    static double activationSlope(Activation activation, double x) {
        return switch (activation) {
            case NONE -> 1;
            case SILU -> slope(UnaryOp.SILU, x, Double.NaN); // its slope does not use the value
        };
    }
}
