package org.xprompt4j.tensor.op;

/** Elementwise functions of two arguments, broadcast by NumPy's rules. */
public enum BinaryOp {
    /** a + b */
    ADD,
    /** a - b */
    SUBTRACT,
    /** a · b */
    MULTIPLY,
    /** a / b */
    DIVIDE,
    /** The larger one. */
    MAXIMUM,
    /** The smaller one. */
    MINIMUM
}
