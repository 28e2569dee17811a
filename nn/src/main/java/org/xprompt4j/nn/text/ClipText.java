package org.xprompt4j.nn.text;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.xprompt4j.nn.Checkpoint;
import org.xprompt4j.nn.Embedding;
import org.xprompt4j.nn.Initialisation;
import org.xprompt4j.nn.LayerNorm;
import org.xprompt4j.nn.Linear;
import org.xprompt4j.nn.Module;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.file.ShardedSafetensors;
import org.xprompt4j.tensor.op.AttentionMask;
import org.xprompt4j.tensor.op.UnaryOp;

/**
 * CLIP's text encoder (Radford et al., 2021) under Hugging Face's names: learned positions, a causal pre-norm transformer with
 * quick GELU, the row of the end token projected. Padding behind the end is not masked: nothing before it can see it.
 */
public final class ClipText extends Module {
    private static final Initialisation NORMAL = Initialisation.normal(0.02f);
    private static final float QUICK = 1.702f; // quickGelu(x) = x · sigmoid(1.702 x)

    private static final class Layer extends Module {
        private final SelfAttention attention;
        private final LayerNorm norm1; // [hidden]
        private final LayerNorm norm2; // [hidden]
        private final Linear fc1; // [intermediate, hidden]
        private final Linear fc2; // [hidden, intermediate]

        Layer(ClipTextConfig config) {
            int hidden = config.hidden();
            attention = child("self_attn", new SelfAttention(hidden, config.heads(), new SelfAttention.Names("q_proj", "k_proj", "v_proj", "out_proj"), NORMAL));
            norm1 = child("layer_norm1", new LayerNorm(hidden, config.eps()));
            norm2 = child("layer_norm2", new LayerNorm(hidden, config.eps()));
            fc1 = child("mlp.fc1", new Linear(hidden, config.intermediate(), true, NORMAL));
            fc2 = child("mlp.fc2", new Linear(config.intermediate(), hidden, true, NORMAL));
        }

        /** x [batch, seq, hidden] to the same shape. */
        Tensor forward(Ops ops, Tensor x, AttentionMask mask) {
            Tensor h = attention.forward(ops, norm1.forward(ops, x), mask, x);
            Tensor inner = fc1.forward(ops, norm2.forward(ops, h)); // [batch, seq, intermediate]
            Tensor gate = ops.unary(UnaryOp.SIGMOID, ops.scale(inner, QUICK));
            return fc2.forward(ops, ops.multiply(inner, gate), h);
        }
    }

    private final ClipTextConfig config;
    private final Embedding tokens; // [vocab, hidden]
    private final Embedding positions; // [positions, hidden]
    private final List<Layer> layers = new ArrayList<>();
    private final LayerNorm norm; // [hidden]
    private final Linear projection; // [projection, hidden]

    /** Declares the model; a checkpoint gives it weights. */
    public ClipText(ClipTextConfig config) {
        this.config = config;
        tokens = child("text_model.embeddings.token_embedding", new Embedding(config.vocabSize(), config.hidden(), NORMAL));
        positions = child("text_model.embeddings.position_embedding", new Embedding(config.positions(), config.hidden(), NORMAL));
        for (int i = 0; i < config.layers(); i++) {
            layers.add(child("text_model.encoder.layers." + i, new Layer(config)));
        }
        norm = child("text_model.final_layer_norm", new LayerNorm(config.hidden(), config.eps()));
        projection = child("text_projection", new Linear(config.hidden(), config.projection(), false, NORMAL));
    }

    /**
     * Loads a folder with {@code config.json} and weights.
     *
     * @throws InvalidInput naming file and field or tensor
     */
    public static ClipText load(Backend backend, MemoryScope scope, Path folder) {
        ClipText model = new ClipText(ClipTextConfig.read(folder));
        try (ShardedSafetensors weights = ShardedSafetensors.open(folder)) {
            Checkpoint.check(model, weights, folder.toString(), name -> name.endsWith(".position_ids")); // a constant of old files
            Checkpoint.load(model, weights::tensor, backend, scope, Checkpoint.Weights.F32);
        }
        return model;
    }

    /** The sizes. */
    public ClipTextConfig config() {
        return config;
    }

    /**
     * Hidden states after the last norm, [batch, seq, hidden].
     *
     * @param ids [batch, seq] I32, seq at most {@code positions}
     */
    public Tensor hidden(Ops ops, Tensor ids) {
        int batch = ids.size(0);
        int seq = ids.size(1);
        if (seq > config.positions()) {
            throw new InvalidInput("a text of " + seq + " tokens is longer than the " + config.positions() + " that the text encoder takes; cut it");
        }
        int[] places = new int[batch * seq];
        for (int i = 0; i < places.length; i++) {
            places[i] = i % seq;
        }
        Tensor x = ops.add(tokens.forward(ops, ids), positions.forward(ops, ops.scope().of(places, batch, seq)));
        AttentionMask mask = AttentionMask.causal(seq);
        for (Layer layer : layers) {
            x = layer.forward(ops, x, mask);
        }
        return norm.forward(ops, x);
    }

    /**
     * The vectors of texts, [batch, projection], not normalised: each text's hidden state at its first end token, projected.
     *
     * @param hidden [batch, seq, hidden]
     * @param ids [batch][seq]
     * @throws InvalidInput when a text has no end token
     */
    public Tensor embed(Ops ops, Tensor hidden, int[][] ids) {
        Tensor ends = ops.scope().allocate(DType.F32, ids.length, config.hidden());
        for (int row = 0; row < ids.length; row++) {
            ops.backend().copy(hidden.select(0, row).slice(0, end(ids[row]), end(ids[row]) + 1), ends.slice(0, row, row + 1));
        }
        return projection.forward(ops, ends);
    }

    private int end(int[] ids) {
        int end = config.endIsLargest() ? Arrays.stream(ids).max().orElseThrow() : config.eos();
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] == end) {
                return i;
            }
        }
        throw new InvalidInput("a text has no end token " + config.eos() + " among its " + ids.length + " ids");
    }
}
