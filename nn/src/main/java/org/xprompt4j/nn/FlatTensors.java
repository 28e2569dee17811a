package org.xprompt4j.nn;

import java.util.ArrayList;
import java.util.List;

import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Tensor;

/**
 * F32 tensors that lie behind one another in one block, each at a multiple of 64 elements, so that what is done to all of them
 * (clearing, a norm, an optimiser's step) is one operation over the block. The gaps are zeros and stay zeros in all of these.
 */
final class FlatTensors {
    private static final int ALIGNMENT = 64; // elements

    private final Tensor whole; // [elements]
    private final List<Tensor> parts = new ArrayList<>();

    private FlatTensors(Tensor whole) {
        this.whole = whole;
    }

    /** Memory for tensors of these shapes, all zeros. */
    static FlatTensors zeros(Backend backend, MemoryScope scope, List<Shape> shapes) {
        FlatTensors flat = allocate(scope, shapes);
        backend.fill(flat.whole, 0);
        return flat;
    }

    /** Memory for tensors of these shapes; the gaps are zeros, the elements are not set. */
    static FlatTensors allocate(MemoryScope scope, List<Shape> shapes) {
        long elements = 0;
        long end = 0;
        for (Shape shape : shapes) {
            end = elements + shape.numel();
            elements = next(end);
        }
        FlatTensors flat = new FlatTensors(scope.allocate(DType.F32, end));
        long at = 0;
        for (Shape shape : shapes) {
            long to = at + shape.numel();
            flat.parts.add(flat.whole.slice(0, at, to).reshape(shape.toArray()));
            at = next(to);
            if (to < Math.min(at, end)) {
                flat.whole.slice(0, to, at).set(new float[(int) (at - to)]);
            }
        }
        return flat;
    }

    private static long next(long end) {
        return (end + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** True when one tensor begins where such a block puts what comes behind another. */
    static boolean follows(Tensor before, Tensor behind) {
        return before.storage() == behind.storage() && behind.offset() - before.offset() == next(before.numel());
    }

    /** The elements from a tensor's first one on. */
    static Tensor span(Tensor first, long elements) {
        return Tensor.over(first.storage(), first.offset() * Float.BYTES, DType.F32, Shape.of(elements));
    }

    /** All elements, [elements]. */
    Tensor whole() {
        return whole;
    }

    /** One tensor, of the shape that was asked for. */
    Tensor part(int index) {
        return parts.get(index);
    }
}
