package org.xprompt4j.cuda.emulator.arithmetic;

import java.math.BigDecimal;

/** float64 arithmetic on raw bits. Directed roundings compare the nearest result with the exact one in big decimals: exact, and rare enough. */
public final class DoubleArithmetic {
    private DoubleArithmetic() {
    }

    private static double d(long bits) {
        return Double.longBitsToDouble(bits);
    }

    private static long bits(double value) {
        return Double.doubleToRawLongBits(value);
    }

    private static BigDecimal exact(double value) {
        return new BigDecimal(value);
    }

    private static boolean special(double a, double b) {
        return !Double.isFinite(a) || !Double.isFinite(b);
    }

    private static long sum(double a, double b, int mode) {
        double nearest = a + b;
        if (special(a, b)) {
            return bits(nearest);
        }
        if (nearest == 0) {
            boolean bothPlus = bits(a) == 0 && bits(b) == 0;
            return bits(nearest) < 0 || mode == Rounding.DOWN && !bothPlus ? Long.MIN_VALUE : 0;
        }
        return bits(Rounding.direct(nearest, Rounding.compareExact(exact(a).add(exact(b)), nearest), mode));
    }

    private static long product(double a, double b, int mode) {
        double nearest = a * b;
        return bits(special(a, b) || a == 0 || b == 0 ? nearest
                : Rounding.direct(signed(nearest, a < 0 != b < 0), Rounding.compareExact(exact(a).multiply(exact(b)), nearest), mode));
    }

    /** A result that underflowed to zero still knows its sign. */
    private static double signed(double value, boolean negative) {
        return value == 0 ? negative ? -0.0 : 0.0 : value;
    }

    private static long fusedSum(double a, double b, double c, int mode) {
        double nearest = Math.fma(a, b, c);
        if (special(a, b) || !Double.isFinite(c)) {
            return bits(nearest);
        }
        BigDecimal real = exact(a).multiply(exact(b)).add(exact(c));
        if (real.signum() == 0) {
            boolean bothPlus = bits(a * b) == 0 && bits(c) == 0;
            return bits(nearest) < 0 || mode == Rounding.DOWN && !bothPlus ? Long.MIN_VALUE : 0;
        }
        return bits(Rounding.direct(nearest, Rounding.compareExact(real, nearest), mode));
    }

    private static long quotient(double a, double b, int mode) {
        double nearest = a / b;
        if (special(a, b) || b == 0 || a == 0) {
            return bits(nearest);
        }
        int side = Double.isInfinite(nearest) ? nearest > 0 ? -1 : 1 : exact(a).compareTo(exact(nearest).multiply(exact(b))) * (b > 0 ? 1 : -1);
        return bits(Rounding.direct(nearest, side, mode));
    }

    private static long root(double a, int mode) {
        double nearest = Math.sqrt(a);
        return bits(!(a > 0) || Double.isInfinite(a) ? nearest : Rounding.direct(nearest, exact(a).compareTo(exact(nearest).multiply(exact(nearest))), mode));
    }

    public static long addF64Rn(long a, long b) {
        return bits(d(a) + d(b));
    }

    public static long addF64Rz(long a, long b) {
        return sum(d(a), d(b), Rounding.ZERO);
    }

    public static long addF64Rm(long a, long b) {
        return sum(d(a), d(b), Rounding.DOWN);
    }

    public static long addF64Rp(long a, long b) {
        return sum(d(a), d(b), Rounding.UP);
    }

    public static long subF64Rn(long a, long b) {
        return bits(d(a) - d(b));
    }

    public static long subF64Rz(long a, long b) {
        return sum(d(a), -d(b), Rounding.ZERO);
    }

    public static long subF64Rm(long a, long b) {
        return sum(d(a), -d(b), Rounding.DOWN);
    }

    public static long subF64Rp(long a, long b) {
        return sum(d(a), -d(b), Rounding.UP);
    }

    public static long mulF64Rn(long a, long b) {
        return bits(d(a) * d(b));
    }

    public static long mulF64Rz(long a, long b) {
        return product(d(a), d(b), Rounding.ZERO);
    }

