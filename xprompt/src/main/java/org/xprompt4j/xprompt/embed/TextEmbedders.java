package org.xprompt4j.xprompt.embed;

import java.nio.file.Path;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.models.ModelStore;
import org.xprompt4j.xprompt.models.PublicModel;

/** The embedders by name. */
public final class TextEmbedders {
    /** The one that is taken where none is named. */
    public static final String DEFAULT = MiniLmEmbedder.NAME;

    /** Names that {@link #open} knows, for help texts and messages. */
    public static final String NAMES = MiniLmEmbedder.NAME + ", " + ClipTextEmbedder.NAME + "=FOLDER, " + HashedWords.NAME;

    private static final String CLIP_FOLDER = ClipTextEmbedder.NAME + "=";

    private TextEmbedders() {
    }

    /** True for a {@link TextEmbedder#name} that {@link #open} takes as it is: what it names needs no folder. */
    public static boolean opensByItsName(String name) {
        return name.equals(MiniLmEmbedder.NAME) || name.equals(HashedWords.NAME);
    }

    /**
     * Opens an embedder.
     *
     * @param name one of {@link #NAMES}
     * @param backend computes, where there is something to compute; stays open
     * @throws InvalidInput when there is none of this name, or its model is not here; the message says how to get it
     */
    public static TextEmbedder open(String name, Backend backend) {
        if (name.equals(MiniLmEmbedder.NAME)) {
            return MiniLmEmbedder.open(ModelStore.usual().require(PublicModel.MINILM), backend);
        }
        if (name.startsWith(CLIP_FOLDER) && name.length() > CLIP_FOLDER.length()) {
            return ClipTextEmbedder.open(Path.of(name.substring(CLIP_FOLDER.length())), backend);
        }
        if (name.equals(HashedWords.NAME)) {
            return new HashedWords();
        }
        throw new InvalidInput("there is no embedder '" + name + "'; known are " + NAMES);
    }
}
