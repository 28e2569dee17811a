package org.xprompt4j.tensor.file;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.HostStorage;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Tensor;

/**
 * A safetensors file mapped into memory: 8 bytes of header length, a JSON header, then the raw little-endian tensors. Tensors
 * are read-only views of the mapping; nothing is copied. All rules of the format are checked when the file is opened, so a
 * tensor that is handed out lies where it says. Closing the file invalidates its tensors.
 *
 * <p>The format: <a href="https://huggingface.co/docs/safetensors">huggingface.co/docs/safetensors</a>. Writers rename a new
 * file into place (see {@link AtomicFile}), so a mapping never changes under its reader; truncating one in place is an error
 * of whoever does it and ends in an {@link InternalError}.
 */
public final class SafetensorsFile implements AutoCloseable {
    /** Longest header that the format allows. */
    public static final long MAX_HEADER = 100_000_000;

    /**
     * What the header says of one tensor.
     *
     * @param type name of the element type as written, which may be one that {@link DType} does not compute with
     * @param begin first byte in the data section
     * @param end byte behind the last
     */
    public record Entry(String name, String type, Shape shape, long begin, long end) {
        /** Bytes of the tensor in the file. */
        public long byteSize() {
            return end - begin;
        }
    }

    private final Path path;
    private final Arena arena;
    private final MemorySegment data; // the bytes behind the header
    private final Map<String, Entry> entries;
    private final Map<String, String> metadata;
    private final Map<String, Tensor> views = new LinkedHashMap<>(); // guarded by itself
    private boolean open = true; // guarded by views

    private SafetensorsFile(Path path, Arena arena, MemorySegment data, Map<String, Entry> entries, Map<String, String> metadata) {
        this.path = path;
        this.arena = arena;
        this.data = data;
        this.entries = entries;
        this.metadata = metadata;
    }

    /**
     * Maps a file and checks it.
     *
     * @throws InvalidInput naming file and field when it is missing or breaks a rule of the format
     */
    public static SafetensorsFile open(Path path) {
        return MappedFile.open(path, (all, arena) -> read(path, all, arena));
    }

    private static SafetensorsFile read(Path path, MemorySegment all, Arena arena) {
        if (all.byteSize() < 8) {
            throw new InvalidInput(path + ": " + all.byteSize() + " bytes are too few for a safetensors file");
        }
        long length = all.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
        if (length < 0 || length > MAX_HEADER) {
            throw new InvalidInput(path + ": header length " + Long.toUnsignedString(length) + " is more than the "
                    + MAX_HEADER + " bytes that safetensors allows; this is no safetensors file or it is damaged");
        }
        if (length > all.byteSize() - 8) {
            throw new InvalidInput(path + ": header length " + length + " reaches behind the end of the file ("
                    + all.byteSize() + " bytes); the file was cut short");
        }
        byte[] header = all.asSlice(8, length).toArray(ValueLayout.JAVA_BYTE);
        if (length == 0 || header[0] != '{') {
            throw new InvalidInput(path + ": the header does not start with '{'; this is no safetensors file");
        }
        MemorySegment data = all.asSlice(8 + length);
        Map<String, String> metadata = new LinkedHashMap<>();
        Map<String, Entry> entries = SafetensorsHeader.read(Json.parse(header, path + " (header)"), data.byteSize(), metadata);
        return new SafetensorsFile(path, arena, data, entries, metadata);
    }

    /** The file, as it was opened. */
    public Path path() {
        return path;
    }

    /** Names of the tensors in the order of the header. */
    public Set<String> names() {
        return Collections.unmodifiableSet(entries.keySet());
    }

    /** True when the file holds a tensor of this name. */
    public boolean contains(String name) {
        return entries.containsKey(name);
    }

    /** What the header says of each tensor. */
    public List<Entry> entries() {
        return new ArrayList<>(entries.values());
    }

    /** The strings under {@code __metadata__}; empty where there are none. */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    /**
     * A read-only view of a tensor.
     *
     * @throws InvalidInput when there is none of this name or its element type is one that is not computed with
     */
    public Tensor tensor(String name) {
        Entry entry = entry(name);
        DType dtype = SafetensorsHeader.dtype(entry.type());
        if (dtype == null) {
            throw new InvalidInput(path + ": tensor " + JsonParser.quoted(name) + " has element type " + entry.type()
                    + ", which is not supported; convert it to one of " + List.of(DType.values()));
        }
        synchronized (views) {
            if (!open) {
                throw new IllegalStateException(path + " was closed; keep it open while its tensors are used");
            }
            return views.computeIfAbsent(name, key -> {
                HostStorage storage = new HostStorage(aligned(entry, dtype), path + ": " + JsonParser.quoted(name));
                return Tensor.over(storage, 0, dtype, entry.shape());
            });
        }
    }

    /**
     * A tensor that must have these sizes.
     *
     * @throws InvalidInput naming the tensor and both shapes when it has others
     */
    public Tensor tensor(String name, long... dims) {
        Tensor found = tensor(name);
        if (!found.shape().equals(Shape.of(dims))) {
            throw new InvalidInput(path + ": tensor " + JsonParser.quoted(name) + " must have shape " + Shape.of(dims)
                    + ", has " + found.shape());
        }
        return found;
    }

    /**
     * The bytes of a tensor as they lie in the file, of whatever element type, read-only.
     *
     * @throws InvalidInput when the file has no such tensor
     */
    public MemorySegment bytes(String name) {
        Entry entry = entry(name);
        return data.asSlice(entry.begin(), entry.byteSize());
    }

    private Entry entry(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new InvalidInput(path + ": tensor " + JsonParser.quoted(name) + " is missing");
        }
        return entry;
    }

    /** The format does not promise alignment: a tensor at an odd place (none of ours) is copied once, so that kernels need not care. */
    private MemorySegment aligned(Entry entry, DType dtype) {
        MemorySegment bytes = data.asSlice(entry.begin(), entry.byteSize());
        if (bytes.address() % dtype.bytes() == 0 || bytes.byteSize() == 0) {
            return bytes;
        }
        return arena.allocate(bytes.byteSize(), 64).copyFrom(bytes).asReadOnly();
    }

    /** Unmaps the file; its tensors throw from now on. No thread may be computing with them. */
    @Override
    public void close() {
        synchronized (views) {
            if (open) {
                open = false;
                views.values().forEach(view -> ((HostStorage) view.storage()).invalidate());
                arena.close();
            }
        }
    }
}
