package org.xprompt4j.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Functions of vectors whose bits are the same in the interpreter and in every compiler: only operations that are exact or
 * correctly rounded. The library's own EXP, TANH and floating-point {@code reduceLanes(ADD)} are not: they change their last
 * bits when a loop gets compiled.
 */
final class VectorMath {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;

    private static final float LOG2_E = 1.44269504f;
    private static final float LN2_HIGH = 0.693359375f; // few bits, so that n · LN2_HIGH is exact
    private static final float LN2_LOW = -2.12194440e-4f;
    private static final float ROUNDER = 0x1.8p23f; // adding it rounds to an integer that sits in the low bits
    private static final int ROUNDER_BITS = Float.floatToRawIntBits(ROUNDER);

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
     * exp(x), below 2 units in the last place (Cephes' expf polynomial); 0 for x below -104, infinity above 88.73, NaN for NaN.
     */
    static FloatVector exp(FloatVector x) {
        FloatVector limited = x.min(89f).max(-104f);
        FloatVector shifted = limited.fma(FloatVector.broadcast(F, LOG2_E), FloatVector.broadcast(F, ROUNDER));
        FloatVector p = expOfRemainder(limited, shifted.sub(ROUNDER));
        // The power of two in two factors: one alone would leave the range of normal numbers.
        IntVector n = shifted.reinterpretAsInts().sub(ROUNDER_BITS);
        IntVector half = n.lanewise(VectorOperators.ASHR, 1);
        return p.mul(powerOfTwo(half)).mul(powerOfTwo(n.sub(half)));
    }

    /**
     * exp(x) for x &lt;= 0, as softmax needs it: exactly 0 below -87, so minus infinity gives 0; NaN for NaN.
     */
    static FloatVector expOfNegative(FloatVector x) {
        FloatVector shifted = x.fma(FloatVector.broadcast(F, LOG2_E), FloatVector.broadcast(F, ROUNDER));
        FloatVector p = expOfRemainder(x, shifted.sub(ROUNDER));
        // The low bits of the shifted number are n; moved to the exponent field, all others drop out.
        IntVector exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
        VectorMask<Float> vanishes = x.compare(VectorOperators.LT, -87f);
        return p.reinterpretAsInts().add(exponent).reinterpretAsFloats().blend(0f, vanishes);
    }

    /** exp(x - n ln 2) for the integer n nearest to x / ln 2. */
    private static FloatVector expOfRemainder(FloatVector x, FloatVector n) {
        FloatVector r = n.fma(FloatVector.broadcast(F, -LN2_HIGH), x);
        r = n.fma(FloatVector.broadcast(F, -LN2_LOW), r);
        FloatVector p = r.fma(FloatVector.broadcast(F, 1.9875691500e-4f), FloatVector.broadcast(F, 1.3981999507e-3f));
        p = p.fma(r, FloatVector.broadcast(F, 8.3334519073e-3f));
        p = p.fma(r, FloatVector.broadcast(F, 4.1665795894e-2f));
        p = p.fma(r, FloatVector.broadcast(F, 1.6666665459e-1f));
        p = p.fma(r, FloatVector.broadcast(F, 5.0000001201e-1f));
        return p.fma(r.mul(r), r.add(1f));
    }

    private static FloatVector powerOfTwo(IntVector n) {
        return n.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
    }

    /** 1 / (1 + exp(-x)). */
    static FloatVector sigmoid(FloatVector x) {
        return FloatVector.broadcast(F, 1f).div(exp(x.neg()).add(1f));
    }

    /** x · sigmoid(x). */
    static FloatVector silu(FloatVector x) {
        return x.div(exp(x.neg()).add(1f));
    }

    /** The derivative of {@link #silu}: s (1 + x (1 - s)) with s = sigmoid(x). */
    static FloatVector siluDerivative(FloatVector x) {
        FloatVector s = sigmoid(x);
        FloatVector one = FloatVector.broadcast(F, 1f);
        return s.mul(x.fma(one.sub(s), one));
    }

    /** tanh(x): a polynomial near zero (Cephes' tanhf), by exp elsewhere. */
    static FloatVector tanh(FloatVector x) {
        FloatVector square = x.mul(x);
        FloatVector p = square.fma(FloatVector.broadcast(F, -5.70498872745e-3f), FloatVector.broadcast(F, 2.06390887954e-2f));
        p = p.fma(square, FloatVector.broadcast(F, -5.37397155531e-2f));
        p = p.fma(square, FloatVector.broadcast(F, 1.33314422036e-1f));
        p = p.fma(square, FloatVector.broadcast(F, -3.33332819422e-1f));
        FloatVector small = p.mul(square).fma(x, x);
        FloatVector magnitude = x.abs();
        FloatVector one = FloatVector.broadcast(F, 1f);
        FloatVector large = one.sub(FloatVector.broadcast(F, 2f).div(exp(magnitude.add(magnitude)).add(1f)));
        // The sign of x on the magnitude of the result.
        IntVector sign = x.reinterpretAsInts().and(Integer.MIN_VALUE);
        FloatVector signed = large.reinterpretAsInts().or(sign).reinterpretAsFloats();
        return signed.blend(small, magnitude.compare(VectorOperators.LT, 0.625f));
    }
}
