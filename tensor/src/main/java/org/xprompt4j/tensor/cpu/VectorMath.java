package org.xprompt4j.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Functions of vectors whose bits are the same in the interpreter and in every compiler: only operations that are exact or
 * correctly rounded. The library's own EXP, TANH and floating-point {@code reduceLanes(ADD)} are not: they change their last
 * bits when a loop gets compiled.
 *
 * <p>These are loops over heap arrays, not functions of a vector: a function of a vector that the compiler declines to inline
 * puts every result into an object.
 */
final class VectorMath {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;

    private static final int L = Lanes.COUNT;
    private static final int BLOCK = 512; // floats of intermediate results, a corner of the first cache

    private static final float LOG2_E = 1.44269504f;
    private static final float LN2_HIGH = 0.693359375f; // few bits, so that n · LN2_HIGH is exact
    private static final float LN2_LOW = -2.12194440e-4f;
    private static final float ROUNDER = 0x1.8p23f; // adding it rounds to an integer that sits in the low bits
    private static final int ROUNDER_BITS = Float.floatToRawIntBits(ROUNDER);

    // (exp(r) - 1 - r) / r², highest power first, for |r| < ln(2) / 2.
    private static final float C6 = 1.9875691500e-4f;
    private static final float C5 = 1.3981999507e-3f;
    private static final float C4 = 8.3334519073e-3f;
    private static final float C3 = 4.1665795894e-2f;
    private static final float C2 = 1.6666665459e-1f;
    private static final float C1 = 5.0000001201e-1f;

    private static final VectorShuffle<Float> ROTATE_8 = rotation(8);
    private static final VectorShuffle<Float> ROTATE_4 = rotation(4);
    private static final VectorShuffle<Float> ROTATE_2 = rotation(2);
    private static final VectorShuffle<Float> ROTATE_1 = rotation(1);

    private VectorMath() {
    }

    private static VectorShuffle<Float> rotation(int by) {
        return VectorShuffle.iota(F, by & (F.length() - 1), 1, true);
    }

    /** Sum of all lanes, halves first: always the same order. */
    static float sum(FloatVector x) {
        FloatVector s = x;
        if (Lanes.COUNT > 8) {
            s = s.add(s.rearrange(ROTATE_8));
        }
        if (Lanes.COUNT > 4) {
            s = s.add(s.rearrange(ROTATE_4));
        }
        s = s.add(s.rearrange(ROTATE_2));
        s = s.add(s.rearrange(ROTATE_1));
        return s.lane(0);
    }

    /**
     * out = exp(x) over n floats, n a multiple of the lanes, below 2 units in the last place (Cephes' expf polynomial): 0 below
     * -104, infinity above 88.73, NaN for NaN. x and out may be the same array.
     */
    static void exp(float[] x, int at, float[] out, int outAt, int n) {
        exp(1, x, at, out, outAt, n);
    }

    /** {@link #exp(float[], int, float[], int, int)} of factor · x. */
    static void exp(float factor, float[] x, int at, float[] out, int outAt, int n) {
        for (int i = 0; i < n; i += L) {
            // Not min and max: they spend instructions on signed zeros. A not-a-number passes both comparisons unchanged.
            FloatVector v = FloatVector.fromArray(F, x, at + i).mul(factor);
            FloatVector limited = v.blend(89f, v.compare(VectorOperators.GT, 89f)).blend(-104f, v.compare(VectorOperators.LT, -104f));
            FloatVector shifted = limited.fma(FloatVector.broadcast(F, LOG2_E), FloatVector.broadcast(F, ROUNDER));
            FloatVector rounded = shifted.sub(ROUNDER);
            FloatVector r = rounded.fma(FloatVector.broadcast(F, -LN2_HIGH), limited);
            r = rounded.fma(FloatVector.broadcast(F, -LN2_LOW), r);
            FloatVector p = r.fma(FloatVector.broadcast(F, C6), FloatVector.broadcast(F, C5));
            p = p.fma(r, FloatVector.broadcast(F, C4));
            p = p.fma(r, FloatVector.broadcast(F, C3));
            p = p.fma(r, FloatVector.broadcast(F, C2));
            p = p.fma(r, FloatVector.broadcast(F, C1));
            p = p.fma(r.mul(r), r.add(1f));
            // The power of two in two factors: one alone would leave the range of normal numbers.
            IntVector power = shifted.reinterpretAsInts().sub(ROUNDER_BITS);
            IntVector half = power.lanewise(VectorOperators.ASHR, 1);
            FloatVector first = half.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
            FloatVector second = power.sub(half).add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
            p.mul(first).mul(second).intoArray(out, outAt + i);
        }
    }

