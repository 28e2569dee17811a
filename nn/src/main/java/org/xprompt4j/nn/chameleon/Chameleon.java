package org.xprompt4j.nn.chameleon;

import java.util.ArrayList;
import java.util.List;

import org.xprompt4j.nn.Embedding;
import org.xprompt4j.nn.Initialisation;
import org.xprompt4j.nn.Linear;
import org.xprompt4j.nn.Module;
import org.xprompt4j.nn.Parameter;
import org.xprompt4j.nn.RmsNorm;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionMask;
import org.xprompt4j.tensor.op.CrossEntropySpec;

/**
 * The Chameleon transformer: embedding, decoder layers, norm and head (Chameleon paper, section 2). The logits of all tokens
 * come out as they are; which kinds of token may be drawn is for the sampler to say.
 *
 * <pre>{@code
 * Tensor hidden = model.hidden(ops, model.embed(ops, ids), Pass.whole(positions, AttentionMask.causal(seq)));
 * Tensor logits = model.logits(ops, hidden); // of every position, or a loss without whole logits:
 * Tensor loss = model.loss(ops, hidden, NextTokenLoss.of(scope, labels, vocab), 1e-5f);
 * }</pre>
 */
public final class Chameleon extends Module {
    private final ChameleonConfig config;
    private final Embedding embedTokens; // [vocab, hidden]
    private final List<DecoderLayer> layers = new ArrayList<>();
    private final RmsNorm norm; // [hidden]
    private final Linear ownHead; // [vocab, hidden]; null when the head is the embedding

    /** Declares the model; {@link #initialise} or a checkpoint gives it weights. */
    public Chameleon(ChameleonConfig config) {
        this.config = config;
        Initialisation normal = Initialisation.normal(config.initializerRange());
        embedTokens = child("model.embed_tokens", new Embedding(config.vocabSize(), config.hiddenSize(), normal));
        for (int i = 0; i < config.layers(); i++) {
            layers.add(child("model.layers." + i, new DecoderLayer(config, i)));
        }
        norm = child("model.norm", new RmsNorm(config.hiddenSize(), config.rmsNormEps()));
        ownHead = config.tieWordEmbeddings() ? null : child("lm_head", new Linear(config.hiddenSize(), config.vocabSize(), false, normal));
    }

    /** The sizes. */
    public ChameleonConfig config() {
        return config;
    }

    /** The embedding table, [vocab, hidden]. */
    public Parameter embedding() {
        return embedTokens.weight();
    }

    /** The head, [vocab, hidden]; the same parameter as the embedding when tied. */
    public Parameter head() {
        return ownHead == null ? embedTokens.weight() : ownHead.weight();
    }

    /** One of the blocks. */
    DecoderLayer layer(int index) {
        return layers.get(index);
    }

    /** Embeddings of ids [batch, seq] I32: [batch, seq, hidden]. */
    public Tensor embed(Ops ops, Tensor ids) {
        return embedTokens.forward(ops, ids);
    }

    /** Final hidden states [batch, seq, hidden] (after the last norm) of embedded tokens [batch, seq, hidden]. */
    public Tensor hidden(Ops ops, Tensor embedded, Pass pass) {
        begin(ops, embedded, pass);
        Tensor x = embedded;
        for (DecoderLayer layer : layers) {
            x = layer.forward(ops, x, pass);
        }
        end(pass);
        return norm.forward(ops, x);
    }

    /** The input of every layer and, last, the final hidden states: layers + 1 tensors [batch, seq, hidden]. */
    public List<Tensor> hiddenStates(Ops ops, Tensor embedded, Pass pass) {
        begin(ops, embedded, pass);
        List<Tensor> states = new ArrayList<>();
        Tensor x = embedded;
        for (DecoderLayer layer : layers) {
            states.add(x);
            x = layer.forward(ops, x, pass);
        }
        end(pass);
        states.add(norm.forward(ops, x));
        return states;
    }

    /**
     * Only fills the cache of the pass with the keys and values of embedded tokens [batch, seq, hidden]. The last layer's
     * attention and feed-forward would serve logits alone and are skipped: stage 1 of X-Prompt.
     */
    public void fillCache(Ops ops, Tensor embedded, Pass pass) {
        begin(ops, embedded, pass);
        Tensor x = embedded;
        for (DecoderLayer layer : layers.subList(0, layers.size() - 1)) {
            x = layer.forward(ops, x, pass);
        }
        layers.getLast().fillCache(ops, x, pass);
        end(pass);
    }

