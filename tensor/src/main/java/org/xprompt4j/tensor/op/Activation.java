package org.xprompt4j.tensor.op;

/** The function a matmul or norm applies to its result before writing it. */
public enum Activation {
    /** x */
    NONE,
    /** x · sigmoid(x) */
    SILU
}
