package org.xprompt4j.tensor;

import java.lang.foreign.MemorySegment;

/**
 * A view of a storage: element type, shape, strides and offset. Immutable in all of these; the elements may change.
 * Views ({@link #reshape}, {@link #slice}, {@link #permute}, {@link #expand}) share memory and copy nothing.
 *
 * <p>The accessors that copy to and from Java arrays are for tests, input and output, not for computing.
 */
public final class Tensor {
    private final Storage storage;
    private final DType dtype;
    private final Shape shape;
    private final long[] strides; // in elements, one per axis
    private final long offset; // in elements

    private Tensor(Storage storage, DType dtype, Shape shape, long[] strides, long offset) {
        this.storage = storage;
        this.dtype = dtype;
        this.shape = shape;
        this.strides = strides;
        this.offset = offset;
    }

    /** A row-major tensor over a storage from a byte offset that is a multiple of the element size. */
    public static Tensor over(Storage storage, long byteOffset, DType dtype, Shape shape) {
        long bytes = Math.multiplyExact(shape.numel(), dtype.bytes());
        if (byteOffset < 0 || byteOffset % dtype.bytes() != 0 || byteOffset > storage.byteSize() - bytes) {
            throw new IllegalArgumentException("tensor " + dtype + shape + " at byte " + byteOffset
                    + " does not fit a storage of " + storage.byteSize() + " bytes");
        }
        return new Tensor(storage, dtype, shape, shape.contiguousStrides(), byteOffset / dtype.bytes());
    }

    /** The memory behind the elements; views share it. */
    public Storage storage() {
        return storage;
    }

    /** Type of the elements. */
    public DType dtype() {
        return dtype;
    }

    /** Sizes of the axes, outermost first. */
    public Shape shape() {
        return shape;
    }

    /** Number of axes. */
    public int rank() {
        return shape.rank();
    }

    /** Size of an axis; negative axes count from the end. */
    public long dim(int axis) {
        return shape.dim(axis);
    }

    /** Size of an axis as an int, for loops. */
    public int size(int axis) {
        return Math.toIntExact(shape.dim(axis));
    }

    /** Number of elements. */
    public long numel() {
        return shape.numel();
    }

    /** Stride of an axis in elements. */
    public long stride(int axis) {
        return strides[shape.axis(axis)];
    }

    /** Offset of the first element in elements. */
    public long offset() {
        return offset;
    }

    /** Bytes of the elements when they lie without gaps. */
    public long byteSize() {
        return numel() * dtype.bytes();
    }

    /** True when the elements lie row-major without gaps. */
    public boolean isContiguous() {
        long expected = 1;
        for (int i = rank() - 1; i >= 0; i--) {
            if (shape.dim(i) != 1 && strides[i] != expected) {
                return false;
            }
            expected *= shape.dim(i);
        }
        return true;
    }

    /** The bytes of a contiguous tensor in host memory, as a slice of its storage. */
    public MemorySegment segment() {
        requireContiguous("segment()");
        return storage.segment().asSlice(offset * dtype.bytes(), byteSize());
    }

    /**
     * The same elements under another shape of equal size. One size may be -1 and is then inferred.
     *
     * @throws IllegalArgumentException when sizes differ or the tensor is not contiguous
     */
    public Tensor reshape(long... dims) {
        long[] sizes = dims.clone();
        int unknown = -1;
        long known = 1;
        for (int i = 0; i < sizes.length; i++) {
            if (sizes[i] == -1 && unknown < 0) {
                unknown = i;
            } else {
                known *= sizes[i];
            }
        }
        if (unknown >= 0) {
            sizes[unknown] = known == 0 ? 0 : numel() / known;
        }
        Shape target = Shape.of(sizes);
        if (target.numel() != numel()) {
            throw new IllegalArgumentException("cannot reshape " + this + " to " + target);
        }
        requireContiguous("reshape to " + target);
        return new Tensor(storage, dtype, target, target.contiguousStrides(), offset);
    }

    /** Indices {@code from} (inclusive) to {@code to} (exclusive) of one axis. */
    public Tensor slice(int axis, long from, long to) {
        int a = shape.axis(axis);
        if (from < 0 || to < from || to > shape.dim(a)) {
            throw new IllegalArgumentException("slice " + from + ".." + to + " of axis " + axis + " of " + this);
        }
        long[] dims = shape.toArray();
        dims[a] = to - from;
        return new Tensor(storage, dtype, Shape.of(dims), strides, offset + from * strides[a]);
    }

    /** One index of an axis; the axis disappears. */
    public Tensor select(int axis, long index) {
        int a = shape.axis(axis);
        Tensor one = slice(a, index, index + 1);
        long[] dims = new long[rank() - 1];
        long[] newStrides = new long[rank() - 1];
        for (int i = 0, j = 0; i < rank(); i++) {
            if (i != a) {
                dims[j] = shape.dim(i);
                newStrides[j++] = strides[i];
            }
        }
        return new Tensor(storage, dtype, Shape.of(dims), newStrides, one.offset);
    }

