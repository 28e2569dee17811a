package org.xprompt4j.xprompt.retrieval;

import java.nio.file.Path;
import java.util.List;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.embed.TextEmbedder;
import org.xprompt4j.xprompt.embed.TextEmbedders;

/**
 * Finds the pairs whose instructions are nearest to a new one: the retrieval of RAIE (the paper, section 3.3). An index and the embedder
 * that made it. Not thread-safe.
 */
public final class Retrieval implements AutoCloseable {
    private final PairIndex index;
    private final TextEmbedder embedder;

    private Retrieval(PairIndex index, TextEmbedder embedder) {
        this.index = index;
        this.embedder = embedder;
    }

    /**
     * Opens an index and the embedder that it names.
     *
     * @param named how to open the embedder, as {@link TextEmbedders#open} takes it; null for the name that the index has of it
     * @param backend computes the vectors; stays open
     * @throws InvalidInput when the index is missing, damaged or half made, or its embedder is not to be had or another than the one named
     */
    public static Retrieval open(Path folder, String named, Backend backend) {
        PairIndex index = PairIndex.open(folder);
        TextEmbedder embedder = null;
        try {
            embedder = open(index, named, backend);
            index.info().requireMadeBy(embedder, folder);
            return new Retrieval(index, embedder);
        } catch (RuntimeException e) {
            if (embedder != null) {
                embedder.close();
            }
            index.close();
            throw e;
        }
    }

    private static TextEmbedder open(PairIndex index, String named, Backend backend) {
        String made = index.info().embedder();
        if (named == null && !TextEmbedders.opensByItsName(made)) {
            throw new InvalidInput(index.folder().resolve(IndexInfo.FILE) + ": embedder: the index was made by '" + made
                    + "'; name it with --embedder, one of " + TextEmbedders.NAMES);
        }
        return TextEmbedders.open(named == null ? made : named, backend);
    }

    /** The index. */
    public PairIndex index() {
        return index;
    }

    /**
     * The pairs whose instructions are nearest by cosine, the nearest first.
     *
     * @param instruction what is wanted, in words
     * @param k how many, 1 to {@value PairIndex#MOST_HITS}
     * @throws InvalidInput when the instruction is empty or too long
     */
    public List<Hit> find(String instruction, int k, Exclusion exclusion) {
        return index.search(embedder.embed(List.of(requireWords(instruction)))[0], k, exclusion);
    }

    /**
     * An instruction as indexes hold it: one line.
     *
     * @throws InvalidInput when it is empty or too long
     */
    public static String requireWords(String instruction) {
        String words = EditPair.instruction(instruction);
        if (words == null) {
            throw new InvalidInput("the instruction must be words, at most " + EditPair.MOST_WORDS + " characters without control characters");
        }
        return words;
    }

    @Override
    public void close() {
        embedder.close();
        index.close();
    }
}
