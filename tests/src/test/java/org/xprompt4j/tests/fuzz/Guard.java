package org.xprompt4j.tests.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.xprompt4j.tensor.InvalidInput;

/**
 * What every reader of files must keep, whatever the bytes: it returns, or refuses with an {@link InvalidInput} whose message is
 * one line of sensible length that starts with the file; it never throws anything else, takes longer than a second of processor
 * time, allocates more than a stated bound, or leaves the file mapped.
 */
final class Guard {
    private static final long MOST_NANOS = 1_000_000_000L;
    private static final int ATTEMPTS = 4; // the first ones also load, instrument and compile classes
    private static final int MOST_MESSAGE = 2000;
    private static final int MAPPINGS_EVERY = 500; // inputs between looks at this process's mappings, which take a millisecond
    private static final com.sun.management.ThreadMXBean THREADS = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Path folder;
    private final String name;
    private final long freeBytes;
    private final long bytesPerByte;
    private long inputs;

    /**
     * @param name of the file that stands for the input
     * @param freeBytes heap that a reader may take however short the input
     * @param bytesPerByte heap that it may take for each byte of the input
     */
    Guard(String name, long freeBytes, long bytesPerByte) {
        this.name = name;
        this.freeBytes = freeBytes;
        this.bytesPerByte = bytesPerByte;
        try {
            Path memory = Path.of("/dev/shm");
            folder = Files.isWritable(memory) ? Files.createTempDirectory(memory, "xp-fuzz") : Files.createTempDirectory("xp-fuzz");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::clear));
    }

    /** The folder that is this target's own. */
    Path folder() {
        return folder;
    }

    /** The file that stands for the input. */
    Path file() {
        return folder.resolve(name);
    }

    /** Makes a file of the target's folder these bytes. */
    Path put(String file, byte[] bytes) {
        try {
            return Files.write(folder.resolve(file), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As below, of the file {@link #file}, which is made first. */
    <T> void check(byte[] input, Supplier<T> reader, Consumer<T> rest) {
        put(name, input);
        check(input, file().toString(), reader, rest);
    }

    /**
     * Runs a reader under the rules; again when it took too much, since the first times pay for loading classes.
     *
     * @param source what a complaint must begin with
     * @param rest what must hold of the result, which it also closes; it may refuse nothing any more
     */
    <T> void check(byte[] input, String source, Supplier<T> reader, Consumer<T> rest) {
        AssertionError excess = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            long nanos = THREADS.getCurrentThreadCpuTime();
            long bytes = THREADS.getCurrentThreadAllocatedBytes();
            T result = null;
            try {
                result = reader.get();
            } catch (InvalidInput e) {
                requireOneLine(e.getMessage(), source, input);
            }
            bytes = THREADS.getCurrentThreadAllocatedBytes() - bytes;
            nanos = THREADS.getCurrentThreadCpuTime() - nanos;
            use(result, rest);
            excess = excess(input.length, bytes, nanos);
            if (excess == null) {
                break;
            }
        }
        if (excess != null) {
            throw excess;
        }
        if (++inputs % MAPPINGS_EVERY == 1) {
            requireUnmapped();
        }
    }

    private static <T> void use(T result, Consumer<T> rest) {
        if (result != null) {
            try {
                rest.accept(result);
            } catch (InvalidInput e) {
                throw new AssertionError("a file that was read is refused when it is used or written and read again", e);
            }
        }
    }

    private AssertionError excess(int length, long bytes, long nanos) {
        if (bytes > freeBytes + bytesPerByte * length) {
            return new AssertionError("took " + bytes + " bytes of heap for an input of " + length);
        }
        return nanos <= MOST_NANOS ? null
                : new AssertionError("took " + nanos / 1_000_000 + " ms of processor time for an input of " + length + " bytes");
    }

    private static void requireOneLine(String message, String source, byte[] input) {
        if (message == null || !message.startsWith(source)) {
            throw new AssertionError("the complaint does not begin with " + source + ": " + message);
        }
        String reason = message.substring(source.length());
        boolean plain = reason.codePoints().noneMatch(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029);
        if (!plain || message.length() > MOST_MESSAGE) {
            throw new AssertionError("the complaint is not one line of at most " + MOST_MESSAGE + " characters: "
                    + message.substring(0, Math.min(message.length(), MOST_MESSAGE)));
        }
        boolean foreign = Stream.of("Exception", "java.").anyMatch(word -> reason.contains(word) && !contains(input, word)); // a complaint may quote its input
        if (reason.strip().endsWith(" null") || foreign || reason.length() < 10) {
            throw new AssertionError("the complaint means nothing to the user: " + message);
        }
    }

    private static boolean contains(byte[] input, String word) {
        return new String(input, StandardCharsets.ISO_8859_1).contains(word);
    }

    /** No mapping of the target's files is left; looked up in /proc, so that systems without it check the rest alone. */
    private void requireUnmapped() {
        Path maps = Path.of("/proc/self/maps");
        if (Files.isReadable(maps)) {
            try (Stream<String> lines = Files.lines(maps)) {
                String left = lines.filter(line -> line.contains(folder.toString())).findFirst().orElse(null);
                if (left != null) {
                    throw new AssertionError("left mapped: " + left);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void clear() {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            System.err.println("left behind: " + folder + " (" + e + ")");
        }
    }
}
