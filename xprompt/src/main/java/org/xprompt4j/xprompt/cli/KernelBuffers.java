package org.xprompt4j.xprompt.cli;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.AtomicFile;
import org.xprompt4j.tensor.file.SafetensorsFile;

/** The tensors of a safetensors file as buffers of any type, and the same file written with other bytes in them. */
final class KernelBuffers implements AutoCloseable {
    private static final long MOST_BYTES = 1L << 31;

    private final Arena arena = Arena.ofConfined();
    private final Map<String, MemorySegment> bytes = new LinkedHashMap<>(); // in the order of the file's data
    private byte[] header = new byte[0]; // length and header of the file, as they are

    private KernelBuffers() {
    }

    /** Copies of the tensors of a file; none where there is no file. */
    static KernelBuffers open(Path path) {
        KernelBuffers buffers = new KernelBuffers();
        if (path != null) {
            buffers.read(path);
        }
        return buffers;
    }

    private void read(Path path) {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            List<SafetensorsFile.Entry> entries = file.entries().stream()
                    .sorted(Comparator.comparingLong(SafetensorsFile.Entry::begin).thenComparingLong(SafetensorsFile.Entry::end)).toList();
            long all = entries.stream().mapToLong(SafetensorsFile.Entry::byteSize).sum();
            if (all > MOST_BYTES) {
                throw new InvalidInput(path + ": " + all + " bytes of tensors are more than the " + MOST_BYTES + " that are emulated");
            }
            for (SafetensorsFile.Entry entry : entries) {
                bytes.put(entry.name(), arena.allocate(Math.max(1, entry.byteSize()), 16).asSlice(0, entry.byteSize()).copyFrom(file.bytes(entry.name())));
            }
        }
        header = header(path);
    }

    private static byte[] header(Path path) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            readFully(channel, length, 0);
            ByteBuffer whole = ByteBuffer.allocate(Math.toIntExact(8 + length.getLong(0)));
            readFully(channel, whole, 0);
            return whole.array();
        } catch (IOException e) {
            throw new InvalidInput(path + ": cannot be read (" + e.getMessage() + ")", e);
        }
    }

    private static void readFully(FileChannel channel, ByteBuffer into, long from) throws IOException {
        while (into.hasRemaining()) {
            if (channel.read(into, from + into.position()) < 0) {
                throw new IOException("it became shorter while it was read");
            }
        }
    }

    /** The buffers by name; what is done to them goes into {@link #write}. */
    Map<String, MemorySegment> bytes() {
        return bytes;
    }

    /** The file with the buffers' bytes of now. */
    void write(Path path) {
        AtomicFile.write(path, channel -> {
            AtomicFile.writeFully(channel, ByteBuffer.wrap(header));
            for (MemorySegment buffer : bytes.values()) {
                AtomicFile.writeFully(channel, buffer.asByteBuffer());
            }
        });
    }

    @Override
    public void close() {
        arena.close();
    }
}
