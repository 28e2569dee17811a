package org.xprompt4j.nn.chameleon;

import org.xprompt4j.nn.Module;
import org.xprompt4j.nn.RmsNorm;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;

/**
 * One block of the transformer, [batch, seq, hidden] to the same shape (Chameleon paper, section 2.3).
 *
 * <pre>
 * pre-norm:  h = x + Attn(norm1(x));   y = h + Mlp(norm2(h))
 * swin:      h = x + norm1(Attn(x));   y = h + norm2(Mlp(h))
 * </pre>
 */
public final class DecoderLayer extends Module {
    private final Attention attention;
    private final Mlp mlp;
    private final RmsNorm inputNorm; // [hidden]; swin: behind the attention
    private final RmsNorm postAttentionNorm; // [hidden]; swin: behind the MLP
    private final boolean swin;
    private final int layer;

    DecoderLayer(ChameleonConfig config, int layer) {
        this.layer = layer;
        this.swin = config.swinNorm();
        attention = child("self_attn", new Attention(config, layer));
        mlp = child("mlp", new Mlp(config));
        inputNorm = child("input_layernorm", new RmsNorm(config.hiddenSize(), config.rmsNormEps()));
        postAttentionNorm = child("post_attention_layernorm", new RmsNorm(config.hiddenSize(), config.rmsNormEps()));
    }

    /** x [batch, seq, hidden] to the same shape. */
    Tensor forward(Ops ops, Tensor x, Pass pass) {
        Dropout dropout = pass.dropout();
        if (swin) {
            Tensor attended = inputNorm.forward(ops, attention.forward(ops, x, pass, null));
            Tensor h = ops.add(x, dropout.apply(ops, attended, 2 * layer));
            Tensor fed = postAttentionNorm.forward(ops, mlp.forward(ops, h, null));
            return ops.add(h, dropout.apply(ops, fed, 2 * layer + 1));
        }
        if (!dropout.acts(ops)) { // the residuals are added where the matmuls write their results
            Tensor h = attention.forward(ops, inputNorm.forward(ops, x), pass, x);
            return mlp.forward(ops, postAttentionNorm.forward(ops, h), h);
        }
        Tensor attended = attention.forward(ops, inputNorm.forward(ops, x), pass, null);
        Tensor h = ops.add(x, dropout.apply(ops, attended, 2 * layer));
        Tensor fed = mlp.forward(ops, postAttentionNorm.forward(ops, h), null);
        return ops.add(h, dropout.apply(ops, fed, 2 * layer + 1));
    }

    /** Only what a cache needs of x [batch, seq, hidden]: this layer's keys and values. */
    void fillCache(Ops ops, Tensor x, Pass pass) {
        attention.fillCache(ops, swin ? x : inputNorm.forward(ops, x), pass);
    }

    /** Queries, normed and turned, of this layer's input x [batch, seq, hidden]: [batch, seq, heads, headDim]. */
    Tensor queries(Ops ops, Tensor x, Tensor positions) {
        return attention.queries(ops, swin ? x : inputNorm.forward(ops, x), positions);
    }
}
