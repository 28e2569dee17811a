package org.xprompt4j.cuda.emulator;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;

/** A binary float format in exact decimals: what the tests compare the machine's float arithmetic with. Knows nothing of float hardware. */
enum Reals {
    F16(10, 5), BF16(7, 8), F32(23, 8), F64(52, 11);

    /** Wide enough to decide the rounding of any quotient or root of two numbers of these formats. */
    static final MathContext WIDE = new MathContext(120, RoundingMode.DOWN);
    private static final BigDecimal TWO = BigDecimal.valueOf(2);

    final int fraction;
    final int exponent;
    final int bias;

    Reals(int fraction, int exponent) {
        this.fraction = fraction;
        this.exponent = exponent;
        this.bias = (1 << exponent - 1) - 1;
    }

    int bits() {
        return 1 + exponent + fraction;
    }

    long sign(long bits) {
        return bits >>> fraction + exponent & 1;
    }

    private long exponentOf(long bits) {
        return bits >>> fraction & (1L << exponent) - 1;
    }

    boolean isNan(long bits) {
        return exponentOf(bits) == (1L << exponent) - 1 && (bits & (1L << fraction) - 1) != 0;
    }

    boolean isInfinite(long bits) {
        return exponentOf(bits) == (1L << exponent) - 1 && (bits & (1L << fraction) - 1) == 0;
    }

    boolean isZero(long bits) {
        return (bits & (1L << fraction + exponent) - 1) == 0;
    }

    long infinity(long sign) {
        return sign << fraction + exponent | (1L << exponent) - 1 << fraction;
    }

    long zero(long sign) {
        return sign << fraction + exponent;
    }

    /** What the machine gives for NaN in 16 and 32 bits. */
    long nan() {
        return (1L << fraction + exponent) - 1;
    }

    static BigDecimal power(int n) {
        return n >= 0 ? new BigDecimal(BigInteger.ONE.shiftLeft(n)) : BigDecimal.ONE.divide(new BigDecimal(BigInteger.ONE.shiftLeft(-n)));
    }

    private BigDecimal significand(long bits) {
        return new BigDecimal(bits & (1L << fraction) - 1 | (exponentOf(bits) == 0 ? 0 : 1L << fraction));
    }

    private int scale(long bits) {
        return (int) Math.max(exponentOf(bits), 1) - bias - fraction;
    }

    /** The exact value of finite bits. */
    BigDecimal value(long bits) {
        BigDecimal magnitude = significand(bits).multiply(power(scale(bits)));
        return sign(bits) == 1 ? magnitude.negate() : magnitude;
    }

    /**
     * The nearest representable number in a direction.
     *
     * @param mode rn, rz, rm or rp
     */
    long round(BigDecimal value, String mode) {
        long sign = value.signum() < 0 ? 1 : 0;
        BigDecimal magnitude = value.abs();
        if (magnitude.signum() == 0) {
            return 0;
        }
        int e = (int) Math.floor((magnitude.precision() - magnitude.scale() - 1) * 3.321928094887362) - 2;
        while (power(e + 1).compareTo(magnitude) <= 0) {
            e++;
        }
        e = Math.max(e, 1 - bias);
        BigDecimal units = magnitude.multiply(power(fraction - e));
        BigInteger whole = units.toBigInteger();
        int half = units.subtract(new BigDecimal(whole)).multiply(TWO).compareTo(BigDecimal.ONE);
        boolean exact = units.compareTo(new BigDecimal(whole)) == 0;
        boolean up = switch (mode) {
            case "rn" -> half > 0 || half == 0 && whole.testBit(0);
            case "rm" -> !exact && sign == 1;
            case "rp" -> !exact && sign == 0;
            default -> false;
        };
        long encoded = whole.longValueExact() + (up ? 1 : 0) + ((long) (e + bias - 1) << fraction);
        if (Long.compareUnsigned(encoded, infinity(0)) >= 0) {
            boolean stays = mode.equals("rz") || mode.equals("rm") && sign == 0 || mode.equals("rp") && sign == 1;
            encoded = stays ? infinity(0) - 1 : infinity(0);
        }
        return sign << fraction + exponent | encoded;
    }

