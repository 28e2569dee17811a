package org.xprompt4j.xprompt.embed;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.xprompt4j.nn.text.ClipText;
import org.xprompt4j.nn.text.ClipTextConfig;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.file.ShardedSafetensors;
import org.xprompt4j.tensor.file.SafetensorsFile;
import org.xprompt4j.xprompt.data.Sha256;
import org.xprompt4j.xprompt.text.ClipTokenizer;

/** CLIP's text tower from a folder of Hugging Face's: {@code config.json}, weights, {@code vocab.json}, {@code merges.txt}. */
public final class ClipTextEmbedder extends EncoderEmbedder {
    /** Its name. */
    public static final String NAME = "clip";

    private final ClipText model;
    private final ClipTokenizer tokenizer;

    private ClipTextEmbedder(Backend backend, MemoryScope scope, ClipText model, ClipTokenizer tokenizer, String fingerprint) {
        super(NAME, backend, scope, fingerprint);
        this.model = model;
        this.tokenizer = tokenizer;
    }

    /**
     * Loads a folder.
     *
     * @param backend computes; stays open
     * @throws InvalidInput naming file and field
     */
    public static ClipTextEmbedder open(Path folder, Backend backend) {
        if (!Files.isDirectory(folder)) {
            throw new InvalidInput(folder + ": is no folder; clip=FOLDER names one with config.json, model.safetensors, vocab.json and merges.txt of a CLIP");
        }
        ClipTokenizer tokenizer = ClipTokenizer.read(folder);
        ClipTextConfig config = ClipTextConfig.read(folder);
        if (tokenizer.size() > config.vocabSize()) {
            throw new InvalidInput(folder.resolve(ClipTokenizer.VOCABULARY) + ": has ids up to " + (tokenizer.size() - 1)
                    + ", config.json allows vocab_size " + config.vocabSize());
        }
        if (!config.endIsLargest() && config.eos() != tokenizer.end()) {
            throw new InvalidInput(folder.resolve("config.json") + ": eos_token_id is " + config.eos() + ", but " + ClipTokenizer.VOCABULARY
                    + " gives the end of a text the id " + tokenizer.end());
        }
        if (config.positions() < 2) {
            throw new InvalidInput(folder.resolve("config.json") + ": max_position_embeddings must be 2 or more, is " + config.positions());
        }
        MemoryScope scope = backend.openScope(NAME);
        boolean done = false;
        try {
            ClipText model = ClipText.load(backend, scope, folder);
            ClipTextEmbedder embedder = new ClipTextEmbedder(backend, scope, model, tokenizer, fingerprintOf(folder));
            done = true;
            return embedder;
        } finally {
            if (!done) {
                scope.close();
            }
        }
    }

    private static String fingerprintOf(Path folder) {
        List<Path> files = new ArrayList<>(List.of(folder.resolve("config.json"), folder.resolve(ClipTokenizer.VOCABULARY),
                folder.resolve(ClipTokenizer.MERGES)));
        try (ShardedSafetensors weights = ShardedSafetensors.open(folder)) {
            weights.shards().stream().map(SafetensorsFile::path).sorted().forEach(files::add);
        }
        return Sha256.hexOf(files);
    }

    @Override
    public int dimension() {
        return model.config().projection();
    }

    @Override
    int[] encode(String text) {
        return tokenizer.encode(text, model.config().positions());
    }

    @Override
    float[][] vectors(Ops ops, int[][] ids) {
        Tensor flat = ops.scope().of(Arrays.stream(ids).flatMapToInt(Arrays::stream).toArray(), ids.length, ids[0].length); // [batch, seq]
        float[] all = model.embed(ops, model.hidden(ops, flat), ids).toFloatArray(); // [batch, projection]
        float[][] vectors = new float[ids.length][];
        for (int row = 0; row < ids.length; row++) {
            vectors[row] = UnitLength.of(Arrays.copyOfRange(all, row * dimension(), (row + 1) * dimension()));
        }
        return vectors;
    }
}
