package org.xprompt4j.tensor.op;

/** Elementwise functions of one argument. */
public enum UnaryOp {
    NEGATE, ABS, SQUARE, SQRT, RECIPROCAL, EXP, LOG, SIGMOID, TANH, SILU, RELU,
    /** x for x > 0, else 0.2 x. */
    LEAKY_RELU
}
