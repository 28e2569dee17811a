package org.xprompt4j.tensor.op;

/** Elementwise functions of two arguments, broadcast by NumPy's rules. */
public enum BinaryOp {
    ADD, SUBTRACT, MULTIPLY, DIVIDE, MAXIMUM, MINIMUM
}
