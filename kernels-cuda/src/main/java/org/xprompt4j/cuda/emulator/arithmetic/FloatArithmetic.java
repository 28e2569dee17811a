package org.xprompt4j.cuda.emulator.arithmetic;

/**
 * float32 arithmetic on raw bits. Every rounding is exact; a NaN result is 0x7fffffff, as the ISA says. The approximations ({@code .approx}) are
 * the float64 function rounded once, so their error of half an ulp lies within what the ISA allows of the hardware's (up to two ulp, or 2^-20.9
 * absolute for sine and cosine, 2^-11 relative for tanh).
 */
public final class FloatArithmetic {
    private static final int NAN = 0x7fffffff;
    private static final double LN2 = 0.6931471805599453;

    private FloatArithmetic() {
    }

    static float f(int bits) {
        return Float.intBitsToFloat(bits);
    }

    static int bits(float value) {
        return value == value ? Float.floatToRawIntBits(value) : NAN;
    }

    private static boolean negative(int bits) {
        return bits < 0;
    }

    /** An exact zero from operands that cancel is positive, except when rounding down; equal signs keep theirs. */
    private static int sum(double a, double b, int mode) {
        double sum = a + b;
        if (sum == 0) {
            boolean minus = 1 / a < 0 && 1 / b < 0 || mode == Rounding.DOWN && !(1 / a > 0 && 1 / b > 0 && a == 0 && b == 0);
            return minus ? 0x80000000 : 0;
        }
        return bits(Rounding.toFloat(Rounding.addToOdd(a, b), mode));
    }

    public static int addF32Rn(int a, int b) {
        return bits(f(a) + f(b));
    }

    public static int subF32Rn(int a, int b) {
        return bits(f(a) - f(b));
    }

    public static int mulF32Rn(int a, int b) {
        return bits(f(a) * f(b));
    }

    public static int divF32Rn(int a, int b) {
        return bits(f(a) / f(b));
    }

    public static int fmaF32Rn(int a, int b, int c) {
        return bits(Math.fma(f(a), f(b), f(c)));
    }

    public static int rcpF32Rn(int a) {
        return bits(1 / f(a));
    }

    public static int sqrtF32Rn(int a) {
        return bits((float) Math.sqrt(f(a)));
    }

    public static int addF32Rz(int a, int b) {
        return sum(f(a), f(b), Rounding.ZERO);
    }

    public static int subF32Rz(int a, int b) {
        return sum(f(a), -(double) f(b), Rounding.ZERO);
    }

    public static int mulF32Rz(int a, int b) {
        return bits(Rounding.toFloat((double) f(a) * f(b), Rounding.ZERO));
    }

    public static int fmaF32Rz(int a, int b, int c) {
        return sum((double) f(a) * f(b), f(c), Rounding.ZERO);
    }

    public static int divF32Rz(int a, int b) {
        return divide(f(a), f(b), Rounding.ZERO);
    }

    public static int rcpF32Rz(int a) {
        return divide(1, f(a), Rounding.ZERO);
    }

    public static int sqrtF32Rz(int a) {
        return squareRoot(f(a), Rounding.ZERO);
    }

    public static int addF32Rm(int a, int b) {
        return sum(f(a), f(b), Rounding.DOWN);
    }

    public static int subF32Rm(int a, int b) {
        return sum(f(a), -(double) f(b), Rounding.DOWN);
    }

    public static int mulF32Rm(int a, int b) {
        return bits(Rounding.toFloat((double) f(a) * f(b), Rounding.DOWN));
    }

    public static int fmaF32Rm(int a, int b, int c) {
        return sum((double) f(a) * f(b), f(c), Rounding.DOWN);
    }

    public static int divF32Rm(int a, int b) {
        return divide(f(a), f(b), Rounding.DOWN);
    }

    public static int rcpF32Rm(int a) {
        return divide(1, f(a), Rounding.DOWN);
    }

    public static int sqrtF32Rm(int a) {
        return squareRoot(f(a), Rounding.DOWN);
    }

    public static int addF32Rp(int a, int b) {
        return sum(f(a), f(b), Rounding.UP);
    }

    public static int subF32Rp(int a, int b) {
        return sum(f(a), -(double) f(b), Rounding.UP);
    }

    public static int mulF32Rp(int a, int b) {
        return bits(Rounding.toFloat((double) f(a) * f(b), Rounding.UP));
    }

