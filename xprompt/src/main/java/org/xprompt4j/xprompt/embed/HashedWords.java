package org.xprompt4j.xprompt.embed;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Vectors without weights: a bag of words and of groups of three letters, each hashed to a place and a sign of the vector (Weinberger et
 * al., "Feature hashing for large scale multitask learning", ICML 2009). It knows letters, not meanings: "darken" is near "darker" and far
 * from "dim". Good for tests and for instructions that repeat each other's words.
 */
public final class HashedWords implements TextEmbedder {
    /** The name of this embedder. */
    public static final String NAME = "words";

    private static final int DIMENSION = 512;
    private static final int GROUP = 3; // letters
    private static final float GROUP_WEIGHT = 0.5f; // of a group of letters, where a whole word weighs 1
    private static final Pattern BETWEEN_WORDS = Pattern.compile("[^\\p{L}\\p{N}]+");

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String fingerprint() {
        return "hashed-words-1"; // there are no weights; another way to hash needs another number
    }

    @Override
    public int dimension() {
        return DIMENSION;
    }

    @Override
    public float[][] embed(List<String> texts) {
        return texts.stream().map(HashedWords::vector).toArray(float[][]::new);
    }

    private static float[] vector(String text) {
        float[] vector = new float[DIMENSION];
        String lower = text.toLowerCase(Locale.ROOT);
        for (String word : BETWEEN_WORDS.split(lower)) {
            if (!word.isEmpty()) {
                add(vector, word, 1);
                String marked = "^" + word + "$"; // its beginning and end are letters too
                for (int i = 0; i + GROUP <= marked.length(); i++) {
                    add(vector, marked.substring(i, i + GROUP), GROUP_WEIGHT);
                }
            }
        }
        if (UnitLength.squares(vector) == 0) { // no letter at all, or features that cancel: the text as a whole then
            add(vector, "\n" + lower, 1);
        }
        return UnitLength.of(vector);
    }

    /** Nine bits of the hash say where, another says with which sign, so that collisions cancel on average. */
    private static void add(float[] vector, String feature, float weight) {
        long hash = hash(feature);
        vector[(int) (hash >>> 1 & DIMENSION - 1)] += (hash & 1) == 0 ? weight : -weight;
    }

    /** FNV-1a over the characters, its bits mixed by the finaliser of MurmurHash3 so that the low ones depend on all. */
    private static long hash(String feature) {
        long hash = 0xCBF29CE484222325L;
        for (int i = 0; i < feature.length(); i++) {
            hash = (hash ^ feature.charAt(i)) * 0x100000001B3L;
        }
        hash = (hash ^ hash >>> 33) * 0xFF51AFD7ED558CCDL;
        hash = (hash ^ hash >>> 33) * 0xC4CEB9FE1A85EC53L;
        return hash ^ hash >>> 33;
    }

    @Override
    public void close() {
        // holds nothing
    }
}