    /** The axes in another order. */
    public Tensor permute(int... order) {
        if (order.length != rank()) {
            throw new IllegalArgumentException("permutation of " + order.length + " axes for " + this);
        }
        long[] dims = new long[rank()];
        long[] newStrides = new long[rank()];
        boolean[] seen = new boolean[rank()];
        for (int i = 0; i < order.length; i++) {
            int a = shape.axis(order[i]);
            if (seen[a]) {
                throw new IllegalArgumentException("axis " + order[i] + " twice in a permutation of " + this);
            }
            seen[a] = true;
            dims[i] = shape.dim(a);
            newStrides[i] = strides[a];
        }
        return new Tensor(storage, dtype, Shape.of(dims), newStrides, offset);
    }

    /** This tensor stretched to a shape by NumPy's broadcasting; stretched axes have stride 0. */
    public Tensor expand(Shape target) {
        if (!Shape.broadcast(shape, target).equals(target)) {
            throw new IllegalArgumentException(this + " does not broadcast to " + target);
        }
        long[] newStrides = new long[target.rank()];
        int shift = target.rank() - rank();
        for (int i = shift; i < target.rank(); i++) {
            newStrides[i] = shape.dim(i - shift) == 1 && target.dim(i) != 1 ? 0 : strides[i - shift];
        }
        return new Tensor(storage, dtype, target, newStrides, offset);
    }

    /** The elements in row-major order as floats; F32, BF16, F16, I32, I64 and U8 all convert. */
    public float[] toFloatArray() {
        float[] out = new float[Math.toIntExact(numel())];
        forEachOffset((i, at, bytes) -> out[i] = ElementAccess.getFloat(bytes, dtype, at));
        return out;
    }

    /** The elements in row-major order as ints; floats are truncated. */
    public int[] toIntArray() {
        int[] out = new int[Math.toIntExact(numel())];
        forEachOffset((i, at, bytes) -> out[i] = dtype.isFloating()
                ? (int) ElementAccess.getFloat(bytes, dtype, at)
                : Math.toIntExact(ElementAccess.getLong(bytes, dtype, at)));
        return out;
    }

    /** The only element of a tensor with one element. */
    public float item() {
        if (numel() != 1) {
            throw new IllegalArgumentException("item() of " + this + ", which has " + numel() + " elements");
        }
        return toFloatArray()[0];
    }

    /** Overwrites a contiguous tensor with these values, rounding to nearest even for BF16 and F16. */
    public Tensor set(float... values) {
        requireLength(values.length);
        MemorySegment bytes = MemorySegment.ofArray(new byte[Math.toIntExact(byteSize())]);
        for (int i = 0; i < values.length; i++) {
            ElementAccess.setFloat(bytes, dtype, i, values[i]);
        }
        return write(bytes);
    }

    /** Overwrites a contiguous tensor with these values. */
    public Tensor set(int... values) {
        requireLength(values.length);
        MemorySegment bytes = MemorySegment.ofArray(new byte[Math.toIntExact(byteSize())]);
        for (int i = 0; i < values.length; i++) {
            ElementAccess.setLong(bytes, dtype, i, values[i]);
        }
        return write(bytes);
    }

    private Tensor write(MemorySegment bytes) {
        storage.hold(this, this);
        try {
            storage.write(offset * dtype.bytes(), bytes);
        } finally {
            storage.release();
        }
        return this;
    }

    private void requireLength(int length) {
        requireContiguous("set");
        if (length != numel()) {
            throw new IllegalArgumentException(length + " values for " + this);
        }
    }

    private void requireContiguous(String what) {
        if (!isContiguous()) {
            throw new IllegalArgumentException(what + " needs a contiguous tensor, not " + this + "; copy it first");
        }
    }

    private interface OffsetVisitor {
        void visit(int index, long elementOffset, MemorySegment bytes);
    }

    private void forEachOffset(OffsetVisitor visitor) {
        long last = offset;
        for (int i = 0; i < rank(); i++) {
            last += Math.max(0, shape.dim(i) - 1) * strides[i];
        }
        MemorySegment bytes = numel() == 0 ? MemorySegment.NULL
                : MemorySegment.ofArray(new byte[Math.toIntExact((last - offset + 1) * dtype.bytes())]);
        if (numel() > 0) {
            storage.hold(this, this);
            try {
                storage.read(offset * dtype.bytes(), bytes);
            } finally {
                storage.release();
            }
        }
        long[] index = new long[rank()];
        long at = 0;
        for (int i = 0, n = Math.toIntExact(numel()); i < n; i++) {
            visitor.visit(i, at, bytes);
            for (int a = rank() - 1; a >= 0; a--) {
                at += strides[a];
                if (++index[a] < shape.dim(a)) {
                    break;
                }
                at -= strides[a] * shape.dim(a);
                index[a] = 0;
            }
        }
    }

    @Override
    public String toString() {
        return dtype + shape.toString() + (isContiguous() ? "" : " strided") + " in '" + storage.owner() + "'";
    }

}
