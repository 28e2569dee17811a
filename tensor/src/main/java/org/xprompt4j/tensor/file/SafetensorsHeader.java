package org.xprompt4j.tensor.file;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.file.SafetensorsFile.Entry;

/** The rules of a safetensors header, checked before any byte of data is believed. */
final class SafetensorsHeader {
    static final String METADATA = "__metadata__";
    private static final int MAX_RANK = 64;

    /** Bits of one element of every type of the format; sub-byte types must fill whole bytes. */
    private static final Map<String, Integer> BITS = Map.ofEntries(
            Map.entry("F64", 64), Map.entry("F32", 32), Map.entry("F16", 16), Map.entry("BF16", 16),
            Map.entry("I64", 64), Map.entry("I32", 32), Map.entry("I16", 16), Map.entry("I8", 8),
            Map.entry("U64", 64), Map.entry("U32", 32), Map.entry("U16", 16), Map.entry("U8", 8), Map.entry("BOOL", 8),
            Map.entry("F8_E4M3", 8), Map.entry("F8_E5M2", 8), Map.entry("F8_E8M0", 8), Map.entry("C64", 64),
            Map.entry("F6_E2M3", 6), Map.entry("F6_E3M2", 6), Map.entry("F4", 4));

    private SafetensorsHeader() {
    }

    /** The element type of that name, or null for those of the format that are not computed with. */
    static DType dtype(String type) {
        for (DType dtype : DType.values()) {
            if (dtype.name().equals(type)) {
                return dtype;
            }
        }
        return null;
    }

    /**
     * Checks a header.
     *
     * @param dataLength bytes behind the header
     * @param metadata receives the strings of {@code __metadata__}
     * @return the tensors by name in the order of the header
     */
    static Map<String, Entry> read(Json header, long dataLength, Map<String, String> metadata) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (String name : header.fields()) {
            if (name.equals(METADATA)) {
                Json strings = header.get(name);
                strings.fields().forEach(key -> metadata.put(key, strings.string(key)));
            } else {
                entries.put(name, entry(name, header.get(name), dataLength));
            }
        }
        requireNoGaps(header, entries, dataLength);
        return entries;
    }

    private static Entry entry(String name, Json info, long dataLength) {
        String type = info.string("dtype");
        Integer bits = BITS.get(type);
        if (bits == null) {
            throw info.get("dtype").fault("is " + JsonParser.quoted(type) + ", which is no element type of safetensors");
        }
        Json sizes = info.get("shape");
        if (sizes.elements().size() > MAX_RANK) {
            throw sizes.fault("has " + sizes.elements().size() + " sizes, more than the " + MAX_RANK + " that a tensor may have here");
        }
        long[] dims = new long[sizes.elements().size()];
        int axis = 0;
        for (Json size : sizes.elements()) {
            dims[axis++] = size.asLong(0, Long.MAX_VALUE);
        }
        Json offsets = info.get("data_offsets");
        List<Json> both = offsets.elements();
        if (both.size() != 2) {
            throw offsets.fault("must be two offsets, are " + both.size());
        }
        long begin = both.get(0).asLong(0, Long.MAX_VALUE);
        long end = both.get(1).asLong(0, Long.MAX_VALUE);
        if (begin > end) {
            throw offsets.fault("must not decrease, are " + begin + " and " + end);
        }
        if (end > dataLength) {
            throw offsets.fault("end at byte " + end + " of a data section of " + dataLength + " bytes; the file was cut short or lies");
        }
        try {
            Shape shape = Shape.of(dims);
            long total = Math.multiplyExact(shape.numel(), (long) bits);
            if (total % 8 != 0 || total / 8 != end - begin) {
                throw offsets.fault("hold " + (end - begin) + " bytes, but " + type + shape + " needs " + (total + 7) / 8);
            }
            return new Entry(name, type, shape, begin, end);
        } catch (IllegalArgumentException | ArithmeticException e) {
            InvalidInput fault = sizes.fault("has more elements than 64 bits can count");
            fault.initCause(e);
            throw fault;
        }
    }

    /** Sorted by place, every tensor must begin where the one before ended, and the last end at the end of the file. */
    private static void requireNoGaps(Json header, Map<String, Entry> entries, long dataLength) {
        List<Entry> placed = new ArrayList<>(entries.values());
        placed.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long covered = 0;
        String before = "";
        for (Entry entry : placed) {
            if (entry.begin() > covered) {
                throw header.get(entry.name()).get("data_offsets").fault("begin at byte " + entry.begin()
                        + ", but bytes " + covered + " to " + entry.begin() + " belong to no tensor");
            }
            if (entry.begin() < covered) {
                throw header.get(entry.name()).get("data_offsets").fault("begin at byte " + entry.begin()
                        + " inside tensor " + JsonParser.quoted(before) + ", which ends at " + covered);
            }
            covered = entry.end();
            before = entry.name();
        }
        if (covered != dataLength) {
            throw new InvalidInput(header.source() + ": " + (dataLength - covered) + " bytes behind the last tensor belong to none");
        }
    }
}
