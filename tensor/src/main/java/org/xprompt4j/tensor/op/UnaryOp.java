package org.xprompt4j.tensor.op;

/** Elementwise functions of one argument. */
public enum UnaryOp {
    /** -x */
    NEGATE,
    /** |x| */
    ABS,
    /** x² */
    SQUARE,
    /** √x */
    SQRT,
    /** 1 / x */
    RECIPROCAL,
    /** eˣ */
    EXP,
    /** Natural logarithm. */
    LOG,
    /** 1 / (1 + e⁻ˣ) */
    SIGMOID,
    /** Hyperbolic tangent. */
    TANH,
    /** x · sigmoid(x) */
    SILU,
    /** x for x > 0, else 0. */
    RELU,
    /** x for x > 0, else 0.2 x. */
    LEAKY_RELU,
    /** x · Φ(x), Φ being the normal distribution: x/2 · (1 + erf(x / √2)) (Hendrycks and Gimpel, 2016), not one of its approximations. */
    GELU
}