    public static int fmaF32Rp(int a, int b, int c) {
        return sum((double) f(a) * f(b), f(c), Rounding.UP);
    }

    public static int divF32Rp(int a, int b) {
        return divide(f(a), f(b), Rounding.UP);
    }

    public static int rcpF32Rp(int a) {
        return divide(1, f(a), Rounding.UP);
    }

    public static int sqrtF32Rp(int a) {
        return squareRoot(f(a), Rounding.UP);
    }

    private static int divide(double a, double b, int mode) {
        double quotient = a / b;
        if (quotient == 0 || Double.isInfinite(quotient) || quotient != quotient) {
            return bits((float) quotient);
        }
        // The residual of a float32 quotient is exact in float64; its sign says on which side of the float64 quotient the real one lies.
        double residual = Math.fma(-quotient, b, a);
        return bits(Rounding.toFloat(toOdd(quotient, residual == 0 ? 0 : residual > 0 == b > 0 ? 1 : -1), mode));
    }

    private static int squareRoot(double a, int mode) {
        double root = Math.sqrt(a);
        if (!(a > 0) || Double.isInfinite(a)) {
            return bits((float) root);
        }
        double residual = Math.fma(-root, root, a);
        return bits(Rounding.toFloat(toOdd(root, residual == 0 ? 0 : residual > 0 ? 1 : -1), mode));
    }

    /** Moves an inexact value whose last bit is even by one unit toward the exact one. */
    private static double toOdd(double value, int exactMinusValue) {
        if (exactMinusValue == 0 || (Double.doubleToRawLongBits(value) & 1) != 0) {
            return value;
        }
        return exactMinusValue > 0 ? Math.nextUp(value) : Math.nextDown(value);
    }

    public static int rsqrtF32(int a) {
        return bits((float) (1 / Math.sqrt(f(a))));
    }

    public static int ex2F32(int a) {
        return bits((float) Math.exp(f(a) * LN2));
    }

    public static int lg2F32(int a) {
        return bits((float) (Math.log(f(a)) / LN2));
    }

    public static int sinF32(int a) {
        return bits((float) Math.sin(f(a)));
    }

    public static int cosF32(int a) {
        return bits((float) Math.cos(f(a)));
    }

    public static int tanhF32(int a) {
        return bits((float) Math.tanh(f(a)));
    }

    /** The number where one operand is NaN; -0 is below +0. */
    public static int minF32(int a, int b) {
        return f(a) != f(a) ? bits(f(b)) : f(b) != f(b) ? a : Float.floatToRawIntBits(Math.min(f(a), f(b)));
    }

    public static int maxF32(int a, int b) {
        return f(a) != f(a) ? bits(f(b)) : f(b) != f(b) ? a : Float.floatToRawIntBits(Math.max(f(a), f(b)));
    }

    public static int minNanF32(int a, int b) {
        return bits(Math.min(f(a), f(b)));
    }

    public static int maxNanF32(int a, int b) {
        return bits(Math.max(f(a), f(b)));
    }

    public static int absF32(int a) {
        return a & 0x7fffffff;
    }

    public static int negF32(int a) {
        return a ^ 0x80000000;
    }

    /** Sign of a, magnitude of b. */
    public static int copysignF32(int a, int b) {
        return a & 0x80000000 | b & 0x7fffffff;
    }

    public static boolean finiteF32(int a) {
        return (a & 0x7f800000) != 0x7f800000;
    }

    public static boolean infiniteF32(int a) {
        return (a & 0x7fffffff) == 0x7f800000;
    }

    public static boolean numberF32(int a) {
        return f(a) == f(a);
    }

    public static boolean notanumberF32(int a) {
        return f(a) != f(a);
    }

    public static boolean normalF32(int a) {
        return finiteF32(a) && (a & 0x7f800000) != 0;
    }

    public static boolean subnormalF32(int a) {
        return (a & 0x7f800000) == 0;
    }

    /** Subnormals become zero of the same sign. */
    public static int ftzF32(int a) {
        return (a & 0x7f800000) == 0 ? a & 0x80000000 : a;
    }

    /** To [0, 1]; NaN becomes 0. */
    public static int satF32(int a) {
        float value = f(a);
        return value > 0 ? value < 1 ? a : 0x3f800000 : 0;
    }

    public static int reluF32(int a) {
        return f(a) != f(a) ? NAN : negative(a) ? 0 : a;
    }
}
