package org.xprompt4j.xprompt.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.AtomicFile;

/** Where results go, checked before work is spent: a command that draws for minutes must not fail at its last line. */
final class OutputPlace {
    private OutputPlace() {
    }

    /**
     * A file that will be written, in a folder that will be made where missing.
     *
     * @throws InvalidInput naming the file
     */
    static void file(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || Files.isDirectory(folder)) {
            AtomicFile.requireWritable(file); // what is wrong with the file itself
        }
        probe(file, folder);
    }

    /** A folder that will be made where missing. */
    static void folder(Path folder) {
        probe(folder, folder.toAbsolutePath());
    }

    /** Makes and removes a file in the nearest folder that exists: permissions alone do not tell, least of all for root. */
    private static void probe(Path target, Path folder) {
        Path existing = folder;
        while (!Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (!Files.isDirectory(existing)) {
            throw new InvalidInput(target + ": cannot be written, " + existing + " is a file where a folder is needed; choose another place");
        }
        try {
            Files.delete(Files.createTempFile(existing, ".xp-", ".part"));
        } catch (IOException e) {
            throw new InvalidInput(target + ": cannot be written, nothing can be made in " + existing + "; choose another place", e);
        }
    }
}