    long flush(long bits) {
        return exponentOf(bits) == 0 ? zero(sign(bits)) : bits;
    }

    private long sumOf(BigDecimal exact, boolean bothPlus, boolean bothMinus, String mode) {
        if (exact.signum() == 0) {
            return zero(bothMinus || mode.equals("rm") && !bothPlus ? 1 : 0);
        }
        return round(exact, mode);
    }

    long add(long a, long b, String mode) {
        if (isNan(a) || isNan(b) || isInfinite(a) && isInfinite(b) && sign(a) != sign(b)) {
            return nan();
        }
        if (isInfinite(a) || isInfinite(b)) {
            return isInfinite(a) ? a : b;
        }
        return sumOf(value(a).add(value(b)), a == 0 && b == 0, isZero(a) && isZero(b) && sign(a) == 1 && sign(b) == 1, mode);
    }

    long negate(long a) {
        return a ^ 1L << fraction + exponent;
    }

    long multiply(long a, long b, String mode) {
        long sign = sign(a) ^ sign(b);
        if (isNan(a) || isNan(b) || isInfinite(a) && isZero(b) || isZero(a) && isInfinite(b)) {
            return nan();
        }
        if (isInfinite(a) || isInfinite(b)) {
            return infinity(sign);
        }
        return isZero(a) || isZero(b) ? zero(sign) : round(value(a).multiply(value(b)), mode);
    }

    long fma(long a, long b, long c, String mode) {
        long sign = sign(a) ^ sign(b);
        if (isNan(c) || isNan(multiply(a, b, mode)) || isNan(a) || isNan(b)) {
            return nan();
        }
        if (isInfinite(a) || isInfinite(b)) {
            return isInfinite(c) && sign(c) != sign ? nan() : infinity(sign);
        }
        if (isInfinite(c)) {
            return c;
        }
        boolean zeroProduct = isZero(a) || isZero(b);
        return sumOf(value(a).multiply(value(b)).add(value(c)), zeroProduct && sign == 0 && c == 0, zeroProduct && sign == 1 && isZero(c) && sign(c) == 1, mode);
    }

    long divide(long a, long b, String mode) {
        long sign = sign(a) ^ sign(b);
        if (isNan(a) || isNan(b) || isZero(a) && isZero(b) || isInfinite(a) && isInfinite(b)) {
            return nan();
        }
        if (isInfinite(a) || isZero(b)) {
            return infinity(sign);
        }
        if (isInfinite(b) || isZero(a)) {
            return zero(sign);
        }
        // Of the integers below, so that an exact quotient is short; the powers of two come back afterwards.
        BigDecimal quotient = significand(a).divide(significand(b), WIDE);
        boolean inexact = quotient.multiply(significand(b)).compareTo(significand(a)) != 0;
        BigDecimal magnitude = sticky(quotient, inexact).multiply(power(scale(a) - scale(b)));
        return round(sign == 1 ? magnitude.negate() : magnitude, mode);
    }

    long root(long a, String mode) {
        if (isNan(a) || sign(a) == 1 && !isZero(a)) {
            return nan();
        }
        if (isZero(a) || isInfinite(a)) {
            return a;
        }
        int odd = scale(a) & 1;
        BigDecimal square = significand(a).multiply(power(odd));
        BigDecimal root = square.sqrt(WIDE);
        return round(sticky(root, root.multiply(root).compareTo(square) != 0).multiply(power((scale(a) - odd) / 2)), mode);
    }

    /** A cut-off decimal made a little longer if something was cut off. */
    private static BigDecimal sticky(BigDecimal cut, boolean inexact) {
        return inexact ? cut.add(cut.ulp().movePointLeft(10).multiply(BigDecimal.valueOf(cut.signum()))) : cut;
    }
}
