package org.xprompt4j.xprompt.onnx;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.file.MappedFile;

/**
 * The initializers of an ONNX model, mapped into memory: {@code ModelProto.graph} (field 7), its {@code initializer} (5), of each
 * {@code dims} (1), {@code data_type} (2), {@code name} (8) and {@code raw_data} (9). Everything else is skipped. Sizes are checked when the
 * file is opened, so what is handed out lies where it says.
 *
 * <p>The format: <a href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">onnx.proto</a>.
 */
public final class OnnxFile implements AutoCloseable {
    private static final long MAX_BYTES = Integer.MAX_VALUE; // protobuf's own limit
    private static final int MAX_TENSORS = 1 << 16;
    private static final int MAX_RANK = 16;
    private static final int FLOAT = 1;
    private static final ValueLayout.OfFloat NUMBER = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    /** [data_type] bytes of an element; 0 for types without a size of their own in raw_data. */
    private static final int[] ELEMENT = {0, 4, 1, 1, 2, 2, 4, 8, 0, 1, 2, 8, 4, 8, 8, 16, 2};

    /**
     * One initializer.
     *
     * @param name its name in the graph
     * @param type {@code data_type}; 1 is float32
     * @param shape its dims
     * @param begin first byte of {@code raw_data} in the file; -1 when the numbers lie elsewhere
     */
    private record Entry(String name, int type, Shape shape, long begin) {
    }

    private final Path path;
    private final Arena arena;
    private final MemorySegment data; // the whole file
    private final Map<String, Entry> entries;

    private OnnxFile(Path path, Arena arena, MemorySegment data, Map<String, Entry> entries) {
        this.path = path;
        this.arena = arena;
        this.data = data;
        this.entries = entries;
    }

    /**
     * Maps a file and checks its initializers.
     *
     * @throws InvalidInput naming file and field when it is missing or broken
     */
    public static OnnxFile open(Path path) {
        return MappedFile.open(path, (all, arena) -> {
            if (all.byteSize() > MAX_BYTES) {
                throw new InvalidInput(path + ": " + all.byteSize() + " bytes are more than the " + MAX_BYTES + " that an ONNX file may have");
            }
            return new OnnxFile(path, arena, all, entries(path, all));
        });
    }

