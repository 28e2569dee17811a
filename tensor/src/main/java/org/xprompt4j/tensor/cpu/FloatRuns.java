package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.ElementAccess;

/** Copies contiguous runs of F32, BF16 or I8 elements from off-heap memory to heap floats, and transposes heap blocks. */
final class FloatRuns {
    static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ORDER);

    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ORDER);
    /** Lane i moves byte i of an int to the top; for four lanes. */
    private static final IntVector BYTE_TO_TOP = IntVector.fromArray(Lanes.INTS, new int[] {24, 16, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 0);

    private FloatRuns() {
    }

    /** {@code count} elements from element {@code index} on. */
    static void copy(MemorySegment from, DType dtype, long index, int count, float[] to, int at) {
        switch (dtype) {
            case F32 -> MemorySegment.copy(from, FLOAT, index * 4, to, at, count);
            case BF16 -> copyBfloat16(from, index * 2, count, to, at);
            case I8 -> copyInt8(from, index, count, to, at);
            default -> throw new IllegalArgumentException("runs of " + dtype + " elements are not copied to floats here");
        }
    }

    /** F32 runs that are too short for the call of a bulk copy to pay. */
    static void copyShort(MemorySegment from, long index, int count, float[] to, int at) {
        int whole = Lanes.floor(count);
        for (int i = 0; i < whole; i += L) {
            FloatVector.fromMemorySegment(F, from, (index + i) * 4, ORDER).intoArray(to, at + i);
        }
        for (int i = whole; i < count; i++) {
            to[at + i] = from.get(FLOAT, (index + i) * 4);
        }
    }

    private static void copyBfloat16(MemorySegment from, long offset, int count, float[] to, int at) {
        int whole = Lanes.floor(count);
        for (int i = 0; i < whole; i += L) {
            widenBfloat16(from, offset + 2L * i).intoArray(to, at + i);
        }
        for (int i = whole; i < count; i++) {
            to[at + i] = ElementAccess.getFloat(from, DType.BF16, (offset >> 1) + i);
        }
    }

    private static void copyInt8(MemorySegment from, long offset, int count, float[] to, int at) {
        int whole = Lanes.floor(count);
        for (int i = 0; i < whole; i += L) {
            widenInt8(from, offset + i).intoArray(to, at + i);
        }
        for (int i = whole; i < count; i++) {
            to[at + i] = from.get(ValueLayout.JAVA_BYTE, offset + i);
        }
    }

    /** A vector of I8 elements as floats; exact. */
    static FloatVector widenInt8(MemorySegment from, long offset) {
        if (L == 4) { // four bytes are no vector: the lanes take them out of one int
            return (FloatVector) IntVector.broadcast(Lanes.INTS, from.get(INT, offset)).lanewise(VectorOperators.LSHL, BYTE_TO_TOP)
                    .lanewise(VectorOperators.ASHR, 24).convertShape(VectorOperators.I2F, F, 0);
        }
        return (FloatVector) ByteVector.fromMemorySegment(Lanes.BYTES, from, offset, ORDER)
                .convertShape(VectorOperators.B2I, Lanes.INTS, 0).convertShape(VectorOperators.I2F, F, 0);
    }

    /** A vector of BF16 elements as floats; exact. */
    static FloatVector widenBfloat16(MemorySegment from, long offset) {
        return ShortVector.fromMemorySegment(Lanes.SHORTS, from, offset, ORDER)
                .convertShape(VectorOperators.S2I, Lanes.INTS, 0).reinterpretAsInts()
                .lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
    }

    /**
     * Rows of memory into rows of a panel: {@code to[at + p * width + i] = from[index + p * stride + i]} for i below width,
     * a multiple of the lanes.
     */
    static void copyRows(MemorySegment from, DType dtype, long index, long stride, int rows, int width, float[] to, int at) {
        if (dtype == DType.F32 && width == 2 * L) {
            copyTwoColumns(from, index * 4, stride * 4, rows, to, at);
        } else if (dtype == DType.F32) {
            for (int i = 0; i < width; i += L) {
                copyColumn(from, (index + i) * 4, stride * 4, rows, width, to, at + i);
            }
        } else {
            for (int i = 0; i < width; i += L) {
                widenColumn(from, (index + i) * 2, stride * 2, rows, width, to, at + i);
            }
        }
    }

    private static void copyColumn(MemorySegment from, long offset, long stride, int rows, int width, float[] to, int at) {
        for (int p = 0; p < rows; p++) {
            FloatVector.fromMemorySegment(F, from, offset + p * stride, ORDER).intoArray(to, at + p * width);
        }
    }

    /** Both halves of a row together: rows may be pages apart. */
    private static void copyTwoColumns(MemorySegment from, long offset, long stride, int rows, float[] to, int at) {
        for (int p = 0; p < rows; p++) {
            FloatVector.fromMemorySegment(F, from, offset + p * stride, ORDER).intoArray(to, at + 2 * L * p);
            FloatVector.fromMemorySegment(F, from, offset + p * stride + 4 * L, ORDER).intoArray(to, at + 2 * L * p + L);
        }
    }

    private static void widenColumn(MemorySegment from, long offset, long stride, int rows, int width, float[] to, int at) {
        for (int p = 0; p < rows; p++) {
            widenBfloat16(from, offset + p * stride).intoArray(to, at + p * width);
        }
    }

    /** {@code to[at + p * width + j] = from[fromAt + j * stride + p]} for j of 0..3 and p below depth. */
    static void transposeFour(float[] from, int fromAt, int stride, int depth, int width, float[] to, int at) {
        for (int p = 0; p < depth; p++) {
            int q = at + p * width;
            to[q] = from[fromAt + p];
            to[q + 1] = from[fromAt + stride + p];
            to[q + 2] = from[fromAt + 2 * stride + p];
            to[q + 3] = from[fromAt + 3 * stride + p];
        }
    }
}
