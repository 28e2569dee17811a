package org.xprompt4j.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.ElementAccess;
import org.xprompt4j.tensor.Tensor;

/**
 * Rows between off-heap tensors and heap arrays, where every row is padded with zeros to whole vectors, so that the loops over
 * them need no tails; and the reductions over such rows, in an order that depends on the length alone.
 */
final class Rows {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private Rows() {
    }

    /** The smallest multiple of the lanes that is not below n. */
    static int padded(int n) {
        return (n + L - 1) & -L;
    }

    /** Copies one row of n floats and clears the padding behind it. */
    static void load(MemorySegment from, long byteOffset, int n, float[] to, int at) {
        MemorySegment.copy(from, ValueLayout.JAVA_FLOAT, byteOffset, to, at, n);
        for (int i = n; i < padded(n); i++) {
            to[at + i] = 0;
        }
    }

    /** Copies one row of n floats back. */
    static void store(float[] from, int at, int n, MemorySegment to, long byteOffset) {
        MemorySegment.copy(from, at, to, ValueLayout.JAVA_FLOAT, byteOffset, n);
    }

    /** Adds a heap row of n floats to an off-heap one. */
    static void add(float[] from, int at, int n, MemorySegment to, long byteOffset) {
        int whole = n & -L;
        for (int i = 0; i < whole; i += L) {
            FloatVector.fromMemorySegment(F, to, byteOffset + 4L * i, ORDER).add(FloatVector.fromArray(F, from, at + i))
                    .intoMemorySegment(to, byteOffset + 4L * i, ORDER);
        }
        for (int i = whole; i < n; i++) {
            long offset = byteOffset + 4L * i;
            to.set(ValueLayout.JAVA_FLOAT, offset, to.get(ValueLayout.JAVA_FLOAT, offset) + from[at + i]);
        }
    }

    /** A small parameter of any floating type as one padded row. */
    static void loadParameter(Tensor parameter, int from, int n, float[] to, int at) {
        MemorySegment bytes = parameter.segment();
        if (parameter.dtype() == DType.F32) {
            MemorySegment.copy(bytes, ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * from, to, at, n);
        } else {
            for (int i = 0; i < n; i++) {
                to[at + i] = ElementAccess.getFloat(bytes, parameter.dtype(), from + i);
            }
        }
        for (int i = n; i < padded(n); i++) {
            to[at + i] = 0;
        }
    }

    /** Sum of n floats, n a multiple of the lanes. */
    static float sum(float[] x, int at, int n) {
        FloatVector s0 = FloatVector.zero(F);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        int i = 0;
        for (; i <= n - 4 * L; i += 4 * L) {
            s0 = s0.add(FloatVector.fromArray(F, x, at + i));
            s1 = s1.add(FloatVector.fromArray(F, x, at + i + L));
            s2 = s2.add(FloatVector.fromArray(F, x, at + i + 2 * L));
            s3 = s3.add(FloatVector.fromArray(F, x, at + i + 3 * L));
        }
        for (; i < n; i += L) {
            s0 = s0.add(FloatVector.fromArray(F, x, at + i));
        }
        return VectorMath.sum(s0.add(s1).add(s2.add(s3)));
    }

    /** The largest of n floats, n a multiple of the lanes; numbers that are none are passed over. */
    static float max(float[] x, int at, int n) {
        FloatVector max = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
        for (int i = 0; i < n; i += L) {
            FloatVector v = FloatVector.fromArray(F, x, at + i);
            max = max.blend(v, v.compare(VectorOperators.GT, max)); // not the lanes' max: it spends instructions on signed zeros
        }
        return max.reduceLanes(VectorOperators.MAX);
    }

    /** Sum of x ⊙ y over n floats, n a multiple of the lanes. */
    static float dot(float[] x, int xAt, float[] y, int yAt, int n) {
        FloatVector s0 = FloatVector.zero(F);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        int i = 0;
        for (; i <= n - 4 * L; i += 4 * L) {
            s0 = FloatVector.fromArray(F, x, xAt + i).fma(FloatVector.fromArray(F, y, yAt + i), s0);
            s1 = FloatVector.fromArray(F, x, xAt + i + L).fma(FloatVector.fromArray(F, y, yAt + i + L), s1);
            s2 = FloatVector.fromArray(F, x, xAt + i + 2 * L).fma(FloatVector.fromArray(F, y, yAt + i + 2 * L), s2);
            s3 = FloatVector.fromArray(F, x, xAt + i + 3 * L).fma(FloatVector.fromArray(F, y, yAt + i + 3 * L), s3);
        }
        for (; i < n; i += L) {
            s0 = FloatVector.fromArray(F, x, xAt + i).fma(FloatVector.fromArray(F, y, yAt + i), s0);
        }
        return VectorMath.sum(s0.add(s1).add(s2.add(s3)));
    }

    /** x ⊙ y into out over n floats, n a multiple of the lanes. */
    static void multiply(float[] x, int xAt, float[] y, int yAt, float[] out, int at, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(F, x, xAt + i).mul(FloatVector.fromArray(F, y, yAt + i)).intoArray(out, at + i);
        }
    }

    /** sum += x over n floats, n a multiple of the lanes. */
    static void accumulate(float[] x, int xAt, float[] sum, int at, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(F, sum, at + i).add(FloatVector.fromArray(F, x, xAt + i)).intoArray(sum, at + i);
        }
    }

    /** sum += factor · x ⊙ y over n floats, n a multiple of the lanes. */
    static void accumulateProduct(float[] x, int xAt, float[] y, int yAt, float factor, float[] sum, int at, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(F, x, xAt + i).mul(factor).fma(FloatVector.fromArray(F, y, yAt + i), FloatVector.fromArray(F, sum, at + i))
                    .intoArray(sum, at + i);
        }
    }
}