    private static Map<String, Entry> entries(Path path, MemorySegment data) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        boolean found = false;
        WireMessage model = new WireMessage(path + ": ", data, 0, data.byteSize());
        while (model.next()) {
            if (model.field() == 7) {
                if (found) {
                    throw model.fault("graph", "is there twice; this is no ONNX file or it is damaged");
                }
                found = true;
                graph(model.message("graph"), data, entries);
            }
        }
        if (!found) {
            throw model.fault("graph", "is missing; this is no ONNX file or it was cut short");
        }
        return entries;
    }

    private static void graph(WireMessage graph, MemorySegment data, Map<String, Entry> entries) {
        while (graph.next()) {
            if (graph.field() == 5) {
                String name = "initializer[" + entries.size() + "]";
                if (entries.size() == MAX_TENSORS) {
                    throw graph.fault("initializer", "there are more than " + MAX_TENSORS);
                }
                Entry entry = tensor(graph.message(name));
                if (entries.put(entry.name(), entry) != null) {
                    throw graph.fault(name, "has a name that another has too");
                }
            }
        }
    }

    private static Entry tensor(WireMessage tensor) {
        long[] dims = new long[MAX_RANK];
        int rank = 0;
        String name = "";
        long type = 0;
        long begin = -1;
        long bytes = 0;
        while (tensor.next()) {
            switch (tensor.field()) {
                case 1 -> rank = dims(tensor, dims, rank);
                case 2 -> type = tensor.number("data_type");
                case 8 -> name = tensor.text("name");
                case 9 -> {
                    if (begin >= 0) {
                        throw tensor.fault("raw_data", "is there twice");
                    }
                    begin = tensor.begin("raw_data");
                    bytes = tensor.end("raw_data") - begin;
                }
                case 14 -> {
                    if (tensor.number("data_location") != 0) {
                        throw tensor.fault("data_location", "must be 0: numbers in other files are not read");
                    }
                }
                default -> { } // segments, typed numbers, documentation: not asked for
            }
        }
        if (name.isEmpty()) {
            throw tensor.fault("name", "is missing");
        }
        if (type < 1 || type > Integer.MAX_VALUE) {
            throw tensor.fault("data_type", "must be a type of ONNX, is " + type);
        }
        return new Entry(name, (int) type, checked(tensor, Arrays.copyOf(dims, rank), (int) type, begin, bytes), begin);
    }

    private static int dims(WireMessage tensor, long[] dims, int rank) {
        if (tensor.isBytes()) { // packed
            WireMessage numbers = tensor.message("dims");
            while (!numbers.atEnd()) {
                rank = dim(tensor, dims, rank, numbers.packed());
            }
            return rank;
        }
        return dim(tensor, dims, rank, tensor.number("dims"));
    }

    private static int dim(WireMessage tensor, long[] dims, int rank, long dim) {
        if (rank == MAX_RANK) {
            throw tensor.fault("dims", "has more than " + MAX_RANK + " sizes");
        }
        if (dim < 0) {
            throw tensor.fault("dims", "has the size " + dim);
        }
        dims[rank] = dim;
        return rank + 1;
    }

    private static Shape checked(WireMessage tensor, long[] dims, int type, long begin, long bytes) {
        try {
            Shape shape = Shape.of(dims);
            int element = type < ELEMENT.length ? ELEMENT[type] : 0;
            if (begin >= 0 && element > 0 && Math.multiplyExact(shape.numel(), (long) element) != bytes) {
                throw tensor.fault("raw_data", "has " + bytes + " bytes, but dims " + shape + " of " + element + " bytes each need "
                        + shape.numel() * element);
            }
            return shape;
        } catch (IllegalArgumentException | ArithmeticException e) {
            InvalidInput fault = tensor.fault("dims", "have more elements than 64 bits can count");
            fault.initCause(e);
            throw fault;
        }
    }

    /** The file, as it was opened. */
    public Path path() {
        return path;
    }

    /** Names of the initializers in the order of the file. */
    public Set<String> names() {
        return Collections.unmodifiableSet(entries.keySet());
    }

    /**
     * Sizes of an initializer.
     *
     * @throws InvalidInput when there is none of this name
     */
    public Shape shape(String name) {
        return entry(name).shape();
    }

    /**
     * The numbers of an initializer in row-major order, copied: the format aligns nothing.
     *
     * @throws InvalidInput when there is none of this name, or it is not of this shape, not float32, or not in {@code raw_data}
     */
    public float[] floats(String name, Shape shape) {
        Entry entry = entry(name);
        if (!entry.shape().equals(shape)) {
            throw new InvalidInput(path + ": initializer " + shown(name) + " must have dims " + shape + ", has " + entry.shape());
        }
        if (entry.type() != FLOAT) {
            throw new InvalidInput(path + ": initializer " + shown(name) + " must have data_type " + FLOAT + " (float32), has " + entry.type());
        }
        if (entry.begin() < 0 && shape.numel() > 0) {
            throw new InvalidInput(path + ": initializer " + shown(name) + " has no raw_data, the only form that is read");
        }
        float[] out = new float[Math.toIntExact(shape.numel())];
        MemorySegment.copy(data, NUMBER, Math.max(0, entry.begin()), out, 0, out.length);
        return out;
    }

    private Entry entry(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new InvalidInput(path + ": initializer " + shown(name) + " is missing; this is another model or another version of it");
        }
        return entry;
    }

    private static String shown(String name) {
        return "'" + name.replaceAll("\\p{Cntrl}", "?") + "'";
    }

    /** Unmaps the file. */
    @Override
    public void close() {
        arena.close();
    }
}
