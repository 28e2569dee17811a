package org.xprompt4j.xprompt.retrieval;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.xprompt4j.tensor.InvalidInput;

/**
 * The pairs of a folder, as {@code xp index} takes them: {@code pairs.jsonl} where there is one, else files by their names
 * ({@link PairFiles}).
 *
 * @param pairs in the order of the file, or sorted by name; ids differ
 * @param repeats lines that say what an earlier line said, left out
 */
public record PairList(List<EditPair> pairs, int repeats) {
    /** Most pairs of a list. */
    public static final int MOST_PAIRS = 1_000_000;
    /** The file that lists pairs. */
    public static final String FILE = "pairs.jsonl";

    /** Keeps a copy. */
    public PairList {
        pairs = List.copyOf(pairs);
    }

    /**
     * Reads a folder's pairs, and checks that every picture is there.
     *
     * @throws InvalidInput naming file, line and field
     */
    public static PairList read(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new InvalidInput(folder + ": " + (Files.exists(folder) ? "is not a folder" : "no such folder") + "; name a folder with " + FILE
                    + ", or with NAME-before.png, NAME-after.png and NAME.txt");
        }
        Path lines = folder.resolve(FILE);
        return Files.exists(lines) ? PairLines.read(lines) : PairFiles.read(folder);
    }

    /** @param where names the file or line that names the picture */
    static Path requirePicture(Path file, String where) {
        if (!Files.isRegularFile(file)) {
            throw new InvalidInput(where + " names " + file.toString().replaceAll("\\p{Cntrl}", "?") + ", which "
                    + (Files.exists(file) ? "is not a file" : "is not there") + "; mend the list or put the picture there");
        }
        return file;
    }
}
