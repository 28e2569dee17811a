package org.xprompt4j.cuda.kernel;

import java.util.Arrays;

import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Tensor;

/**
 * Up to four tensors walked together in row-major order of a shape that all broadcast to: {@code struct Walk} of common.cuh.
 * Neighbouring axes that lie behind one another in every tensor become one, so that a kernel divides as little as possible.
 */
final class Walk {
    private static final int MOST_AXES = 6;
    private static final int MOST_TENSORS = 4;

    private final long[] sizes = new long[MOST_AXES]; // innermost first while being built
    private final long[][] strides = new long[MOST_TENSORS][MOST_AXES];
    private final long[] words;
    private int axes;

    private Walk(Shape shape, Tensor[] tensors) {
        Arrays.fill(sizes, 1);
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            if (shape.dim(axis) != 1) {
                add(shape, tensors, axis);
            }
        }
        words = new long[MOST_AXES * (1 + MOST_TENSORS)];
        for (int i = 0; i < MOST_AXES; i++) {
            words[i] = sizes[MOST_AXES - 1 - i];
            for (int t = 0; t < MOST_TENSORS; t++) {
                words[MOST_AXES * (1 + t) + i] = strides[t][MOST_AXES - 1 - i];
            }
        }
    }

    static Walk over(Shape shape, Tensor... tensors) {
        return new Walk(shape, tensors);
    }

    private void add(Shape shape, Tensor[] tensors, int axis) {
        long[] stride = new long[MOST_TENSORS];
        boolean joins = axes > 0;
        for (int t = 0; t < tensors.length; t++) {
            int own = axis - (shape.rank() - tensors[t].rank()); // shorter shapes broadcast from the left
            stride[t] = own < 0 || tensors[t].dim(own) == 1 ? 0 : tensors[t].stride(own);
            joins &= axes > 0 && stride[t] == strides[t][axes - 1] * sizes[axes - 1];
        }
        if (joins) {
            sizes[axes - 1] *= shape.dim(axis);
            return;
        }
        if (axes == MOST_AXES) {
            throw new IllegalArgumentException("tensors of shape " + shape + " with more than " + MOST_AXES + " axes that do not join");
        }
        sizes[axes] = shape.dim(axis);
        for (int t = 0; t < tensors.length; t++) {
            strides[t][axes] = stride[t];
        }
        axes++;
    }

    /** The structure as 64-bit words. */
    long[] words() {
        return words;
    }
}
