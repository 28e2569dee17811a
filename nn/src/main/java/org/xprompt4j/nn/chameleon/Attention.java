package org.xprompt4j.nn.chameleon;

import java.util.List;

import org.xprompt4j.nn.Initialisation;
import org.xprompt4j.nn.Linear;
import org.xprompt4j.nn.Module;
import org.xprompt4j.nn.QkNorm;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionSpec;

/**
 * Self-attention with grouped key/value heads, a norm on queries and keys, and rotary positions. Query head j uses key head
 * j / (heads/kvHeads); keys are cached after norm and rotation, values as they are projected.
 */
public final class Attention extends Module {
    private final Linear qProj; // [heads * headDim, hidden]
    private final Linear kProj; // [kvHeads * headDim, hidden]
    private final Linear vProj; // [kvHeads * headDim, hidden]
    private final Linear oProj; // [hidden, heads * headDim]
    private final QkNorm qNorm; // [heads, headDim]
    private final QkNorm kNorm; // [kvHeads, headDim]
    private final int layer;
    private final int heads;
    private final int kvHeads;
    private final int headDim;
    private final float scale;

    Attention(ChameleonConfig config, int layer) {
        this.layer = layer;
        this.heads = config.heads();
        this.kvHeads = config.kvHeads();
        this.headDim = config.headDim();
        this.scale = (float) (1 / Math.sqrt(headDim));
        Initialisation normal = Initialisation.normal(config.initializerRange());
        int hidden = config.hiddenSize();
        boolean bias = config.attentionBias();
        qProj = child("q_proj", new Linear(hidden, heads * headDim, bias, normal));
        kProj = child("k_proj", new Linear(hidden, kvHeads * headDim, bias, normal));
        vProj = child("v_proj", new Linear(hidden, kvHeads * headDim, bias, normal));
        oProj = child("o_proj", new Linear(heads * headDim, hidden, bias, normal));
        qNorm = child("q_norm", new QkNorm(heads, headDim, config.ropeTheta()));
        kNorm = child("k_norm", new QkNorm(kvHeads, headDim, config.ropeTheta()));
    }

    /** x [batch, seq, hidden], plus a residual of the same shape; null for none. */
    Tensor forward(Ops ops, Tensor x, Pass pass, Tensor residual) {
        List<Tensor> projected = Linear.forwardAll(ops, x, qProj, kProj, vProj);
        Tensor q = qNorm.forward(ops, split(ops, projected.get(0), heads), pass.positions()); // [batch, seq, heads, headDim]
        Tensor k = kNorm.forward(ops, split(ops, projected.get(1), kvHeads), pass.positions()); // [batch, seq, kvHeads, headDim]
        Tensor v = split(ops, projected.get(2), kvHeads); // [batch, seq, kvHeads, headDim]
        if (pass.cache() != null) {
            pass.cache().write(layer, k, v);
        }
        Tensor attended = pass.isStep() ? attendToCache(ops, q, pass.cache()) : attend(ops, q, k, v, pass);
        return oProj.forward(ops, ops.reshape(attended, x.dim(0), x.dim(1), (long) heads * headDim), residual);
    }

    /** Only writes keys and values of x [batch, seq, hidden] to the cache: all that a prompt's last layer is needed for. */
    void fillCache(Ops ops, Tensor x, Pass pass) {
        List<Tensor> projected = Linear.forwardAll(ops, x, kProj, vProj);
        pass.cache().write(layer, kNorm.forward(ops, split(ops, projected.get(0), kvHeads), pass.positions()), split(ops, projected.get(1), kvHeads));
    }

    /** Queries of x [batch, seq, hidden], normed and turned by positions [batch, seq]: [batch, seq, heads, headDim]. */
    Tensor queries(Ops ops, Tensor x, Tensor positions) {
        return qNorm.forward(ops, split(ops, qProj.forward(ops, x), heads), positions);
    }

    private Tensor split(Ops ops, Tensor x, int parts) {
        return ops.reshape(x, x.dim(0), x.dim(1), parts, headDim);
    }

    /** Attention of this pass's queries to the cached and to this pass's own keys. */
    private Tensor attend(Ops ops, Tensor q, Tensor k, Tensor v, Pass pass) {
        KvCache cache = pass.cache();
        AttentionSpec spec = new AttentionSpec(scale, pass.mask());
        if (cache == null || cache.length(0) == 0) {
            return ops.attention(spec, q, k, v);
        }
        long keys = cache.length(0) + k.dim(1);
        return ops.attention(spec, q, entries(ops, cache.keys(layer).slice(1, 0, keys), q.dtype()),
                entries(ops, cache.values(layer).slice(1, 0, keys), q.dtype()));
    }

    /** Cached entries as a contiguous tensor of the queries' type. */
    private static Tensor entries(Ops ops, Tensor entries, DType type) {
        return ops.contiguous(ops.cast(entries, type));
    }

    /** One query per row: q [batch, 1, heads, headDim] to the same shape. */
    private Tensor attendToCache(Ops ops, Tensor q, KvCache cache) {
        Tensor out = ops.scope().allocate(q.dtype(), q.shape());
        long batch = q.dim(0);
        ops.backend().cachedAttention(scale, q.reshape(batch, heads, headDim), cache.keys(layer), cache.values(layer),
                cache.lengths(), out.reshape(batch, heads, headDim));
        return out;
    }
}
