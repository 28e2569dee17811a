package org.xprompt4j.tensor;

import org.xprompt4j.tensor.op.BinaryOp;

/** The backward rules of the elementwise functions of two arguments, broadcasting included. */
final class BinaryGradient {
    private BinaryGradient() {
    }

    static Tape.Step of(BinaryOp op, Ops ops, Tensor a, Tensor b, Tensor out) {
        Backend backend = ops.backend();
        MemoryScope scope = ops.scope();
        return switch (op) {
            case ADD -> dOut -> {
                ops.addReduced(dOut, a);
                ops.addReduced(dOut, b);
            };
            case SUBTRACT -> dOut -> {
                ops.addReduced(dOut, a);
                if (ops.tape().tracks(b)) {
                    Tensor negated = scope.allocate(dOut.dtype(), dOut.shape());
                    backend.scale(dOut, -1, negated);
                    ops.addReduced(negated, b);
                }
            };
            case MULTIPLY -> dOut -> {
                addProduct(ops, dOut, b, a);
                addProduct(ops, dOut, a, b);
            };
            case DIVIDE -> dOut -> {
                Tensor quotient = scope.allocate(dOut.dtype(), dOut.shape()); // dOut / b
                backend.binary(BinaryOp.DIVIDE, dOut, b, quotient);
                ops.addReduced(quotient, a);
                if (ops.tape().tracks(b)) {
                    backend.binary(BinaryOp.MULTIPLY, quotient, out, quotient);
                    backend.scale(quotient, -1, quotient);
                    ops.addReduced(quotient, b);
                }
            };
            case MAXIMUM, MINIMUM -> throw new IllegalArgumentException(op + " has no gradient; use RELU or ABS");
        };
    }

    /** Adds dOut ⊙ factor to the gradient of an input. */
    private static void addProduct(Ops ops, Tensor dOut, Tensor factor, Tensor input) {
        if (ops.tape().tracks(input)) {
            Tensor product = ops.scope().allocate(dOut.dtype(), dOut.shape());
            ops.backend().binary(BinaryOp.MULTIPLY, dOut, factor, product);
            ops.addReduced(product, input);
        }
    }
}
