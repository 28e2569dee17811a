package org.xprompt4j.xprompt.embed;

import java.util.List;
import org.xprompt4j.xprompt.picture.Picture;

/**
 * Turns pictures into vectors whose cosine says how alike they look: what the paper's measures of edits use CLIP's picture tower for.
 * Figures are called by the name of what made the vectors. Not thread-safe.
 */
public interface PictureEmbedder {
    /** What made the vectors, as reports name it: {@code vqgan}. */
    String name();

    /** Numbers in a vector. */
    int dimension();

    /**
     * The vectors of pictures of one size, each of length 1.
     *
     * @return [pictures][dimension]
     */
    float[][] embed(List<Picture> pictures);
}
