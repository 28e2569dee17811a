package org.xprompt4j.tensor.file;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.xprompt4j.tensor.InvalidInput;

/**
 * Files that appear whole or not at all: written beside their place under another name, forced to the disk, renamed over the
 * old file, the rename forced too. A crash at any moment leaves the old file or the new one.
 */
public final class AtomicFile {
    private static final AtomicLong COUNTER = new AtomicLong();
    private static final ReentrantReadWriteLock WRITING = new ReentrantReadWriteLock(); // shared by writers, taken whole by endWriting
    private static final boolean WINDOWS = System.getProperty("os.name").startsWith("Windows"); // cannot open folders

    private AtomicFile() {
    }

    /** Writes the content of a file. */
    public interface Body {
        /** Writes all of the content; what it throws leaves the old file as it was. */
        void write(FileChannel out) throws IOException;
    }

    /** Writes the content of a file to a stream. */
    public interface StreamBody {
        /** Writes all of the content; what it throws leaves the old file as it was. */
        void write(OutputStream out) throws IOException;
    }

    /**
     * Replaces a file by what the body writes.
     *
     * @throws InvalidInput naming the path when it cannot be written
     */
    public static void write(Path target, Body body) {
        WRITING.readLock().lock();
        try {
            replace(target, body);
        } finally {
            WRITING.readLock().unlock();
        }
    }

    /**
     * For a process about to end: waits until all files that are being written are whole, and lets no other begin; who tries
     * waits for the end.
     *
     * @return false when some were not done in time; they then keep their old content and leave a file that ends in {@code .part}
     */
    public static boolean endWriting(long seconds) throws InterruptedException {
        return WRITING.writeLock().tryLock(seconds, TimeUnit.SECONDS);
    }

    private static void replace(Path target, Body body) {
        Path place = place(target);
        Path folder = place.toAbsolutePath().getParent();
        Path temp = folder.resolve(".xp-" + ProcessHandle.current().pid() + "-" + COUNTER.incrementAndGet() + ".part");
        boolean left = false;
        try {
            try (FileChannel out = FileChannel.open(temp, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                left = true;
                body.write(out);
                out.force(true);
            }
            Files.move(temp, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            left = false;
            forceFolder(folder);
        } catch (IOException e) {
            throw cannotWrite(target, e);
        } finally {
            if (left) {
                discard(temp);
            }
        }
    }

    /** See {@link #write(Path, Body)}; for encoders that want a stream. */
    public static void stream(Path target, StreamBody body) {
        write(target, channel -> {
            OutputStream out = new java.io.BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
            body.write(out);
            out.flush();
        });
    }

    /** Replaces a file by these bytes. */
    public static void bytes(Path target, byte[] content) {
        write(target, channel -> writeFully(channel, ByteBuffer.wrap(content)));
    }

    /** Replaces a file by this text in UTF-8. */
    public static void text(Path target, String content) {
        bytes(target, content.getBytes(StandardCharsets.UTF_8));
    }

    /** Makes a folder and those above it where missing. */
    public static Path folder(Path folder) {
        try {
            if (Files.exists(folder) && !Files.isDirectory(folder)) {
                throw new InvalidInput(folder + ": is a file where a folder is needed; choose another place");
            }
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new InvalidInput(folder + ": cannot make this folder (" + Json.reason(e) + ")", e);
        }
    }

    /**
     * Checks, before work is spent, that a file could be put there: its folder exists and is writable, nothing else is in the way.
     *
     * @throws InvalidInput naming the path
     */
    public static void requireWritable(Path target) {
        Path folder = place(target).toAbsolutePath().getParent();
        if (!Files.isWritable(folder)) {
            throw new InvalidInput(target + ": cannot be written, no permission to make files in " + folder);
        }
    }

    /** Renames, replacing a file (not a folder) of that name, and forces the rename to the disk. */
    public static void rename(Path from, Path to) {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
            forceFolder(to.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw cannotWrite(to, e);
        }
    }

    /** Writes all that remains of a buffer; for bodies. */
    public static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Follows links, so that a link keeps pointing; refuses what is no file, so that a device is never replaced. */
    private static Path place(Path target) {
        try {
            if (target.getFileName() == null || Files.isDirectory(target)) {
                throw new InvalidInput(target + ": cannot be written, it is a folder; give a file name");
            }
            if (!Files.exists(target)) {
                Path folder = target.toAbsolutePath().getParent();
                if (!Files.isDirectory(folder)) {
                    throw new InvalidInput(target + ": cannot be written, there is no folder " + folder);
                }
                return target;
            }
            if (!Files.isRegularFile(target)) {
                throw new InvalidInput(target + ": cannot be written, it is not a regular file");
            }
            return target.toRealPath();
        } catch (IOException e) {
            throw cannotWrite(target, e);
        }
    }

    private static InvalidInput cannotWrite(Path target, IOException e) {
        return new InvalidInput(target + ": cannot be written (" + Json.reason(e) + ")", e);
    }

    private static void forceFolder(Path folder) throws IOException {
        if (!WINDOWS) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private static void discard(Path temp) {
        try {
            Files.deleteIfExists(temp);
        } catch (IOException e) {
            System.getLogger(AtomicFile.class.getName()).log(System.Logger.Level.WARNING, "left behind: " + temp + " (" + Json.reason(e) + ")");
        }
    }
}
