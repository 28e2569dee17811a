package org.xprompt4j.tests.fault;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import org.xprompt4j.tests.fault.Fault.Act;
import org.xprompt4j.tests.fault.Fault.Verdict;

/** An open file of {@link FaultyFiles}. */
final class FaultyChannel extends FileChannel {
    private final FaultyFiles files;
    private final Fault fault;
    private final Path path;
    private final FileChannel real;

    FaultyChannel(FaultyFiles files, Path path, FileChannel real) {
        this.files = files;
        this.fault = files.fault();
        this.path = path;
        this.real = real;
    }

    private interface Transfer {
        int move(ByteBuffer bytes) throws IOException;
    }

    /** Moves what the fault lets through of the buffer: all, half, or a few bytes. */
    private int transfer(Act act, ByteBuffer bytes, Transfer transfer) throws IOException {
        Verdict verdict = fault.next(act);
        if (verdict == Verdict.FAIL) {
            throw fault.error(path);
        }
        int asked = bytes.remaining();
        int limit = bytes.limit();
        bytes.limit(bytes.position() + (verdict == Verdict.TEAR ? asked / 2 : fault.most(asked)));
        try {
            if (act == Act.WRITE) {
                files.written(FaultyFiles.real(path), real.size()); // appends and new files alone are written here
            }
            int moved = transfer.move(bytes);
            if (verdict == Verdict.TEAR) {
                throw fault.error(path);
            }
            return moved;
        } finally {
            bytes.limit(limit);
        }
    }

    private void count(Act act) throws IOException {
        if (fault.next(act) != Verdict.PROCEED) {
            throw fault.error(path);
        }
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        return transfer(Act.READ, target, real::read);
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        return transfer(Act.READ, target, bytes -> real.read(bytes, position));
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        return transfer(Act.WRITE, source, real::write);
    }

    @Override
    public int write(ByteBuffer source, long position) throws IOException {
        return transfer(Act.WRITE, source, bytes -> real.write(bytes, position));
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        return read(targets[offset]);
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        return write(sources[offset]);
    }

    @Override
    public void force(boolean metadata) throws IOException {
        count(Act.FORCE); // the loss of power is played, so the real disk need not be waited for
        files.forced(FaultyFiles.real(path));
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        count(Act.REMOVE);
        real.truncate(size);
        return this;
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
        count(Act.READ);
        return real.map(mode, position, size);
    }

    @Override
    public MemorySegment map(MapMode mode, long offset, long size, Arena arena) throws IOException {
        count(Act.READ);
        return real.map(mode, offset, size, arena);
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) throws IOException {
        return real.lock(position, size, shared);
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
        return real.tryLock(position, size, shared);
    }

    @Override
    public long position() throws IOException {
        return real.position();
    }

    @Override
    public FileChannel position(long position) throws IOException {
        real.position(position);
        return this;
    }

    @Override
    public long size() throws IOException {
        return real.size();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
        throw new UnsupportedOperationException("nothing in this project transfers files");
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
        throw new UnsupportedOperationException("nothing in this project transfers files");
    }

    @Override
    protected void implCloseChannel() throws IOException {
        real.close();
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
