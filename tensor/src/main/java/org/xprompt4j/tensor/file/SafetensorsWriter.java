package org.xprompt4j.tensor.file;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Tensor;

/**
 * Writes a safetensors file: first declare all tensors, then {@link #writeTo} streams them one by one. The file appears whole
 * or not at all. Tensors keep the order in which they were added, except that wider element types go first, so that each lies
 * aligned. The same content gives the same bytes.
 *
 * <pre>{@code
 * new SafetensorsWriter().metadata("format", "pt").add("model.norm.weight", weight).writeTo(path);
 * }</pre>
 */
public final class SafetensorsWriter {
    private static final int CHUNK = 1 << 20; // bytes copied at a time

    private record Pending(String name, DType dtype, Shape shape, Supplier<Tensor> source) {
        long byteSize() {
            return Math.multiplyExact(shape.numel(), (long) dtype.bytes());
        }
    }

    private final Map<String, Pending> tensors = new LinkedHashMap<>();
    private final Map<String, String> metadata = new TreeMap<>();

    /** A string under {@code __metadata__}. */
    public SafetensorsWriter metadata(String key, String value) {
        metadata.put(key, value);
        return this;
    }

    /** A contiguous tensor, whose elements are read when the file is written. */
    public SafetensorsWriter add(String name, Tensor tensor) {
        return add(name, tensor.dtype(), tensor.shape(), () -> tensor);
    }

    /** A tensor that is made when its turn comes, so that conversions need memory for one at a time. */
    public SafetensorsWriter add(String name, DType dtype, Shape shape, Supplier<Tensor> source) {
        if (name.equals(SafetensorsHeader.METADATA) || tensors.put(name, new Pending(name, dtype, shape, source)) != null) {
            throw new IllegalArgumentException("a second tensor, or a reserved name: " + name);
        }
        return this;
    }

    /**
     * Writes the file.
     *
     * @throws InvalidInput naming the path when it cannot be written
     */
    public void writeTo(Path path) {
        List<Pending> order = new ArrayList<>(tensors.values());
        order.sort(Comparator.comparingInt((Pending p) -> p.dtype().bytes()).reversed()); // stable
        byte[] header = header(order);
        AtomicFile.write(path, channel -> {
            ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).flip();
            AtomicFile.writeFully(channel, length);
            AtomicFile.writeFully(channel, ByteBuffer.wrap(header));
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment buffer = arena.allocate(CHUNK, 64);
                for (Pending pending : order) {
                    copy(pending, buffer, channel);
                }
            }
        });
    }

    private byte[] header(List<Pending> order) {
        Map<String, Object> header = new LinkedHashMap<>();
        if (!metadata.isEmpty()) {
            header.put(SafetensorsHeader.METADATA, metadata);
        }
        long offset = 0;
        for (Pending pending : order) {
            long end = Math.addExact(offset, pending.byteSize());
            Map<String, Object> info = new LinkedHashMap<>();
            info.put("dtype", pending.dtype().name());
            info.put("shape", pending.shape().toArray());
            info.put("data_offsets", new long[] {offset, end});
            header.put(pending.name(), info);
            offset = end;
        }
        String json = JsonWriter.compact(header);
        int bytes = json.getBytes(StandardCharsets.UTF_8).length;
        byte[] padded = (json + " ".repeat(-bytes & 7)).getBytes(StandardCharsets.UTF_8);
        if (padded.length > SafetensorsFile.MAX_HEADER) {
            throw new IllegalArgumentException(order.size() + " tensors make a header of " + padded.length + " bytes, more than the format allows");
        }
        return padded;
    }

    private static void copy(Pending pending, MemorySegment buffer, FileChannel channel) throws IOException {
        Tensor tensor = pending.source().get();
        if (tensor.dtype() != pending.dtype() || !tensor.shape().equals(pending.shape()) || !tensor.isContiguous()) {
            throw new IllegalArgumentException("tensor " + pending.name() + " was declared as " + pending.dtype() + pending.shape()
                    + " and must be contiguous, is " + tensor);
        }
        long from = tensor.offset() * tensor.dtype().bytes();
        long left = tensor.byteSize();
        while (left > 0) {
            MemorySegment part = buffer.asSlice(0, Math.min(left, CHUNK));
            tensor.storage().read(from, part);
            AtomicFile.writeFully(channel, part.asByteBuffer());
            from += part.byteSize();
            left -= part.byteSize();
        }
    }
}
