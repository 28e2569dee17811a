package org.xprompt4j.xprompt.retrieval;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.xprompt4j.xprompt.data.Sha256;

/**
 * A pair as an index holds it.
 *
 * @param pair its id, files and instruction
 * @param beforeHash SHA-256 of the first file when it was indexed
 * @param afterHash SHA-256 of the second file when it was indexed
 */
public record IndexedPair(EditPair pair, String beforeHash, String afterHash) {
    /** The id of the pair. */
    public String id() {
        return pair.id();
    }

    /** File of the picture before. */
    public Path before() {
        return pair.before();
    }

    /** File of the picture after. */
    public Path after() {
        return pair.after();
    }

    /** What was asked for. */
    public String instruction() {
        return pair.instruction();
    }

    /** Tells this pair from another of the same id: a hash of its pictures and of the words that are read with them. */
    String content(String words) {
        return Sha256.hex((beforeHash + "\n" + afterHash + "\n" + words).getBytes(StandardCharsets.UTF_8));
    }
}
