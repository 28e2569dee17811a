package org.xprompt4j.tensor.scalar;

import java.lang.foreign.MemorySegment;

import org.xprompt4j.tensor.ElementAccess;
import org.xprompt4j.tensor.Tensor;

/** Copies with conversion ({@link ElementAccess} defines each), fills, multiples, multiples added and sums of two. */
final class Copy {
    private Copy() {
    }

    /** Equal shapes, any two types, any strides. */
    static void copy(Tensor from, Tensor to) {
        MemorySegment source = from.storage().segment();
        MemorySegment target = to.storage().segment();
        boolean integers = !from.dtype().isFloating() && !to.dtype().isFloating();
        for (Odometer o = new Odometer(to.shape(), from, to); o.hasNext(); o.next()) {
            long sourceAt = from.offset() + o.at(0);
            long targetAt = to.offset() + o.at(1);
            if (integers) { // a float would not hold every integer
                ElementAccess.setLong(target, to.dtype(), targetAt, ElementAccess.getLong(source, from.dtype(), sourceAt));
            } else {
                ElementAccess.setFloat(target, to.dtype(), targetAt, ElementAccess.getFloat(source, from.dtype(), sourceAt));
            }
        }
    }

    /** Sets every element of a tensor of any strides. */
    static void fill(Tensor tensor, float value) {
        FloatView x = FloatView.of(tensor);
        for (Odometer o = new Odometer(tensor.shape(), tensor); o.hasNext(); o.next()) {
            x.set(o.at(0), value);
        }
    }

    /** out = factor · x. */
    static void scale(Tensor xTensor, float factor, Tensor outTensor) {
        FloatView x = FloatView.of(xTensor);
        FloatView out = FloatView.of(outTensor);
        for (long i = 0; i < xTensor.numel(); i++) {
            out.set(i, (double) x.get(i) * factor);
        }
    }

    /** sum += factor · x. */
    static void addScaled(Tensor xTensor, float factor, Tensor sumTensor) {
        FloatView x = FloatView.of(xTensor);
        FloatView sum = FloatView.of(sumTensor);
        for (long i = 0; i < xTensor.numel(); i++) {
            sum.add(i, (double) x.get(i) * factor);
        }
    }

    /** sum = keep · sum + factor · x, unless a gate [1] is not finite; gate may be null. */
    static void combine(float keep, float factor, Tensor xTensor, Tensor gate, Tensor sumTensor) {
        if (gate != null && !Float.isFinite(gate.item())) {
            return;
        }
        FloatView x = FloatView.of(xTensor);
        FloatView sum = FloatView.of(sumTensor);
        for (long i = 0; i < sumTensor.numel(); i++) {
            sum.set(i, (double) keep * sum.get(i) + (double) factor * x.get(i));
        }
    }
}
