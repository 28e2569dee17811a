package org.xprompt4j.xprompt.embed;

import java.util.List;

/**
 * Turns texts into vectors whose cosine says how alike the texts are in meaning: what the paper's retrieval (section 3.3) uses CLIP's
 * text tower for. Not thread-safe.
 */
public interface TextEmbedder extends AutoCloseable {
    /** What made the vectors, as indexes and reports name it: {@code minilm}, {@code clip}, {@code words}. */
    String name();

    /** Tells vectors of other weights apart: two embedders of one name and fingerprint give the same vectors. */
    String fingerprint();

    /** Numbers in a vector. */
    int dimension();

    /**
     * The vectors of texts, each of length 1.
     *
     * @return [texts][dimension]
     */
    float[][] embed(List<String> texts);

    @Override
    void close();
}
