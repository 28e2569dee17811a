package org.xprompt4j.tensor.scalar;

import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Tensor;

/** Walks the indices of a shape in row-major order and keeps, for each of several strided tensors, where its element lies. */
final class Odometer {
    private final long[] dims;
    private final long[] index;
    private final long[][] strides; // [tensors][axes]
    private final long[] at; // [tensors] distance from the tensor's first element
    private long left;

    /** Tensors that broadcast to the shape. */
    Odometer(Shape shape, Tensor... tensors) {
        dims = shape.toArray();
        index = new long[dims.length];
        strides = new long[tensors.length][dims.length];
        at = new long[tensors.length];
        left = shape.numel();
        for (int t = 0; t < tensors.length; t++) {
            Tensor stretched = tensors[t].expand(shape);
            for (int axis = 0; axis < dims.length; axis++) {
                strides[t][axis] = stretched.stride(axis);
            }
        }
    }

    boolean hasNext() {
        return left > 0;
    }

    /** Where the element of a tensor lies. */
    long at(int tensor) {
        return at[tensor];
    }

    void next() {
        left--;
        for (int axis = dims.length - 1; axis >= 0; axis--) {
            boolean carry = ++index[axis] == dims[axis];
            long steps = carry ? 1 - dims[axis] : 1;
            for (int t = 0; t < at.length; t++) {
                at[t] += steps * strides[t][axis];
            }
            if (!carry) {
                return;
            }
            index[axis] = 0;
        }
    }
}
