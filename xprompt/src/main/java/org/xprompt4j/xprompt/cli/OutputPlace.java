package org.xprompt4j.xprompt.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.AtomicFile;

/** Where results go, checked before work is spent: a command that draws for minutes must not fail at its last line. */
final class OutputPlace {
    private static final int MAX_SAMPLES = 256;

    private OutputPlace() {
    }

    /**
     * Files for so many answers: the one that was named, or with -1, -2 ... before its ending.
     *
     * @throws InvalidInput naming the option {@code --samples}, or a file that cannot be written
     */
    static List<Path> samples(Path file, int count) {
        if (count < 1 || count > MAX_SAMPLES) {
            throw new InvalidInput("--samples must be 1 to " + MAX_SAMPLES + ", is " + count);
        }
        List<Path> files = count == 1 ? List.of(file) : IntStream.rangeClosed(1, count).mapToObj(i -> numbered(file, i)).toList();
        files.forEach(OutputPlace::file);
        return files;
    }

    private static Path numbered(Path file, int number) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return file.resolveSibling(dot < 0 ? name + "-" + number : name.substring(0, dot) + "-" + number + name.substring(dot));
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
