package org.xprompt4j.tensor.op;

/** Reductions over axes; accumulated in an order that depends on the shape alone. */
public enum ReduceOp {
    SUM, MEAN, MAX
}
