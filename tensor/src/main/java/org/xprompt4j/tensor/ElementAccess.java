package org.xprompt4j.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Reads and writes single elements of any type in raw little-endian memory. The definition of each conversion, not a fast path. */
public final class ElementAccess {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private ElementAccess() {
    }

    /** Element {@code index} as a float. */
    public static float getFloat(MemorySegment bytes, DType dtype, long index) {
        return switch (dtype) {
            case F32 -> bytes.get(FLOAT, index * 4);
            case BF16 -> bfloat16ToFloat(bytes.get(SHORT, index * 2));
            case F16 -> Float.float16ToFloat(bytes.get(SHORT, index * 2));
            case I32, I64, U8, I8 -> getLong(bytes, dtype, index);
        };
    }

    /** Element {@code index} of an integer type. */
    public static long getLong(MemorySegment bytes, DType dtype, long index) {
        return switch (dtype) {
            case I32 -> bytes.get(INT, index * 4);
            case I64 -> bytes.get(LONG, index * 8);
            case U8 -> bytes.get(ValueLayout.JAVA_BYTE, index) & 0xff;
            case I8 -> bytes.get(ValueLayout.JAVA_BYTE, index);
            case F32, BF16, F16 -> throw new IllegalArgumentException(dtype + " is not an integer type");
        };
    }

    /** Writes a float, rounding to nearest even for the 16-bit types and truncating for integers. */
    public static void setFloat(MemorySegment bytes, DType dtype, long index, float value) {
        switch (dtype) {
            case F32 -> bytes.set(FLOAT, index * 4, value);
            case BF16 -> bytes.set(SHORT, index * 2, floatToBfloat16(value));
            case F16 -> bytes.set(SHORT, index * 2, Float.floatToFloat16(value));
            case I32, I64, U8, I8 -> setLong(bytes, dtype, index, (long) value);
        }
    }

    /** Writes an integer; floating types take its nearest value. */
    public static void setLong(MemorySegment bytes, DType dtype, long index, long value) {
        switch (dtype) {
            case I32 -> bytes.set(INT, index * 4, (int) value);
            case I64 -> bytes.set(LONG, index * 8, value);
            case U8, I8 -> bytes.set(ValueLayout.JAVA_BYTE, index, (byte) value);
            case F32, BF16, F16 -> setFloat(bytes, dtype, index, value);
        }
    }

    /** The float whose upper 16 bits these are; exact. */
    public static float bfloat16ToFloat(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** Round to nearest, ties to even; NaN stays a (quiet) NaN. */
    public static short floatToBfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) ((bits >>> 16) | 0x40);
        }
        return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
    }
}
