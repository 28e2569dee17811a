package org.xprompt4j.nn;

import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;

/** Rows of a table by ids. Input [...] I32, output [..., dim]; {@code weight} [rows, dim]. */
public final class Embedding extends Module {
    private final Parameter weight; // [rows, dim]

    /** Declares the table, [rows, dim]. */
    public Embedding(int rows, int dim, Initialisation initialisation) {
        weight = matrix("weight", initialisation, rows, dim);
    }

    /** ids [...] I32 to [..., dim]. */
    public Tensor forward(Ops ops, Tensor ids) {
        return ops.embedding(weight.value(), ids);
    }

    /** The table, [rows, dim]. */
    public Parameter weight() {
        return weight;
    }
}
