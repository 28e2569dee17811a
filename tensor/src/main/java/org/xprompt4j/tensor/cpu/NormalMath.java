package org.xprompt4j.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * GELU and its slope over the normal distribution Φ, as loops over heap arrays under the rules of {@link VectorMath}.
 *
 * <p>The share above |x| is exp(-x²/2) · t · P(t) with t = 1 / (1 + 0.3 |x|); P, fitted to the largest relative error 3.5e-9 over
 * |x| up to 15, is of degree 9. The square is kept in two floats, since the exponential multiplies its rounding by x². Small shares
 * keep their digits, GELU is below 6 units in the last place.
 */
final class NormalMath {
    private static final VectorSpecies<Float> F = Lanes.FLOATS;
    private static final int L = Lanes.COUNT;
    private static final int BLOCK = 512; // floats of intermediate results
    private static final float FAR = 20f; // exp(-x²/2) is 0 long before
    private static final float T = 0.3f;
    private static final float DENSITY = 0.3989422804f; // 1 / √(2π)
    private static final float[] P = { // lowest power first
        1.196867228e-01f, 1.195713207e-01f, 1.102393419e-01f, 7.837226242e-02f, 9.620479494e-02f,
        -7.950890809e-02f, 1.918829530e-01f, -2.282845527e-01f, 1.124647036e-01f, -2.062864602e-02f};

    private NormalMath() {
    }

    /** x = x · Φ(x) over the first n floats, n a multiple of the lanes. */
    static void gelu(float[] x, int n) {
        float[] exp = Scratch.get().floats(Scratch.MATH, 2 * BLOCK);
        for (int from = 0; from < n; from += BLOCK) {
            int count = Math.min(BLOCK, n - from);
            below(x, from, exp, count);
            for (int i = 0; i < count; i += L) {
                FloatVector.fromArray(F, x, from + i).mul(FloatVector.fromArray(F, exp, BLOCK + i)).intoArray(x, from + i);
            }
        }
    }

    /** x = Φ(x) + x · density(x) over the first n floats, n a multiple of the lanes. */
    static void geluDerivative(float[] x, int n) {
        float[] exp = Scratch.get().floats(Scratch.MATH, 2 * BLOCK);
        for (int from = 0; from < n; from += BLOCK) {
            int count = Math.min(BLOCK, n - from);
            below(x, from, exp, count);
            for (int i = 0; i < count; i += L) {
                FloatVector density = FloatVector.fromArray(F, exp, i).mul(DENSITY);
                FloatVector.fromArray(F, x, from + i).fma(density, FloatVector.fromArray(F, exp, BLOCK + i)).intoArray(x, from + i);
            }
        }
    }

    /** exp(-x²/2) into the first block of out, Φ(x) into the second, for count floats from x[from] on. */
    private static void below(float[] x, int from, float[] out, int count) {
        for (int i = 0; i < count; i += L) {
            FloatVector a = FloatVector.fromArray(F, x, from + i).abs();
            FloatVector limited = a.blend(FAR, a.compare(VectorOperators.GT, FAR)); // the square of infinity has no rounding error; NaN stays
            limited.intoArray(out, BLOCK + i);
            limited.mul(limited).intoArray(out, i);
        }
        VectorMath.exp(-0.5f, out, 0, out, 0, count);
        FloatVector one = FloatVector.broadcast(F, 1f);
        for (int i = 0; i < count; i += L) {
            FloatVector a = FloatVector.fromArray(F, out, BLOCK + i);
            FloatVector rounded = FloatVector.fromArray(F, out, i);
            FloatVector rest = a.fma(a, a.mul(a).neg()); // what rounding the square left out: small enough for exp(r) = 1 + r
            FloatVector exp = rounded.fma(rest.mul(-0.5f), rounded);
            FloatVector t = one.div(a.fma(FloatVector.broadcast(F, T), one));
            FloatVector p = FloatVector.broadcast(F, P[9]);
            p = p.fma(t, FloatVector.broadcast(F, P[8])).fma(t, FloatVector.broadcast(F, P[7])).fma(t, FloatVector.broadcast(F, P[6]));
            p = p.fma(t, FloatVector.broadcast(F, P[5])).fma(t, FloatVector.broadcast(F, P[4])).fma(t, FloatVector.broadcast(F, P[3]));
            p = p.fma(t, FloatVector.broadcast(F, P[2])).fma(t, FloatVector.broadcast(F, P[1])).fma(t, FloatVector.broadcast(F, P[0]));
            FloatVector tail = p.mul(t).mul(exp);
            exp.intoArray(out, i);
            tail.blend(one.sub(tail), FloatVector.fromArray(F, x, from + i).compare(VectorOperators.GT, 0f)).intoArray(out, BLOCK + i);
        }
    }
}
