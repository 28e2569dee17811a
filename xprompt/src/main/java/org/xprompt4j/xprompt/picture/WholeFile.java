package org.xprompt4j.xprompt.picture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;
import org.xprompt4j.tensor.InvalidInput;

/** Files that appear whole or not at all: a temporary file in the same folder, forced to disk, then renamed over the target. */
public final class WholeFile {
    /** Makes the temporary names of one process differ. */
    private static final AtomicLong COUNT = new AtomicLong();

    private WholeFile() {}

    /**
     * @param file  to make or replace; its folder is made if missing
     * @param bytes all of its contents
     * @throws InvalidInput if it cannot be written
     */
    public static void write(Path file, byte[] bytes) {
        Path target = file.toAbsolutePath();
        Path part = null;
        try {
            Files.createDirectories(target.getParent());
            part = target.resolveSibling("." + target.getFileName() + "." + ProcessHandle.current().pid() + "." + COUNT.incrementAndGet() + ".part");
            try (FileChannel out = FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer rest = ByteBuffer.wrap(bytes);
                while (rest.hasRemaining()) {
                    out.write(rest);
                }
                out.force(true);
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            InvalidInput failure = new InvalidInput(file + ": cannot be written (" + reason(e) + "); name a place that can", e);
            if (part != null) {
                try {
                    Files.deleteIfExists(part);
                } catch (IOException left) {
                    failure.addSuppressed(left);
                }
            }
            throw failure;
        }
    }

    private static String reason(IOException e) {
        return e instanceof AccessDeniedException ? "permission denied" : String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
