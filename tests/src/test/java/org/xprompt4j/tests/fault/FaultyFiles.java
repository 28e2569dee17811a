package org.xprompt4j.tests.fault;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.xprompt4j.tests.fault.Fault.Act;
import org.xprompt4j.tests.fault.Fault.Verdict;

/**
 * The files of the machine with a {@link Fault}: whatever is done to a path of {@link #over} is done to the real file, unless the
 * fault is due. {@link #restart} is what the machine finds after a loss of power.
 */
final class FaultyFiles extends FileSystemProvider {
    private final Fault fault;
    private final FaultySystem system = new FaultySystem(this);
    private final Map<Path, Long> unforced = new HashMap<>(); // real file to the bytes that are safe

    FaultyFiles(Fault fault) {
        this.fault = fault;
    }

    /** A real path as one of this file system. */
    Path over(Path real) {
        return new FaultyPath(system, real);
    }

    /** Takes away what was written and not forced, if the fault is a loss of power that happened. */
    void restart() throws IOException {
        if (fault.losesUnforced() && fault.struck()) {
            for (Map.Entry<Path, Long> file : unforced.entrySet()) {
                if (Files.exists(file.getKey())) {
                    try (FileChannel channel = FileChannel.open(file.getKey(), StandardOpenOption.WRITE)) {
                        channel.truncate(file.getValue());
                    }
                }
            }
        }
    }

    static Path real(Path path) {
        return path instanceof FaultyPath faulty ? faulty.real() : path;
    }

    Fault fault() {
        return fault;
    }

    /** Bytes from {@code safe} on are not on the disk yet. */
    void written(Path real, long safe) {
        unforced.merge(real, safe, Math::min);
    }

    void forced(Path real) {
        unforced.remove(real);
    }

    private interface Action {
        void run() throws IOException;
    }

    /** An operation without a middle: torn, it happens and is reported as failed. */
    private void count(Act act, Path path, Action action) throws IOException {
        Verdict verdict = fault.next(act);
        if (verdict == Verdict.PROCEED || verdict == Verdict.TEAR && act == Act.RENAME) {
            action.run();
        }
        if (verdict != Verdict.PROCEED) {
            throw fault.error(path);
        }
    }

    @Override
    public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        Path real = real(path);
        boolean makes = options.contains(StandardOpenOption.CREATE_NEW) || options.contains(StandardOpenOption.CREATE) && !Files.exists(real);
        count(makes ? Act.CREATE : Act.READ, path, () -> { });
        FileChannel channel = FileChannel.open(real, options, attributes);
        return new FaultyChannel(this, path, channel);
    }

    @Override
    public SeekableByteChannel newByteChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        return newFileChannel(path, options, attributes);
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(Path folder, DirectoryStream.Filter<? super Path> filter) throws IOException {
        count(Act.READ, folder, () -> { });
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(real(folder))) {
            for (Path entry : entries) {
                Path faulty = folder.resolve(entry.getFileName().toString());
                if (filter.accept(faulty)) {
                    found.add(faulty);
                }
            }
        }
        found.sort(null); // one order on every machine
        return new DirectoryStream<>() {
            @Override
            public Iterator<Path> iterator() {
                return found.iterator();
            }

            @Override
            public void close() {
                found.clear();
            }
        };
    }

    @Override
    public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
        count(Act.CREATE, folder, () -> Files.createDirectory(real(folder), attributes));
    }

    @Override
    public void delete(Path path) throws IOException {
        count(Act.REMOVE, path, () -> Files.delete(real(path)));
        unforced.remove(real(path));
    }

    @Override
    public void move(Path from, Path to, CopyOption... options) throws IOException {
        count(Act.RENAME, to, () -> {
            Files.move(real(from), real(to), options);
            Long safe = unforced.remove(real(from));
            if (safe != null) {
                unforced.put(real(to), safe);
            }
        });
    }

    @Override
    public void copy(Path from, Path to, CopyOption... options) {
        throw new UnsupportedOperationException("nothing in this project copies files");
    }

    @Override
    public boolean isSameFile(Path a, Path b) throws IOException {
        return Files.isSameFile(real(a), real(b));
    }

    @Override
    public boolean isHidden(Path path) throws IOException {
        return Files.isHidden(real(path));
    }

    @Override
    public FileStore getFileStore(Path path) throws IOException {
        return Files.getFileStore(real(path));
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
        real(path).getFileSystem().provider().checkAccess(real(path), modes);
    }

    @Override
    public <V extends FileAttributeView> V getFileAttributeView(Path path, Class<V> type, LinkOption... options) {
        return Files.getFileAttributeView(real(path), type, options);
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options) throws IOException {
        return Files.readAttributes(real(path), type, options);
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) throws IOException {
        return Files.readAttributes(real(path), attributes, options);
    }

    @Override
    public void setAttribute(Path path, String attribute, Object value, LinkOption... options) throws IOException {
        Files.setAttribute(real(path), attribute, value, options);
    }

    @Override
    public String getScheme() {
        return "faulty";
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> env) {
        throw new UnsupportedOperationException("made by its constructor");
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
        return system;
    }

    @Override
    public Path getPath(URI uri) {
        return over(Path.of(uri.getPath()));
    }
}
