package org.xprompt4j.tensor.file;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.xprompt4j.tensor.InvalidInput;

/** Whole files mapped into memory, to be read. */
public final class MappedFile {
    private MappedFile() {
    }

    /**
     * Makes something of a mapped file that goes on using it, and closes the arena in the end.
     *
     * @param <T> what is made
     */
    @FunctionalInterface
    public interface Reader<T> {
        /**
         * Reads and checks.
         *
         * @param bytes the whole file
         * @param arena holds the mapping; the reader's from now on, unless it throws
         */
        T read(MemorySegment bytes, Arena arena);
    }

    /**
     * Maps a file and hands it to a reader. When that throws, nothing stays mapped.
     *
     * @param <T> what is made
     * @throws InvalidInput naming the file when it is missing, no file or cannot be read
     */
    public static <T> T open(Path path, Reader<T> reader) {
        Arena arena = Arena.ofShared();
        boolean done = false;
        try {
            if (!Files.isRegularFile(path)) {
                throw new InvalidInput(path + ": " + (Files.exists(path) ? "is not a file" : "no such file"));
            }
            MemorySegment all;
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            }
            T opened = reader.read(all, arena);
            done = true;
            return opened;
        } catch (IOException e) {
            throw new InvalidInput(path + ": cannot be read (" + Json.reason(e) + ")", e);
        } finally {
            if (!done) {
                arena.close();
            }
        }
    }
}
