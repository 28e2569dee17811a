package org.xprompt4j.xprompt.retrieval;

import java.util.Set;

/**
 * What a search must not find.
 *
 * @param ids of pairs
 * @param pictures SHA-256 of picture files: no pair is found that holds one of them, before or after
 */
public record Exclusion(Set<String> ids, Set<String> pictures) {
    /** Everything may be found. */
    public static final Exclusion NONE = new Exclusion(Set.of(), Set.of());

    /** Keeps copies. */
    public Exclusion {
        ids = Set.copyOf(ids);
        pictures = Set.copyOf(pictures);
    }

    /** Nothing that shows this picture: an answer must not be copied from the pair that it comes from. */
    public static Exclusion ofPicture(String hash) {
        return new Exclusion(Set.of(), Set.of(hash));
    }

    boolean isEmpty() {
        return ids.isEmpty() && pictures.isEmpty();
    }
}
