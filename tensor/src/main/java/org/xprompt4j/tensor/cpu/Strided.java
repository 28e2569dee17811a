package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.ElementAccess;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Tensor;

/**
 * Several tensors read or written in the row-major order of one shape, whatever their strides, types and broadcasting: elements
 * are gathered into heap blocks, computed there and scattered back. Neighbouring axes that all tensors walk without a gap are
 * joined, so contiguous tensors become one long row and a bias becomes rows with a repeated vector.
 */
final class Strided {
    private final long numel;
    private final int rank; // joined axes
    private final long[] dims; // [rank]
    private final long[][] strides; // [tensor][rank], in elements
    private final MemorySegment[] segments;
    private final long[] bases; // [tensor], in elements
    private final DType[] dtypes;

    /** Walks tensors that broadcast to a shape. */
    Strided(Shape shape, Tensor... tensors) {
        numel = shape.numel();
        dims = new long[Math.max(1, shape.rank())];
        strides = new long[tensors.length][dims.length];
        segments = new MemorySegment[tensors.length];
        bases = new long[tensors.length];
        dtypes = new DType[tensors.length];
        Tensor[] views = new Tensor[tensors.length];
        for (int t = 0; t < tensors.length; t++) {
            views[t] = tensors[t].expand(shape);
            segments[t] = tensors[t].storage().segment();
            bases[t] = tensors[t].offset();
            dtypes[t] = tensors[t].dtype();
        }
        rank = join(shape, views);
    }

    private int join(Shape shape, Tensor[] views) {
        int joined = 0;
        for (int axis = 0; axis < shape.rank(); axis++) {
            if (shape.dim(axis) == 1) {
                continue;
            }
            boolean extend = joined > 0;
            for (int t = 0; t < views.length && extend; t++) {
                extend = strides[t][joined - 1] == views[t].stride(axis) * shape.dim(axis);
            }
            joined += extend ? 0 : 1;
            dims[joined - 1] = extend ? dims[joined - 1] * shape.dim(axis) : shape.dim(axis);
            for (int t = 0; t < views.length; t++) {
                strides[t][joined - 1] = views[t].stride(axis);
            }
        }
        if (joined == 0) {
            dims[0] = numel;
            joined = 1;
        }
        return joined;
    }

    long numel() {
        return numel;
    }

    /** Number of joined axes. */
    int rank() {
        return rank;
    }

    /** Size of a joined axis. */
    long dim(int axis) {
        return dims[axis];
    }

    /** Stride of a tensor along a joined axis. */
    long stride(int tensor, int axis) {
        return strides[tensor][axis];
    }

    MemorySegment segment(int tensor) {
        return segments[tensor];
    }

    DType dtype(int tensor) {
        return dtypes[tensor];
    }

    /** Element offset in its storage of the first element of row {@code row}, a row being one walk of the last axis. */
    long rowOffset(int tensor, long row) {
        long offset = bases[tensor];
        long rest = row;
        for (int axis = rank - 2; axis >= 0; axis--) {
            offset += rest % dims[axis] * strides[tensor][axis];
            rest /= dims[axis];
        }
        return offset;
    }

    private long offset(int tensor, long row, long column) {
        return rowOffset(tensor, row) + column * strides[tensor][rank - 1];
    }

    /** Elements from..from+count of a tensor, converted to floats. */
    void gather(int tensor, long from, int count, float[] to) {
        long columns = dims[rank - 1];
        long row = from / columns;
        long column = from % columns;
        for (int at = 0; at < count; row++, column = 0) {
            int run = (int) Math.min(columns - column, count - at);
            gatherRun(tensor, offset(tensor, row, column), run, to, at);
            at += run;
        }
    }

    private void gatherRun(int tensor, long offset, int run, float[] to, int at) {
        long stride = strides[tensor][rank - 1];
        MemorySegment from = segments[tensor];
        DType dtype = dtypes[tensor];
        if (stride == 0) {
            Arrays.fill(to, at, at + run, ElementAccess.getFloat(from, dtype, offset));
        } else if (dtype == DType.F32 && stride == 1) {
            MemorySegment.copy(from, ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * offset, to, at, run);
        } else if (dtype == DType.F32) {
            for (int i = 0; i < run; i++) {
                to[at + i] = from.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * (offset + i * stride));
            }
        } else if (stride == 1 && dtype.isFloating()) {
            short[] bits = Scratch.get().shorts(run);
            MemorySegment.copy(from, ValueLayout.JAVA_SHORT_UNALIGNED, 2 * offset, bits, 0, run);
            if (dtype == DType.BF16) {
                HalfPrecision.fromBfloat16(bits, to, at, run);
            } else {
                HalfPrecision.fromFloat16(bits, to, at, run);
            }
        } else {
            for (int i = 0; i < run; i++) {
                to[at + i] = ElementAccess.getFloat(from, dtype, offset + i * stride);
            }
        }
    }

    /** Writes elements from..from+count of a tensor, rounding to its type. */
    void scatter(int tensor, long from, int count, float[] values) {
        long columns = dims[rank - 1];
        long row = from / columns;
        long column = from % columns;
        for (int at = 0; at < count; row++, column = 0) {
            int run = (int) Math.min(columns - column, count - at);
            scatterRun(tensor, offset(tensor, row, column), run, values, at);
            at += run;
        }
    }

    private void scatterRun(int tensor, long offset, int run, float[] values, int at) {
        long stride = strides[tensor][rank - 1];
        MemorySegment to = segments[tensor];
        DType dtype = dtypes[tensor];
        if (dtype == DType.F32 && stride == 1) {
            MemorySegment.copy(values, at, to, ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * offset, run);
        } else if (dtype == DType.F32) {
            for (int i = 0; i < run; i++) {
                to.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * (offset + i * stride), values[at + i]);
            }
        } else if (stride == 1 && dtype.isFloating()) {
            short[] bits = Scratch.get().shorts(run);
            if (dtype == DType.BF16) {
                HalfPrecision.toBfloat16(values, at, bits, run);
            } else {
                HalfPrecision.toFloat16(values, at, bits, run);
            }
            MemorySegment.copy(bits, 0, to, ValueLayout.JAVA_SHORT_UNALIGNED, 2 * offset, run);
        } else {
            for (int i = 0; i < run; i++) {
                ElementAccess.setFloat(to, dtype, offset + i * stride, values[at + i]);
            }
        }
    }
}
