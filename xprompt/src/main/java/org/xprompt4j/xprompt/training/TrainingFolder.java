package org.xprompt4j.xprompt.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.AtomicFile;

/**
 * A folder that one training run lives in, started as often as needed.
 *
 * <pre>
 * lock              held while a process trains here, with its number in it; that of a process that died holds nobody up
 * config.json       what the run was started with; another configuration is refused once there is a state
 * state-00000120/   all that the run needs to go on after step 120, written whole, then renamed
 * log.csv           one row a logged step
 * </pre>
 *
 * A state folder that has its final name is complete. The last two are kept; a killed run leaves at worst a {@code .part}
 * folder, which the next start removes.
 */
public final class TrainingFolder implements AutoCloseable {
    private static final Pattern STATE = Pattern.compile("state-(\\d{8,9})");
    private static final int KEPT = 2;

    private final Path folder;
    private final FileChannel lockFile;
    private final FileLock lock;

    private TrainingFolder(Path folder, FileChannel lockFile, FileLock lock) {
        this.folder = folder;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /**
     * Opens or makes the folder and locks it.
     *
     * @param config the run's configuration as text; must equal that of earlier starts
     * @throws InvalidInput when another process trains there, the configuration differs, or the folder cannot be written
     */
    public static TrainingFolder open(Path folder, String config) {
        AtomicFile.folder(folder);
        try {
            TrainingFolder opened = locked(folder);
            try {
                opened.takeConfig(config);
                opened.removeParts();
            } catch (RuntimeException | IOException e) {
                opened.close();
                throw e;
            }
            return opened;
        } catch (IOException | UncheckedIOException e) {
            throw new InvalidInput(folder + ": cannot be used for training (" + e.getMessage() + ")", e);
        }
    }

    private static TrainingFolder locked(Path folder) throws IOException {
        Path file = folder.resolve("lock");
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean done = false;
        try {
            FileLock lock = tryLock(channel);
            if (lock == null) {
                throw new InvalidInput(folder + ": another process is training in this folder" + owner(file) + "; wait for it or choose another --out");
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
            done = true;
            return new TrainingFolder(folder, channel, lock);
        } finally {
            if (!done) {
                channel.close();
            }
        }
    }

    /** The process that the lock file names, for a message. */
    private static String owner(Path file) throws IOException {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
        return text.matches("[0-9]{1,10}") ? " (process " + text + ")" : "";
    }

    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock(Long.MAX_VALUE - 1, 1, false); // far behind the content, which others may so read everywhere
        } catch (OverlappingFileLockException e) {
            return null; // held by this very process
        }
    }

    private void takeConfig(String config) throws IOException {
        Path file = folder.resolve("config.json");
        boolean same = Files.exists(file) && Files.readString(file).equals(config);
        if (!same && latest().isEmpty()) {
            AtomicFile.text(file, config); // nothing was trained yet: a mended recipe may start here
        } else if (!same) {
            throw new InvalidInput(folder + ": was started with another configuration (its config.json differs); "
                    + "go on with that one, or choose another --out");
        }
    }

    private void removeParts() throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path part : entries.filter(p -> p.getFileName().toString().endsWith(".part")).toList()) {
                delete(part);
            }
        }
    }

    /** The folder. */
    public Path path() {
        return folder;
    }

    /** The newest complete state; empty for a run that has none yet. */
    public Optional<Path> latest() {
        List<Path> states = states();
        return states.isEmpty() ? Optional.empty() : Optional.of(states.getLast());
    }

    /** The step after which a state was saved. */
    public static int stepOf(Path state) {
        Matcher matcher = STATE.matcher(state.getFileName().toString());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(state + " is not a state folder");
        }
        return Integer.parseInt(matcher.group(1));
    }

    /**
     * Saves a state: the writer fills an empty folder, which then gets its name by one rename. Older states than the last two
     * are removed.
     */
    public void save(int step, Consumer<Path> writer) {
        Path state = folder.resolve(String.format(Locale.ROOT, "state-%08d", step));
        if (Files.exists(state)) {
            return; // the same step of a deterministic run: the same state
        }
        Path part = folder.resolve(state.getFileName() + ".part");
        try {
            delete(part);
            Files.createDirectory(part);
            writer.accept(part);
            AtomicFile.rename(part, state);
            List<Path> states = states();
            for (Path old : states.subList(0, Math.max(0, states.size() - KEPT))) {
                Path going = folder.resolve(old.getFileName() + ".part"); // a state with its final name is complete, even then
                delete(going);
                AtomicFile.rename(old, going);
                delete(going);
            }
        } catch (IOException | UncheckedIOException e) {
            throw new InvalidInput(folder + ": cannot save the training state (" + e.getMessage() + "); free space or check permissions", e);
        }
    }

    private List<Path> states() {
        try (Stream<Path> entries = Files.list(folder)) {
            List<Path> states = new ArrayList<>(entries.filter(p -> STATE.matcher(p.getFileName().toString()).matches()).toList());
            states.sort(Comparator.comparingInt(TrainingFolder::stepOf));
            return states;
        } catch (IOException | UncheckedIOException e) {
            throw new InvalidInput(folder + ": cannot be listed (" + e.getMessage() + ")", e);
        }
    }

    private static void delete(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> all = Files.walk(path)) {
            for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(p);
            }
        }
    }

    /** Gives the folder free for another process. */
    @Override
    public void close() {
        try (lockFile; lock) { // given free even when the disk refuses to forget who held it
            lockFile.truncate(0);
        } catch (IOException e) {
            throw new InvalidInput(folder + ": the lock cannot be released (" + e.getMessage() + ")", e);
        }
    }
}
