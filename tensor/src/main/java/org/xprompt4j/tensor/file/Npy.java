package org.xprompt4j.tensor.file;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Tensor;

/**
 * One array in NumPy's {@code .npy} format, versions 1.0 to 3.0, C order, little-endian {@code f4 f2 i4 i8 u1}.
 * The format: numpy.org, "numpy.lib.format".
 */
public final class Npy {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int MAX_RANK = 64; // NumPy's own limit
    private static final int MAX_HEADER = 1 << 16;
    private static final Pattern HEADER = Pattern.compile(
            "\\{ *'descr' *: *'([^']{1,20})' *, *'fortran_order' *: *(True|False) *, *'shape' *: *\\(([0-9, ]*)\\) *,? *} *\n?");

    private Npy() {
    }

    /**
     * Reads an array into memory of a scope.
     *
     * @throws InvalidInput naming file and field
     */
    public static Tensor read(Path path, MemoryScope scope) {
        if (!Files.isRegularFile(path)) {
            throw new InvalidInput(path + ": " + (Files.exists(path) ? "is not a file" : "no such file"));
        }
        try (Arena arena = Arena.ofConfined(); FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            MemorySegment all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            if (all.byteSize() < 10 || all.asSlice(0, 6).mismatch(MemorySegment.ofArray(MAGIC)) >= 0) {
                throw new InvalidInput(path + ": does not start as an .npy file");
            }
            int major = all.get(ValueLayout.JAVA_BYTE, 6);
            int lengthBytes = major == 1 ? 2 : 4;
            if (major < 1 || major > 3 || all.get(ValueLayout.JAVA_BYTE, 7) != 0 || all.byteSize() < 8 + lengthBytes) {
                throw new InvalidInput(path + ": .npy version " + major + "." + all.get(ValueLayout.JAVA_BYTE, 7) + " is none of 1.0, 2.0, 3.0, or the file was cut short");
            }
            long length = 0;
            for (int i = 0; i < lengthBytes; i++) {
                length |= (all.get(ValueLayout.JAVA_BYTE, 8 + i) & 0xffL) << 8 * i;
            }
            int start = 8 + lengthBytes;
            if (length > MAX_HEADER || length > all.byteSize() - start) {
                throw new InvalidInput(path + ": header length " + length + " is too large; the file was cut short or lies");
            }
            String text = new String(all.asSlice(start, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
            return body(path, text, all.asSlice(start + length), scope);
        } catch (IOException e) {
            throw new InvalidInput(path + ": cannot be read (" + Json.reason(e) + ")", e);
        }
    }

    private static Tensor body(Path path, String header, MemorySegment data, MemoryScope scope) {
        Matcher match = HEADER.matcher(header);
        if (!match.matches()) {
            throw new InvalidInput(path + ": header must give descr, fortran_order and shape, is "
                    + JsonParser.quoted(header.strip()));
        }
        DType dtype = switch (match.group(1)) {
            case "<f4" -> DType.F32;
            case "<f2" -> DType.F16;
            case "<i4" -> DType.I32;
            case "<i8" -> DType.I64;
            case "|u1", "<u1" -> DType.U8;
            case "|i1", "<i1" -> DType.I8;
            default -> throw new InvalidInput(path + ": descr must be one of <f4 <f2 <i4 <i8 |u1 |i1, is " + JsonParser.quoted(match.group(1)));
        };
        if (match.group(2).equals("True")) {
            throw new InvalidInput(path + ": fortran_order must be False; save it with numpy.ascontiguousarray");
        }
        try {
            Shape shape = shape(match.group(3));
            if (shape.rank() > MAX_RANK) {
                throw new InvalidInput(path + ": shape has " + shape.rank() + " sizes, more than the " + MAX_RANK + " that a tensor may have here");
            }
            if (Math.multiplyExact(shape.numel(), (long) dtype.bytes()) != data.byteSize()) {
                throw new InvalidInput(path + ": shape " + shape + " of " + dtype + " needs "
                        + shape.numel() * dtype.bytes() + " bytes, the file has " + data.byteSize());
            }
            Tensor tensor = scope.allocate(dtype, shape);
            tensor.storage().write(0, data);
            return tensor;
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new InvalidInput(path + ": shape " + JsonParser.quoted("(" + match.group(3) + ")") + " is no tuple of sizes or too large", e);
        }
    }

    /** Python's tuple: {@code ()}, {@code (3,)}, {@code (3, 4)}. */
    private static Shape shape(String tuple) {
        List<Long> dims = new ArrayList<>();
        String[] parts = tuple.split(",", -1);
        for (int i = 0; i < parts.length; i++) {
            String part = parts[i].strip();
            if (!part.isEmpty()) {
                dims.add(Long.parseLong(part)); // NumberFormatException is an IllegalArgumentException
            } else if (i != parts.length - 1) {
                throw new IllegalArgumentException("an empty place in the tuple");
            }
        }
        if (dims.size() == 1 && parts.length == 1) {
            throw new IllegalArgumentException("one size needs a comma");
        }
        return Shape.of(dims.stream().mapToLong(Long::longValue).toArray());
    }

    /**
     * Writes a contiguous tensor, version 1.0; BF16 has no NumPy type and must be converted first.
     *
     * @throws InvalidInput naming the path when it cannot be written
     */
    public static void write(Path path, Tensor tensor) {
        String descr = switch (tensor.dtype()) {
            case F32 -> "<f4";
            case F16 -> "<f2";
            case I32 -> "<i4";
            case I64 -> "<i8";
            case U8 -> "|u1";
            case I8 -> "|i1";
            case BF16 -> throw new IllegalArgumentException("NumPy has no BF16; convert " + tensor + " to F32 first");
        };
        if (!tensor.isContiguous()) {
            throw new IllegalArgumentException("Npy.write needs a contiguous tensor, not " + tensor);
        }
        StringBuilder sizes = new StringBuilder();
        for (int i = 0; i < tensor.rank(); i++) {
            sizes.append(tensor.dim(i)).append(i == 0 || i < tensor.rank() - 1 ? "," : "").append(i < tensor.rank() - 1 ? " " : "");
        }
        String dict = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (" + sizes + "), }";
        String header = dict + " ".repeat(-(10 + dict.length() + 1) & 63) + "\n"; // data starts at a multiple of 64
        AtomicFile.write(path, channel -> {
            ByteBuffer start = ByteBuffer.allocate(10).order(java.nio.ByteOrder.LITTLE_ENDIAN);
            start.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) header.length()).flip();
            AtomicFile.writeFully(channel, start);
            AtomicFile.writeFully(channel, ByteBuffer.wrap(header.getBytes(StandardCharsets.US_ASCII)));
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment bytes = arena.allocate(Math.max(1, tensor.byteSize())).asSlice(0, tensor.byteSize());
                tensor.storage().read(tensor.offset() * tensor.dtype().bytes(), bytes);
                for (long at = 0; at < bytes.byteSize(); at += 1 << 30) {
                    AtomicFile.writeFully(channel, bytes.asSlice(at, Math.min(1 << 30, bytes.byteSize() - at)).asByteBuffer());
                }
            }
        });
    }
}
