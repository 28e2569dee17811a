package org.xprompt4j.cuda.emulator.arithmetic;

import java.math.BigDecimal;
import java.math.MathContext;

/**
 * Rounding an exact real to a format. A sum is first made a float64 rounded to odd (the last bit says whether something was lost), which rounds
 * on to any narrower format in any direction as the exact sum would (Boldo and Melquiond, "Emulation of a FMA and correctly rounded sums", 2008).
 */
public final class Rounding {
    /** To nearest, ties to even. */
    public static final int NEAREST = 0;
    /** Toward zero. */
    public static final int ZERO = 1;
    /** Toward minus infinity. */
    public static final int DOWN = 2;
    /** Toward plus infinity. */
    public static final int UP = 3;
    /** To nearest, ties away from zero. */
    public static final int AWAY = 4;

    private Rounding() {
    }

    /** a + b, rounded to odd. */
    public static double addToOdd(double a, double b) {
        double sum = a + b;
        double part = sum - a;
        double error = (a - (sum - part)) + (b - part);
        if (error == 0 || error != error || (Double.doubleToRawLongBits(sum) & 1) != 0) {
            return sum;
        }
        return error > 0 == sum > 0 ? Double.longBitsToDouble(Double.doubleToRawLongBits(sum) + 1) : Double.longBitsToDouble(Double.doubleToRawLongBits(sum) - 1);
    }

    /** A float64 to float32 in a direction. */
    public static float toFloat(double value, int mode) {
        float nearest = (float) value;
        return switch (mode) {
            case DOWN -> nearest > value ? Math.nextDown(nearest) : nearest;
            case UP -> nearest < value ? Math.nextUp(nearest) : nearest;
            case ZERO -> Math.abs((double) nearest) > Math.abs(value) ? Float.intBitsToFloat(Float.floatToRawIntBits(nearest) - 1) : nearest;
            default -> nearest;
        };
    }

    /**
     * A float64 to a narrow binary format, subnormals and overflow included.
     *
     * @param mantissaBits stored bits of the fraction: 10 for f16, 7 for bf16
     * @param exponentBits 5 for f16, 8 for bf16
     * @return sign, exponent and fraction; NaN is all ones below the sign
     */
    public static int toNarrow(double value, int mantissaBits, int exponentBits, int mode) {
        int bias = (1 << exponentBits - 1) - 1;
        int sign = Double.doubleToRawLongBits(value) < 0 ? 1 << mantissaBits + exponentBits : 0;
        int infinity = (1 << exponentBits) - 1 << mantissaBits;
        if (value != value) {
            return infinity | (1 << mantissaBits) - 1;
        }
        double magnitude = Math.abs(value);
        if (magnitude == Double.POSITIVE_INFINITY) {
            return sign | infinity;
        }
        // In units of the last place the value is below 2^(mantissaBits + 1), so that scaling and the cut to a long are exact.
        int exponent = Math.max(Math.getExponent(magnitude), 1 - bias);
        double units = Math.scalb(magnitude, mantissaBits - exponent);
        long whole = (long) units;
        double rest = units - whole;
        boolean up = switch (mode) {
            case NEAREST -> rest > 0.5 || rest == 0.5 && (whole & 1) != 0;
            case AWAY -> rest >= 0.5;
            case DOWN -> rest > 0 && sign != 0;
            case UP -> rest > 0 && sign == 0;
            default -> false;
        };
        long encoded = whole + (up ? 1 : 0) + ((long) (exponent + bias - 1) << mantissaBits);
        if (encoded >= infinity) {
            boolean stays = mode == ZERO || mode == DOWN && sign == 0 || mode == UP && sign != 0;
            return sign | (stays ? infinity - 1 : infinity);
        }
        return sign | (int) encoded;
    }

    /** Moves a result rounded to nearest to where the direction wants it, knowing the sign of (exact - nearest). */
    static double direct(double nearest, int exactMinusNearest, int mode) {
        boolean lower = mode == DOWN || mode == ZERO && nearest > 0;
        boolean raise = mode == UP || mode == ZERO && nearest < 0;
        if (exactMinusNearest < 0 && lower) {
            return Math.nextDown(nearest);
        }
        return exactMinusNearest > 0 && raise ? Math.nextUp(nearest) : nearest;
    }

    /** Sign of exact - nearest, where nearest may have overflowed. */
    static int compareExact(BigDecimal exact, double nearest) {
        return Double.isInfinite(nearest) ? (nearest > 0 ? -1 : 1) : exact.compareTo(new BigDecimal(nearest));
    }

    /** A long, or an unsigned long, as a float64 rounded to odd. */
    static double oddFromLong(long value, boolean unsigned) {
        if (!unsigned || value >= 0) {
            return addToOdd((double) (value & ~0xffffL), (double) (value & 0xffffL));
        }
        return addToOdd((double) (value >>> 16) * 0x1p16, (double) (value & 0xffffL));
    }

    static double fromLong(long value, boolean unsigned, int mode) {
        BigDecimal exact = unsigned ? new BigDecimal(Long.toUnsignedString(value)) : new BigDecimal(value);
        double nearest = exact.round(MathContext.UNLIMITED).doubleValue();
        return direct(nearest, compareExact(exact, nearest), mode);
    }
}
