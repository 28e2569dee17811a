package org.xprompt4j.tensor;

import java.util.Arrays;

/** The sizes of a tensor's axes, outermost first. A scalar has rank 0. Immutable. */
public final class Shape {
    private final long[] dims;

    private Shape(long[] dims) {
        this.dims = dims;
    }

    /**
     * A shape of these sizes.
     *
     * @throws IllegalArgumentException when a size is negative or the number of elements overflows
     */
    public static Shape of(long... dims) {
        long numel = 1;
        for (long dim : dims) {
            if (dim < 0) {
                throw new IllegalArgumentException("negative size in shape " + Arrays.toString(dims));
            }
            try {
                numel = Math.multiplyExact(numel, dim);
            } catch (ArithmeticException e) {
                throw new IllegalArgumentException("shape " + Arrays.toString(dims) + " has more than 2^63 elements", e);
            }
        }
        return new Shape(dims.clone());
    }

    /** Number of axes. */
    public int rank() {
        return dims.length;
    }

    /** Size of an axis; negative axes count from the end. */
    public long dim(int axis) {
        return dims[axis(axis)];
    }

    /** A non-negative axis for one that may count from the end. */
    public int axis(int axis) {
        int a = axis < 0 ? axis + dims.length : axis;
        if (a < 0 || a >= dims.length) {
            throw new IllegalArgumentException("axis " + axis + " is not one of shape " + this);
        }
        return a;
    }

    /** Number of elements. */
    public long numel() {
        long n = 1;
        for (long dim : dims) {
            n *= dim;
        }
        return n;
    }

    /** The sizes, a copy. */
    public long[] toArray() {
        return dims.clone();
    }

    /** Strides in elements of a row-major tensor of this shape. */
    public long[] contiguousStrides() {
        long[] strides = new long[dims.length];
        long stride = 1;
        for (int i = dims.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= dims[i];
        }
        return strides;
    }

    /**
     * The shape that both broadcast to by NumPy's rules: axes are aligned at the end, sizes of 1 stretch.
     *
     * @throws IllegalArgumentException when two sizes differ and neither is 1
     */
    public static Shape broadcast(Shape a, Shape b) {
        int rank = Math.max(a.rank(), b.rank());
        long[] out = new long[rank];
        for (int i = 0; i < rank; i++) {
            int ia = i - rank + a.rank();
            int ib = i - rank + b.rank();
            long da = ia < 0 ? 1 : a.dims[ia];
            long db = ib < 0 ? 1 : b.dims[ib];
            if (da != db && da != 1 && db != 1) {
                throw new IllegalArgumentException("shapes " + a + " and " + b + " do not broadcast: " + da + " against " + db);
            }
            out[i] = da == 1 ? db : da;
        }
        return of(out);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape s && Arrays.equals(dims, s.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    @Override
    public String toString() {
        return Arrays.toString(dims);
    }
}
