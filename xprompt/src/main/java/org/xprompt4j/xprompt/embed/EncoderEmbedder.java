package org.xprompt4j.xprompt.embed;

import java.util.List;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;

/** What embedders have in common that run a text encoder on this engine: its weights in a scope, texts as ids, batches of one length. */
abstract class EncoderEmbedder implements TextEmbedder {
    private final String name;
    private final Backend backend;
    private final MemoryScope scope; // of the weights
    private final String fingerprint;

    /** @param scope of the weights; closed with this */
    EncoderEmbedder(String name, Backend backend, MemoryScope scope, String fingerprint) {
        this.name = name;
        this.backend = backend;
        this.scope = scope;
        this.fingerprint = fingerprint;
    }

    /** The ids of a text, [seq]. */
    abstract int[] encode(String text);

    /** Vectors of length 1 of texts of one length: ids [batch][seq] to [batch][dimension]. */
    abstract float[][] vectors(Ops ops, int[][] ids);

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final String fingerprint() {
        return fingerprint;
    }

    @Override
    public final float[][] embed(List<String> texts) {
        return LengthBatches.embed(texts.stream().map(this::encode).toList(), ids -> {
            try (MemoryScope step = backend.openScope("texts")) {
                return vectors(new Ops(backend, step), ids);
            }
        });
    }

    @Override
    public final void close() {
        scope.close();
    }
}
