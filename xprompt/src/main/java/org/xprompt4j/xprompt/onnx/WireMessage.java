package org.xprompt4j.xprompt.onnx;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.xprompt4j.tensor.InvalidInput;

/**
 * One protobuf message as a run of fields: a varint of number and wire type, then a varint, 4 or 8 bytes, or a length and as many bytes.
 * Nothing is believed: a number or a length that leaves the message is refused. Messages inside are entered by who knows their type;
 * others are skipped as bytes, so the depth is the caller's.
 *
 * <p>The format: <a href="https://protobuf.dev/programming-guides/encoding/">protobuf.dev</a>.
 */
final class WireMessage {
    static final int VARINT = 0;
    static final int EIGHT_BYTES = 1;
    static final int BYTES = 2;
    static final int FOUR_BYTES = 5;
    private static final int MAX_VARINT = 10; // bytes
    private static final int MAX_TEXT = 1024; // bytes of a name

    private final String where; // file and field, for messages
    private final MemorySegment data; // the file
    private final long end;
    private long at;
    private int field;
    private int type;
    private long number; // of a varint
    private long begin; // of bytes
    private long length; // of bytes

    WireMessage(String where, MemorySegment data, long begin, long end) {
        this.where = where;
        this.data = data;
        this.at = begin;
        this.end = end;
    }

    /** Reads the next field; false at the end. */
    boolean next() {
        if (at == end) {
            return false;
        }
        long key = varint();
        field = (int) (key >>> 3);
        type = (int) key & 7;
        if (key < 0 || key >>> 3 == 0 || key >>> 3 >= 1 << 29) {
            throw fault("field number " + Long.toUnsignedString(key >>> 3) + " at byte " + at + " is none of protobuf's; this is no ONNX file or it is damaged");
        }
        switch (type) {
            case VARINT -> number = varint();
            case EIGHT_BYTES -> skip(8);
            case FOUR_BYTES -> skip(4);
            case BYTES -> skip(varint());
            default -> throw fault("field " + field + " before byte " + at + " has wire type " + type + ", which ONNX does not use");
        }
        return true;
    }

    private void skip(long count) {
        if (count < 0 || count > end - at) {
            throw fault("field " + field + " claims " + Long.toUnsignedString(count) + " bytes at byte " + at + ", but only " + (end - at)
                    + " are left; the file was cut short or is damaged");
        }
        begin = at;
        length = count;
        at += count;
    }

    private long varint() {
        long value = 0;
        for (int i = 0; i < MAX_VARINT; i++) {
            if (at == end) {
                throw fault("a number runs over the end at byte " + at + "; the file was cut short or is damaged");
            }
            byte b = data.get(ValueLayout.JAVA_BYTE, at++);
            value |= (long) (b & 0x7f) << 7 * i;
            if (b >= 0) {
                return value;
            }
        }
        throw fault("a number of more than " + MAX_VARINT + " bytes before byte " + at + "; this is no ONNX file or it is damaged");
    }

    /** Number of the field that was read. */
    int field() {
        return field;
    }

    /** The value of a field that must be a varint. */
    long number(String name) {
        require(name, VARINT);
        return number;
    }

    /** First byte, in the file, of a field that must be bytes. */
    long begin(String name) {
        require(name, BYTES);
        return begin;
    }

    /** Byte behind the last. */
    long end(String name) {
        require(name, BYTES);
        return begin + length;
    }

    /** The message in a field. */
    WireMessage message(String name) {
        require(name, BYTES);
        return new WireMessage(where + name + ".", data, begin, begin + length);
    }

    /** True when the field is a run of bytes, as packed numbers are. */
    boolean isBytes() {
        return type == BYTES;
    }

    /** The next of packed numbers, read in a {@link #message}. */
    long packed() {
        return varint();
    }

    boolean atEnd() {
        return at == end;
    }

    /** The text in a field. */
    String text(String name) {
        require(name, BYTES);
        if (length > MAX_TEXT) {
            throw fault(name, "has " + length + " bytes, more than " + MAX_TEXT);
        }
        byte[] bytes = data.asSlice(begin, length).toArray(ValueLayout.JAVA_BYTE);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            InvalidInput fault = fault(name, "is no UTF-8");
            fault.initCause(e);
            throw fault;
        }
    }

    private void require(String name, int wanted) {
        if (type != wanted) {
            throw fault(name, "has wire type " + type + ", must have " + wanted);
        }
    }

    /** What is wrong with a field of this message. */
    InvalidInput fault(String name, String message) {
        return new InvalidInput(where + name + ": " + message);
    }

    /** What is wrong with the message itself. */
    InvalidInput fault(String message) {
        return new InvalidInput((where.endsWith(".") ? where.substring(0, where.length() - 1) + ": " : where) + message);
    }
}