    private void begin(Ops ops, Tensor embedded, Pass pass) {
        if (embedded.rank() != 3 || embedded.dim(2) != config.hiddenSize()) {
            throw new IllegalArgumentException("embeddings " + embedded + " must be [batch, seq, " + config.hiddenSize() + "]");
        }
        if (!pass.positions().shape().equals(Shape.of(embedded.dim(0), embedded.dim(1)))) {
            throw new IllegalArgumentException("positions " + pass.positions() + " do not fit embeddings " + embedded);
        }
        int seq = embedded.size(1);
        KvCache cache = pass.cache();
        if (cache != null && ops.isTraining()) {
            throw new IllegalArgumentException("a cache keeps no gradients; train in one pass under a mask");
        }
        if (cache != null && (cache.batch() != embedded.size(0) || pass.isStep() && seq != 1)) {
            throw new IllegalArgumentException("embeddings " + embedded + " for a cache of " + cache.batch() + " rows"
                    + (pass.isStep() ? "; a step takes one token for each" : ""));
        }
        if (cache != null) {
            cache.reserve(seq, !pass.isStep());
        }
        AttentionMask mask = pass.mask();
        int keys = seq + (cache == null ? 0 : cache.length(0));
        if (mask != null && (mask.queries() != seq || mask.keys() != keys)) {
            throw new IllegalArgumentException("mask of " + mask.queries() + " queries over " + mask.keys() + " keys for " + seq
                    + " tokens over " + keys);
        }
    }

    private static void end(Pass pass) {
        if (pass.cache() != null) {
            pass.cache().commit(pass.positions());
        }
    }

    /** Logits [..., vocab], F32, of hidden states [..., hidden]. */
    public Tensor logits(Ops ops, Tensor hidden) {
        return ownHead == null ? ops.linearToF32(hidden, embedTokens.weight().value(), null) : ownHead.forwardToF32(ops, hidden);
    }

    /** Logits [batch, vocab] of the last position of hidden states [batch, seq, hidden]. */
    public Tensor lastLogits(Ops ops, Tensor hidden) {
        long seq = hidden.dim(1);
        Tensor last = seq == 1 ? hidden : ops.contiguous(ops.slice(hidden, 1, seq - 1, seq));
        return logits(ops, ops.reshape(last, hidden.dim(0), hidden.dim(2)));
    }

    /**
     * One step of decoding: a token for each row of the cache.
     *
     * @param ids [batch] I32
     * @return logits of the tokens that follow, [batch, vocab]
     */
    public Tensor step(Ops ops, Tensor ids, KvCache cache) {
        Tensor embedded = embed(ops, ids.reshape(ids.dim(0), 1));
        return lastLogits(ops, hidden(ops, embedded, Pass.step(cache.nextPositions(ops.scope(), 1), cache)));
    }

    /**
     * Tokens behind those in the cache, at the positions that follow, all seeing the whole cache and their own past.
     *
     * @param ids [batch, seq] I32
     * @return logits of the tokens that follow, [batch, vocab]
     */
    public Tensor prefill(Ops ops, Tensor ids, KvCache cache) {
        int seq = ids.size(1);
        Pass pass = Pass.prefill(cache.nextPositions(ops.scope(), seq), AttentionMask.causal(seq, cache.length(0) + seq), cache);
        return lastLogits(ops, hidden(ops, embed(ops, ids), pass));
    }

    /**
     * Mean cross entropy over the counted labels plus zLoss · mean(logsumexp²), [1]; logits never exist as a whole.
     *
     * @param hidden final hidden states [batch, seq, hidden]
     * @param zLoss weight of the z-loss, 1e-5 in Chameleon, 0 for none
     */
    public Tensor loss(Ops ops, Tensor hidden, NextTokenLoss labels, float zLoss) {
        Tensor rows = ops.embedding(ops.reshape(hidden, hidden.dim(0) * hidden.dim(1), hidden.dim(2)), labels.rows()); // [counted, hidden]
        return ops.linearCrossEntropy(new CrossEntropySpec(zLoss), rows, head().value(), labels.targets(), labels.counted());
    }
}
