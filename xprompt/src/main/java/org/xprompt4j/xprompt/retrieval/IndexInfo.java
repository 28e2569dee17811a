package org.xprompt4j.xprompt.retrieval;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.AtomicFile;
import org.xprompt4j.tensor.file.Json;
import org.xprompt4j.tensor.file.JsonWriter;
import org.xprompt4j.xprompt.embed.TextEmbedder;

/**
 * What made the vectors of an index: its file {@code index.json}.
 *
 * @param embedder name of the embedder
 * @param fingerprint of its weights
 * @param dimension numbers in a vector
 */
public record IndexInfo(String embedder, String fingerprint, int dimension) {
    /** The file in an index's folder. */
    public static final String FILE = "index.json";
    /** Longest vector, the limit of the vector format. */
    public static final int MOST_DIMENSIONS = 1024;

    private static final String FORMAT = "xprompt-pair-index";
    private static final int VERSION = 1;

    /** What an embedder's vectors are. */
    public static IndexInfo of(TextEmbedder embedder) {
        return new IndexInfo(embedder.name(), embedder.fingerprint(), embedder.dimension());
    }

    /** @throws InvalidInput naming file and field */
    static IndexInfo read(Path folder) {
        Path file = folder.resolve(FILE);
        if (!Files.isDirectory(folder)) {
            throw new InvalidInput(folder + ": " + (Files.exists(folder) ? "is a file, an index is a folder" : "there is no such index")
                    + "; make one with: xp index DIR --out " + folder);
        }
        if (!Files.exists(file)) {
            throw new InvalidInput(folder + ": is no index, " + FILE + " is missing; make one with: xp index DIR --out INDEX");
        }
        Json json = Json.read(file);
        if (!json.string("format").equals(FORMAT)) {
            throw json.get("format").fault("must be \"" + FORMAT + "\", is " + json.get("format"));
        }
        if (json.integer("format_version") != VERSION) {
            throw json.get("format_version").fault("must be " + VERSION + ", is " + json.get("format_version") + "; index again into another folder");
        }
        int dimension = json.positiveInt("dimension");
        if (dimension > MOST_DIMENSIONS) {
            throw json.get("dimension").fault("must be at most " + MOST_DIMENSIONS + ", is " + dimension);
        }
        return new IndexInfo(json.string("embedder"), json.string("fingerprint"), dimension);
    }

    void write(Path folder) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("format", FORMAT);
        json.put("format_version", VERSION);
        json.put("embedder", embedder);
        json.put("fingerprint", fingerprint);
        json.put("dimension", dimension);
        AtomicFile.text(folder.resolve(FILE), JsonWriter.pretty(json));
    }

    /**
     * Vectors of two embedders cannot be compared.
     *
     * @param folder of the index, for the message
     * @throws InvalidInput when another embedder is given than the one that made the index
     */
    void requireMadeBy(TextEmbedder given, Path folder) {
        if (!embedder.equals(given.name())) {
            throw new InvalidInput(folder.resolve(FILE) + ": embedder: the index was made by '" + embedder + "', not by '" + given.name()
                    + "'; use that one, or index into another folder");
        }
        if (!fingerprint.equals(given.fingerprint()) || dimension != given.dimension()) {
            throw new InvalidInput(folder.resolve(FILE) + ": fingerprint: the index was made by '" + embedder
                    + "' with other weights; use those, or index into another folder");
        }
    }
}
