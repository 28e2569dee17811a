package org.xprompt4j.nn.chameleon;

import org.xprompt4j.nn.Initialisation;
import org.xprompt4j.nn.Linear;
import org.xprompt4j.nn.Module;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Activation;

/** SwiGLU feed-forward (Shazeer, 2020): Wdown( silu(Wgate x) ⊙ Wup x ). Input and output [batch, seq, hidden]. */
public final class Mlp extends Module {
    private final Linear gateProj; // [ffn, hidden]
    private final Linear upProj; // [ffn, hidden]
    private final Linear downProj; // [hidden, ffn]

    Mlp(ChameleonConfig config) {
        Initialisation normal = Initialisation.normal(config.initializerRange());
        int hidden = config.hiddenSize();
        int ffn = config.intermediateSize();
        gateProj = child("gate_proj", new Linear(hidden, ffn, config.mlpBias(), normal));
        upProj = child("up_proj", new Linear(hidden, ffn, config.mlpBias(), normal));
        downProj = child("down_proj", new Linear(ffn, hidden, config.mlpBias(), normal));
    }

    /** x [batch, seq, hidden], plus a residual of the same shape; null for none. */
    Tensor forward(Ops ops, Tensor x, Tensor residual) {
        Tensor up = upProj.forward(ops, x); // [batch, seq, ffn]
        Tensor gated = ops.isTraining() ? ops.swiGlu(gateProj.forward(ops, x), up)
                : gateProj.project(ops, x, Activation.SILU, up, null); // nothing is kept, so the gate is applied where the matmul writes
        return downProj.forward(ops, gated, residual);
    }
}
