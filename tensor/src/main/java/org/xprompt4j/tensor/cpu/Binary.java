package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.BinaryOp;

/** Elementwise functions of two broadcast tensors of any strides; sums of contiguous ones go straight through memory. */
final class Binary {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private Binary() {
    }

    /** out = op(a, b), a and b broadcast to out's shape; out may be a or b. */
    static void forward(BinaryOp op, Tensor a, Tensor b, Tensor out) {
        if (op == BinaryOp.ADD && isPlain(a, out) && isPlain(b, out) && isPlain(out, out)) {
            addContiguous(a.segment(), b.segment(), out.segment(), out.numel());
            return;
        }
        Strided walk = new Strided(out.shape(), a, b, out);
        long n = walk.numel();
        WorkerPool.shared().parallelFor(Chunks.count(n), task -> {
            float[] x = Scratch.get().floats(0, Chunks.BLOCK);
            float[] y = Scratch.get().floats(1, Chunks.BLOCK);
            long end = Chunks.to(task, n);
            for (long at = Chunks.from(task); at < end; at += Chunks.BLOCK) {
                int count = (int) Math.min(Chunks.BLOCK, end - at);
                walk.gather(0, at, count, x);
                walk.gather(1, at, count, y);
                apply(op, x, y, Rows.padded(count));
                walk.scatter(2, at, count, x);
            }
        });
    }

    private static boolean isPlain(Tensor x, Tensor out) {
        return x.dtype() == DType.F32 && x.isContiguous() && x.shape().equals(out.shape());
    }

    private static void addContiguous(MemorySegment a, MemorySegment b, MemorySegment out, long n) {
        WorkerPool.shared().parallelFor(Chunks.count(n), task -> addRange(a, b, out, 4 * Chunks.from(task), 4 * Chunks.to(task, n)));
    }

    private static void addRange(MemorySegment a, MemorySegment b, MemorySegment out, long from, long to) {
        long at = from;
        for (; at <= to - 4 * L; at += 4 * L) {
            FloatVector.fromMemorySegment(F, a, at, ORDER).add(FloatVector.fromMemorySegment(F, b, at, ORDER))
                    .intoMemorySegment(out, at, ORDER);
        }
        for (; at < to; at += 4) {
            out.set(ValueLayout.JAVA_FLOAT, at, a.get(ValueLayout.JAVA_FLOAT, at) + b.get(ValueLayout.JAVA_FLOAT, at));
        }
    }

    /** x = op(x, y). */
    private static void apply(BinaryOp op, float[] x, float[] y, int n) {
        switch (op) {
            case ADD -> add(x, y, n);
            case SUBTRACT -> subtract(x, y, n);
            case MULTIPLY -> multiply(x, y, n);
            case DIVIDE -> divide(x, y, n);
            case MAXIMUM -> maximum(x, y, n);
            case MINIMUM -> minimum(x, y, n);
        }
    }

    private static void add(float[] x, float[] y, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(F, x, i).add(FloatVector.fromArray(F, y, i)).intoArray(x, i);
        }
    }

    private static void subtract(float[] x, float[] y, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(F, x, i).sub(FloatVector.fromArray(F, y, i)).intoArray(x, i);
        }
    }

    private static void multiply(float[] x, float[] y, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(F, x, i).mul(FloatVector.fromArray(F, y, i)).intoArray(x, i);
        }
    }

    private static void divide(float[] x, float[] y, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(F, x, i).div(FloatVector.fromArray(F, y, i)).intoArray(x, i);
        }
    }

    private static void maximum(float[] x, float[] y, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(F, x, i).max(FloatVector.fromArray(F, y, i)).intoArray(x, i);
        }
    }

    private static void minimum(float[] x, float[] y, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(F, x, i).min(FloatVector.fromArray(F, y, i)).intoArray(x, i);
        }
    }
}
