package org.xprompt4j.nn.text;

import org.xprompt4j.nn.Initialisation;
import org.xprompt4j.nn.Linear;
import org.xprompt4j.nn.Module;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionMask;
import org.xprompt4j.tensor.op.AttentionSpec;

/** Multi-head attention with biases everywhere and no norm of queries and keys (Vaswani et al., 2017), under the names of the caller. */
final class SelfAttention extends Module {
    /** What a checkpoint calls the four projections. */
    record Names(String query, String key, String value, String out) {
    }

    private final Linear query; // [hidden, hidden]
    private final Linear key; // [hidden, hidden]
    private final Linear value; // [hidden, hidden]
    private final Linear out; // [hidden, hidden]
    private final int heads;

    SelfAttention(int hidden, int heads, Names names, Initialisation initialisation) {
        this.heads = heads;
        this.query = child(names.query(), new Linear(hidden, hidden, true, initialisation));
        this.key = child(names.key(), new Linear(hidden, hidden, true, initialisation));
        this.value = child(names.value(), new Linear(hidden, hidden, true, initialisation));
        this.out = child(names.out(), new Linear(hidden, hidden, true, initialisation));
    }

    /** x [batch, seq, hidden], plus a residual of the same shape. */
    Tensor forward(Ops ops, Tensor x, AttentionMask mask, Tensor residual) {
        AttentionSpec spec = new AttentionSpec((float) (1 / Math.sqrt((double) x.dim(2) / heads)), mask);
        Tensor attended = ops.attention(spec, split(ops, query.forward(ops, x)), split(ops, key.forward(ops, x)), split(ops, value.forward(ops, x)));
        return out.forward(ops, ops.reshape(attended, x.dim(0), x.dim(1), x.dim(2)), residual);
    }

    private Tensor split(Ops ops, Tensor x) {
        return ops.reshape(x, x.dim(0), x.dim(1), heads, x.dim(2) / heads); // [batch, seq, heads, headDim]
    }
}