    public static long mulF64Rm(long a, long b) {
        return product(d(a), d(b), Rounding.DOWN);
    }

    public static long mulF64Rp(long a, long b) {
        return product(d(a), d(b), Rounding.UP);
    }

    public static long fmaF64Rn(long a, long b, long c) {
        return bits(Math.fma(d(a), d(b), d(c)));
    }

    public static long fmaF64Rz(long a, long b, long c) {
        return fusedSum(d(a), d(b), d(c), Rounding.ZERO);
    }

    public static long fmaF64Rm(long a, long b, long c) {
        return fusedSum(d(a), d(b), d(c), Rounding.DOWN);
    }

    public static long fmaF64Rp(long a, long b, long c) {
        return fusedSum(d(a), d(b), d(c), Rounding.UP);
    }

    public static long divF64Rn(long a, long b) {
        return bits(d(a) / d(b));
    }

    public static long divF64Rz(long a, long b) {
        return quotient(d(a), d(b), Rounding.ZERO);
    }

    public static long divF64Rm(long a, long b) {
        return quotient(d(a), d(b), Rounding.DOWN);
    }

    public static long divF64Rp(long a, long b) {
        return quotient(d(a), d(b), Rounding.UP);
    }

    public static long rcpF64Rn(long a) {
        return bits(1 / d(a));
    }

    public static long rcpF64Rz(long a) {
        return quotient(1, d(a), Rounding.ZERO);
    }

    public static long rcpF64Rm(long a) {
        return quotient(1, d(a), Rounding.DOWN);
    }

    public static long rcpF64Rp(long a) {
        return quotient(1, d(a), Rounding.UP);
    }

    public static long sqrtF64Rn(long a) {
        return bits(Math.sqrt(d(a)));
    }

    public static long sqrtF64Rz(long a) {
        return root(d(a), Rounding.ZERO);
    }

    public static long sqrtF64Rm(long a) {
        return root(d(a), Rounding.DOWN);
    }

    public static long sqrtF64Rp(long a) {
        return root(d(a), Rounding.UP);
    }

    private static long upperWord(double value) {
        return value != value ? 0x7fffffff00000000L : bits(value) & 0xffffffff00000000L;
    }

    private static double flushed(double value) {
        return Math.abs(value) < Double.MIN_NORMAL ? Math.copySign(0, value) : value;
    }

    /** {@code rcp.approx.ftz.f64}: the lower word of the result is zero. */
    public static long rcpApproxF64(long a) {
        return upperWord(flushed(1 / flushed(d(a & 0xffffffff00000000L))));
    }

    /** {@code rsqrt.approx(.ftz).f64}: the lower word of the result is zero. */
    public static long rsqrtApproxF64(long a) {
        return upperWord(1 / Math.sqrt(d(a)));
    }

    public static long minF64(long a, long b) {
        return d(a) != d(a) ? b : d(b) != d(b) ? a : bits(Math.min(d(a), d(b)));
    }

    public static long maxF64(long a, long b) {
        return d(a) != d(a) ? b : d(b) != d(b) ? a : bits(Math.max(d(a), d(b)));
    }

    public static long absF64(long a) {
        return a & Long.MAX_VALUE;
    }

    public static long negF64(long a) {
        return a ^ Long.MIN_VALUE;
    }

    public static long copysignF64(long a, long b) {
        return a & Long.MIN_VALUE | b & Long.MAX_VALUE;
    }

    public static boolean finiteF64(long a) {
        return Double.isFinite(d(a));
    }

    public static boolean infiniteF64(long a) {
        return Double.isInfinite(d(a));
    }

    public static boolean numberF64(long a) {
        return d(a) == d(a);
    }

    public static boolean notanumberF64(long a) {
        return d(a) != d(a);
    }

    public static boolean normalF64(long a) {
        return Math.abs(d(a)) >= Double.MIN_NORMAL && Double.isFinite(d(a));
    }

    public static boolean subnormalF64(long a) {
        return Math.abs(d(a)) < Double.MIN_NORMAL;
    }
}
