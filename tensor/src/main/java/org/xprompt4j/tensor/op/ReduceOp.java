package org.xprompt4j.tensor.op;

/** Reductions over axes; accumulated in an order that depends on the shape alone. */
public enum ReduceOp {
    /** The sum. */
    SUM,
    /** The sum over the number of elements. */
    MEAN,
    /** The largest element. */
    MAX
}
