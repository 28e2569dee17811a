package org.xprompt4j.nn.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.xprompt4j.nn.Embedding;
import org.xprompt4j.nn.Initialisation;
import org.xprompt4j.nn.LayerNorm;
import org.xprompt4j.nn.Linear;
import org.xprompt4j.nn.Module;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionMask;
import org.xprompt4j.tensor.op.UnaryOp;

/**
 * MiniLM (Wang et al., 2020), a small BERT (Devlin et al., 2018) trained to put texts of like meaning close together
 * (Reimers and Gurevych, 2019): word, position and type embeddings, post-norm layers in which every token sees every other, exact
 * GELU, the mean of the tokens. Names are BERT's.
 *
 * <p>A call takes texts of one length, so that nothing is padded and no text sees another.
 */
public final class MiniLm extends Module {
    private static final Initialisation NORMAL = Initialisation.normal(0.02f);

    private static final class Layer extends Module {
        private final SelfAttention attention;
        private final LayerNorm norm1; // [hidden]
        private final Linear up; // [inner, hidden]
        private final Linear down; // [hidden, inner]
        private final LayerNorm norm2; // [hidden]

        Layer(MiniLmConfig config) {
            int hidden = config.hidden();
            attention = child("attention", new SelfAttention(hidden, config.heads(),
                    new SelfAttention.Names("self.query", "self.key", "self.value", "output.dense"), NORMAL));
            norm1 = child("attention.output.LayerNorm", new LayerNorm(hidden, config.eps()));
            up = child("intermediate.dense", new Linear(hidden, config.inner(), true, NORMAL));
            down = child("output.dense", new Linear(config.inner(), hidden, true, NORMAL));
            norm2 = child("output.LayerNorm", new LayerNorm(hidden, config.eps()));
        }

        /** x [batch, seq, hidden] to the same shape. */
        Tensor forward(Ops ops, Tensor x, AttentionMask mask) {
            Tensor h = norm1.forward(ops, attention.forward(ops, x, mask, x));
            Tensor inner = ops.unary(UnaryOp.GELU, up.forward(ops, h)); // [batch, seq, inner]
            return norm2.forward(ops, down.forward(ops, inner, h));
        }
    }

    private final MiniLmConfig config;
    private final Embedding words; // [vocab, hidden]
    private final Embedding positions; // [positions, hidden]
    private final Embedding types; // [types, hidden]
    private final LayerNorm norm; // [hidden]
    private final List<Layer> layers = new ArrayList<>();

    /** Declares the model; {@link #load} gives it weights. */
    public MiniLm(MiniLmConfig config) {
        this.config = config;
        words = child("embeddings.word_embeddings", new Embedding(config.vocabSize(), config.hidden(), NORMAL));
        positions = child("embeddings.position_embeddings", new Embedding(config.positions(), config.hidden(), NORMAL));
        types = child("embeddings.token_type_embeddings", new Embedding(config.types(), config.hidden(), NORMAL));
        norm = child("embeddings.LayerNorm", new LayerNorm(config.hidden(), config.eps()));
        for (int i = 0; i < config.layers(); i++) {
            layers.add(child("encoder.layer." + i, new Layer(config)));
        }
    }

    /**
     * Takes memory for all weights and fills it.
     *
     * @param weights gives the numbers of a parameter, by its full name and shape, in row-major order
     */
    public void load(MemoryScope scope, BiFunction<String, Shape, float[]> weights) {
        forEachParameter((name, parameter) ->
                parameter.bind(scope.of(weights.apply(name, parameter.shape()), parameter.shape().toArray())));
    }

    /** The sizes. */
    public MiniLmConfig config() {
        return config;
    }

    /**
     * Hidden states of the last layer, [batch, seq, hidden].
     *
     * @param ids [batch][seq], all of one length, at most {@code positions}
     * @throws InvalidInput when a text is empty, too long or holds an id that is not in the vocabulary
     */
    public Tensor hidden(Ops ops, int[][] ids) {
        int batch = ids.length;
        int seq = ids[0].length;
        int[] flat = new int[batch * seq]; // [batch, seq]
        int[] places = new int[batch * seq]; // [batch, seq]
        for (int row = 0; row < batch; row++) {
            check(ids[row], seq);
            System.arraycopy(ids[row], 0, flat, row * seq, seq);
        }
        Arrays.setAll(places, i -> i % seq);
        MemoryScope scope = ops.scope();
        Tensor x = ops.add(words.forward(ops, scope.of(flat, batch, seq)), positions.forward(ops, scope.of(places, batch, seq)));
        x = norm.forward(ops, ops.add(x, types.forward(ops, scope.of(new int[batch * seq], batch, seq))));
        AttentionMask mask = AttentionMask.full(seq, seq);
        for (Layer layer : layers) {
            x = layer.forward(ops, x, mask);
        }
        return x;
    }

    private void check(int[] ids, int seq) {
        if (ids.length != seq) {
            throw new IllegalArgumentException("texts of " + seq + " and of " + ids.length + " tokens in one call; it takes texts of one length");
        }
        if (seq == 0 || seq > config.positions()) {
            throw new InvalidInput("a text has 1 to " + config.positions() + " tokens, not " + seq + "; cut it");
        }
        for (int id : ids) {
            if (id < 0 || id >= config.vocabSize()) {
                throw new InvalidInput("token id " + id + " is none of the " + config.vocabSize() + " of the text encoder");
            }
        }
    }

    /**
     * The vectors of texts: the mean of a text's hidden states, of length 1.
     *
     * @param ids [batch][seq], as {@link #hidden} takes them
     * @return [batch][hidden]
     */
    public float[][] embed(Ops ops, int[][] ids) {
        float[] states = hidden(ops, ids).toFloatArray(); // [batch, seq, hidden]
        int seq = ids[0].length;
        float[][] vectors = new float[ids.length][config.hidden()];
        for (int row = 0; row < ids.length; row++) {
            double[] sum = new double[config.hidden()];
            for (int i = 0; i < seq; i++) {
                int at = (row * seq + i) * sum.length;
                for (int c = 0; c < sum.length; c++) {
                    sum[c] += states[at + c];
                }
            }
            double length = Math.sqrt(Arrays.stream(sum).map(v -> v * v).sum());
            for (int c = 0; c < sum.length; c++) {
                vectors[row][c] = (float) (sum[c] / length);
            }
        }
        return vectors;
    }
}