    /**
     * One column of vectors of softmax: x = exp(x - shift) for {@code rows} vectors that lie {@code stride} floats apart. For
     * differences up to 0: exactly 0 below -87, so minus infinity gives 0; NaN for NaN.
     *
     * @param shift what every row subtracts, one vector
     * @param sum where the sum over the rows goes, one vector
     */
    static void expOfColumn(float[] x, int at, int rows, int stride, float[] shift, int shiftAt, float[] sum, int sumAt) {
        FloatVector subtract = FloatVector.fromArray(F, shift, shiftAt);
        FloatVector total = FloatVector.zero(F);
        for (int row = 0; row < rows; row++) {
            int i = at + row * stride;
            FloatVector difference = FloatVector.fromArray(F, x, i).sub(subtract);
            FloatVector shifted = difference.fma(FloatVector.broadcast(F, LOG2_E), FloatVector.broadcast(F, ROUNDER));
            FloatVector rounded = shifted.sub(ROUNDER);
            FloatVector r = rounded.fma(FloatVector.broadcast(F, -LN2_HIGH), difference);
            r = rounded.fma(FloatVector.broadcast(F, -LN2_LOW), r);
            FloatVector p = r.fma(FloatVector.broadcast(F, C6), FloatVector.broadcast(F, C5));
            p = p.fma(r, FloatVector.broadcast(F, C4));
            p = p.fma(r, FloatVector.broadcast(F, C3));
            p = p.fma(r, FloatVector.broadcast(F, C2));
            p = p.fma(r, FloatVector.broadcast(F, C1));
            p = p.fma(r.mul(r), r.add(1f));
            // The low bits of the shifted number are the power of two; moved to the exponent field, all others drop out.
            IntVector exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
            p = p.reinterpretAsInts().add(exponent).reinterpretAsFloats().blend(0f, difference.compare(VectorOperators.LT, -87f));
            total = total.add(p);
            p.intoArray(x, i);
        }
        total.intoArray(sum, sumAt);
    }

    /** x = 1 / (1 + exp(-x)) over n floats, n a multiple of the lanes. */
    static void sigmoid(float[] x, int at, int n) {
        float[] e = Scratch.get().floats(Scratch.MATH, BLOCK);
        for (int from = at; from < at + n; from += BLOCK) {
            int count = Math.min(BLOCK, at + n - from);
            exp(-1, x, from, e, 0, count);
            FloatVector one = FloatVector.broadcast(F, 1f);
            for (int i = 0; i < count; i += L) {
                one.div(FloatVector.fromArray(F, e, i).add(1f)).intoArray(x, from + i);
            }
        }
    }

    /** x = x · sigmoid(x) over n floats, n a multiple of the lanes. */
    static void silu(float[] x, int at, int n) {
        float[] e = Scratch.get().floats(Scratch.MATH, BLOCK);
        for (int from = at; from < at + n; from += BLOCK) {
            int count = Math.min(BLOCK, at + n - from);
            exp(-1, x, from, e, 0, count);
            for (int i = 0; i < count; i += L) {
                FloatVector.fromArray(F, x, from + i).div(FloatVector.fromArray(F, e, i).add(1f)).intoArray(x, from + i);
            }
        }
    }

    /** x = d/dx of x · sigmoid(x) = s (1 + x (1 - s)) over n floats, n a multiple of the lanes. */
    static void siluDerivative(float[] x, int at, int n) {
        float[] e = Scratch.get().floats(Scratch.MATH, BLOCK);
        for (int from = at; from < at + n; from += BLOCK) {
            int count = Math.min(BLOCK, at + n - from);
            exp(-1, x, from, e, 0, count);
            FloatVector one = FloatVector.broadcast(F, 1f);
            for (int i = 0; i < count; i += L) {
                FloatVector s = one.div(FloatVector.fromArray(F, e, i).add(1f));
                s.mul(FloatVector.fromArray(F, x, from + i).fma(one.sub(s), one)).intoArray(x, from + i);
            }
        }
    }

    /** x = tanh(x) over n floats, n a multiple of the lanes: a polynomial near zero (Cephes' tanhf), by exp elsewhere. */
    static void tanh(float[] x, int at, int n) {
        float[] e = Scratch.get().floats(Scratch.MATH, BLOCK);
        for (int from = at; from < at + n; from += BLOCK) {
            int count = Math.min(BLOCK, at + n - from);
            for (int i = 0; i < count; i += L) {
                FloatVector.fromArray(F, x, from + i).abs().mul(2f).intoArray(e, i);
            }
            exp(e, 0, e, 0, count);
            for (int i = 0; i < count; i += L) {
                FloatVector v = FloatVector.fromArray(F, x, from + i);
                FloatVector square = v.mul(v);
                FloatVector p = square.fma(FloatVector.broadcast(F, -5.70498872745e-3f), FloatVector.broadcast(F, 2.06390887954e-2f));
                p = p.fma(square, FloatVector.broadcast(F, -5.37397155531e-2f));
                p = p.fma(square, FloatVector.broadcast(F, 1.33314422036e-1f));
                p = p.fma(square, FloatVector.broadcast(F, -3.33332819422e-1f));
                FloatVector small = p.mul(square).fma(v, v);
                FloatVector two = FloatVector.broadcast(F, 2f);
                FloatVector large = FloatVector.broadcast(F, 1f).sub(two.div(FloatVector.fromArray(F, e, i).add(1f)));
                // The sign of x on the magnitude of the result.
                IntVector sign = v.reinterpretAsInts().and(Integer.MIN_VALUE);
                large.reinterpretAsInts().or(sign).reinterpretAsFloats().blend(small, v.abs().compare(VectorOperators.LT, 0.625f))
                        .intoArray(x, from + i);
            }
        }
    }
}
