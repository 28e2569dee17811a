package org.xprompt4j.cuda.emulator.arithmetic;

/** Steps of integer conversions: widen to 64 bits by the source's type, saturate, narrow by the destination's; and integers to floats. */
public final class IntegerConversion {
    private IntegerConversion() {
    }

    public static long wideS8(int a) {
        return (byte) a;
    }

    public static long wideU8(int a) {
        return a & 255;
    }

    public static long wideS16(int a) {
        return (short) a;
    }

    public static long wideU16(int a) {
        return a & 0xffff;
    }

    public static long wideS32(int a) {
        return a;
    }

    public static long wideU32(int a) {
        return a & 0xffffffffL;
    }

    public static int narrowS8(long a) {
        return (byte) a;
    }

    public static int narrowU8(long a) {
        return (int) a & 255;
    }

    public static int narrowS16(long a) {
        return (short) a;
    }

    public static int narrowU16(long a) {
        return (int) a & 0xffff;
    }

    public static int narrow32(long a) {
        return (int) a;
    }

    private static long clamp(long a, long low, long high) {
        return Math.max(low, Math.min(high, a));
    }

    private static long clampUnsigned(long a, long high) {
        return Long.compareUnsigned(a, high) > 0 ? high : a;
    }

    public static long satS8S(long a) {
        return clamp(a, Byte.MIN_VALUE, Byte.MAX_VALUE);
    }

    public static long satU8S(long a) {
        return clamp(a, 0, 255);
    }

    public static long satS16S(long a) {
        return clamp(a, Short.MIN_VALUE, Short.MAX_VALUE);
    }

    public static long satU16S(long a) {
        return clamp(a, 0, 0xffff);
    }

    public static long satS32S(long a) {
        return clamp(a, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    public static long satU32S(long a) {
        return clamp(a, 0, 0xffffffffL);
    }

    public static long satS64S(long a) {
        return a;
    }

    public static long satU64S(long a) {
        return Math.max(a, 0);
    }

    public static long satS8U(long a) {
        return clampUnsigned(a, Byte.MAX_VALUE);
    }

    public static long satU8U(long a) {
        return clampUnsigned(a, 255);
    }

    public static long satS16U(long a) {
        return clampUnsigned(a, Short.MAX_VALUE);
    }

    public static long satU16U(long a) {
        return clampUnsigned(a, 0xffff);
    }

    public static long satS32U(long a) {
        return clampUnsigned(a, Integer.MAX_VALUE);
    }

    public static long satU32U(long a) {
        return clampUnsigned(a, 0xffffffffL);
    }

    public static long satS64U(long a) {
        return clampUnsigned(a, Long.MAX_VALUE);
    }

    public static long satU64U(long a) {
        return a;
    }

    /** Exact below 2^53, else rounded to odd: rounds on to any narrower float in any direction. */
    public static double realS(long a) {
        return Rounding.oddFromLong(a, false);
    }

    public static double realU(long a) {
        return Rounding.oddFromLong(a, true);
    }

    public static int longSToF32Rn(long a) {
        return Float.floatToRawIntBits((float) a);
    }

    public static long longSToF64Rn(long a) {
        return Double.doubleToRawLongBits((double) a);
    }

    public static long longSToF64Rz(long a) {
        return Double.doubleToRawLongBits(Rounding.fromLong(a, false, Rounding.ZERO));
    }

    public static long longSToF64Rm(long a) {
        return Double.doubleToRawLongBits(Rounding.fromLong(a, false, Rounding.DOWN));
    }

    public static long longSToF64Rp(long a) {
        return Double.doubleToRawLongBits(Rounding.fromLong(a, false, Rounding.UP));
    }

    public static long longUToF64Rn(long a) {
        return a >= 0 ? longSToF64Rn(a) : Double.doubleToRawLongBits(Rounding.fromLong(a, true, Rounding.NEAREST));
    }

    public static long longUToF64Rz(long a) {
        return Double.doubleToRawLongBits(Rounding.fromLong(a, true, Rounding.ZERO));
    }

    public static long longUToF64Rm(long a) {
        return Double.doubleToRawLongBits(Rounding.fromLong(a, true, Rounding.DOWN));
    }

    public static long longUToF64Rp(long a) {
        return Double.doubleToRawLongBits(Rounding.fromLong(a, true, Rounding.UP));
    }
}
