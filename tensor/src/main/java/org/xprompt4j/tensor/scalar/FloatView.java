package org.xprompt4j.tensor.scalar;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.ElementAccess;
import org.xprompt4j.tensor.Tensor;

/** The elements of a tensor by their distance from its first one. Reads any type as float; sums come as doubles and are rounded once. */
final class FloatView {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment bytes;
    private final DType dtype;

    private FloatView(MemorySegment bytes, DType dtype) {
        this.bytes = bytes;
        this.dtype = dtype;
    }

    /** A view from the tensor's first element on; null for null. */
    static FloatView of(Tensor tensor) {
        return tensor == null ? null : new FloatView(tensor.storage().segment().asSlice(tensor.offset() * tensor.dtype().bytes()), tensor.dtype());
    }

    float get(long index) {
        return dtype == DType.F32 ? bytes.get(FLOAT, index * Float.BYTES) : ElementAccess.getFloat(bytes, dtype, index);
    }

    void set(long index, double value) {
        if (dtype == DType.F32) {
            bytes.set(FLOAT, index * Float.BYTES, (float) value);
        } else {
            ElementAccess.setFloat(bytes, dtype, index, (float) value);
        }
    }

    void add(long index, double value) {
        set(index, get(index) + value);
    }

    /** Adds as many values as the array has. */
    void addAll(double[] values) {
        addAll(0, values);
    }

    /** Adds the values to the elements from an index on. */
    void addAll(long from, double[] values) {
        for (int i = 0; i < values.length; i++) {
            add(from + i, values[i]);
        }
    }
}
