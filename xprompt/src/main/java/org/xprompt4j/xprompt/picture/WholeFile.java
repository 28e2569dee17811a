package org.xprompt4j.xprompt.picture;

import java.nio.file.Files;
import java.nio.file.Path;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.AtomicFile;

/** Files that appear whole or not at all, as {@link AtomicFile} writes them, in folders that are made where missing. */
public final class WholeFile {
    private WholeFile() {}

    /**
     * @param file  to make or replace; its folder is made if missing
     * @param bytes all of its contents
     * @throws InvalidInput if it cannot be written
     */
    public static void write(Path file, byte[] bytes) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null && !Files.exists(folder)) {
            AtomicFile.folder(folder);
        }
        AtomicFile.bytes(file, bytes);
    }
}
