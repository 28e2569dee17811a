package org.xprompt4j.xprompt.embed;

import java.nio.file.Path;
import java.util.List;
import org.xprompt4j.nn.text.MiniLm;
import org.xprompt4j.nn.text.MiniLmConfig;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.xprompt.data.Sha256;
import org.xprompt4j.xprompt.onnx.OnnxFile;
import org.xprompt4j.xprompt.text.TextTokenizer;
import org.xprompt4j.xprompt.text.WordPiece;

/** all-MiniLM-L6-v2, computed by this engine: 384 numbers a text. */
public final class MiniLmEmbedder extends EncoderEmbedder {
    /** Its name. */
    public static final String NAME = "minilm";
    /** The weights in its folder. */
    public static final String WEIGHTS = "all-minilm-l6-v2.onnx";
    /** The tokenizer in its folder. */
    public static final String TOKENIZER = TextTokenizer.FILE;

    private final MiniLm model;
    private final WordPiece tokenizer;

    private MiniLmEmbedder(Backend backend, MemoryScope scope, MiniLm model, WordPiece tokenizer, String fingerprint) {
        super(NAME, backend, scope, fingerprint);
        this.model = model;
        this.tokenizer = tokenizer;
    }

    /**
     * Loads a folder with {@link #WEIGHTS} and {@link #TOKENIZER}.
     *
     * @param backend computes; stays open
     * @throws InvalidInput naming file and field
     */
    public static MiniLmEmbedder open(Path folder, Backend backend) {
        WordPiece tokenizer = WordPiece.read(folder.resolve(TOKENIZER));
        MiniLmConfig config = MiniLmConfig.L6;
        if (tokenizer.size() > config.vocabSize()) {
            throw new InvalidInput(folder.resolve(TOKENIZER) + ": model.vocab has ids up to " + (tokenizer.size() - 1) + ", the weights have "
                    + config.vocabSize() + " words");
        }
        if (tokenizer.longestText() > config.positions()) {
            throw new InvalidInput(folder.resolve(TOKENIZER) + ": truncation.max_length " + tokenizer.longestText() + " is more than the "
                    + config.positions() + " tokens of a text that the weights know");
        }
        MiniLm model = new MiniLm(config);
        MemoryScope scope = backend.openScope(NAME);
        boolean done = false;
        try (OnnxFile file = OnnxFile.open(folder.resolve(WEIGHTS))) {
            model.load(scope, new MiniLmWeights(file)::numbers);
            String fingerprint = Sha256.hexOf(List.of(folder.resolve(WEIGHTS), folder.resolve(TOKENIZER)));
            MiniLmEmbedder embedder = new MiniLmEmbedder(backend, scope, model, tokenizer, fingerprint);
            done = true;
            return embedder;
        } finally {
            if (!done) {
                scope.close();
            }
        }
    }

    @Override
    public int dimension() {
        return model.config().hidden();
    }

    @Override
    int[] encode(String text) {
        return tokenizer.encode(text);
    }

    @Override
    float[][] vectors(Ops ops, int[][] ids) {
        return model.embed(ops, ids);
    }
}
