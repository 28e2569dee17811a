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
public final class MiniLmEmbedder implements TextEmbedder {
    /** Its name. */
    public static final String NAME = "minilm";
    /** The weights in its folder. */
    public static final String WEIGHTS = "all-minilm-l6-v2.onnx";
    /** The tokenizer in its folder. */
    public static final String TOKENIZER = TextTokenizer.FILE;

    private final Backend backend;
    private final MemoryScope scope; // of the weights
    private final MiniLm model;
    private final WordPiece tokenizer;
    private final String fingerprint;

    private MiniLmEmbedder(Backend backend, MemoryScope scope, MiniLm model, WordPiece tokenizer, String fingerprint) {
        this.backend = backend;
        this.scope = scope;
        this.model = model;
        this.tokenizer = tokenizer;
        this.fingerprint = fingerprint;
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
    public String name() {
        return NAME;
    }

    @Override
    public String fingerprint() {
        return fingerprint;
    }

    @Override
    public int dimension() {
        return model.config().hidden();
    }

    @Override
    public float[][] embed(List<String> texts) {
        return LengthBatches.embed(texts.stream().map(tokenizer::encode).toList(), ids -> {
            try (MemoryScope step = backend.openScope("texts")) {
                return model.embed(new Ops(backend, step), ids);
            }
        });
    }

    @Override
    public void close() {
        scope.close();
    }
}
