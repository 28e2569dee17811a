package org.xprompt4j.cuda.emulator.arithmetic;

/**
 * Steps of conversions that begin at a float: the source as a real, rounded to an integral value where asked, then into the destination. Integers
 * saturate; NaN becomes 0, or the value with only the top bit set where source or destination has 64 bits.
 */
public final class FloatConversion {
    private FloatConversion() {
    }

    public static double realF16(int a) {
        return HalfArithmetic.fromF16(a);
    }

    public static double realBf16(int a) {
        return HalfArithmetic.fromBf16(a);
    }

    public static double realF32(int a) {
        return Float.intBitsToFloat(a);
    }

    public static double realF64(long a) {
        return Double.longBitsToDouble(a);
    }

    public static double integralRn(double a) {
        return Math.rint(a);
    }

    public static double integralRz(double a) {
        return a < 0 || 1 / a < 0 ? Math.ceil(a) : Math.floor(a);
    }

    public static double integralRm(double a) {
        return Math.floor(a);
    }

    public static double integralRp(double a) {
        return Math.ceil(a);
    }

    public static long realToF64(double a) {
        return Double.doubleToRawLongBits(a);
    }

    public static long satF64(long a) {
        double value = Double.longBitsToDouble(a);
        return value > 0 ? value < 1 ? a : 0x3ff0000000000000L : 0;
    }

    public static int realToF32Rn(double a) {
        return FloatArithmetic.bits((float) a);
    }

    public static int realToF16Rn(double a) {
        return Rounding.toNarrow(a, 10, 5, Rounding.NEAREST);
    }

    public static int realToBf16Rn(double a) {
        return Rounding.toNarrow(a, 7, 8, Rounding.NEAREST);
    }

    public static int realToF32Rz(double a) {
        return FloatArithmetic.bits(Rounding.toFloat(a, Rounding.ZERO));
    }

    public static int realToF16Rz(double a) {
        return Rounding.toNarrow(a, 10, 5, Rounding.ZERO);
    }

    public static int realToBf16Rz(double a) {
        return Rounding.toNarrow(a, 7, 8, Rounding.ZERO);
    }

    public static int realToF32Rm(double a) {
        return FloatArithmetic.bits(Rounding.toFloat(a, Rounding.DOWN));
    }

    public static int realToF16Rm(double a) {
        return Rounding.toNarrow(a, 10, 5, Rounding.DOWN);
    }

    public static int realToBf16Rm(double a) {
        return Rounding.toNarrow(a, 7, 8, Rounding.DOWN);
    }

    public static int realToF32Rp(double a) {
        return FloatArithmetic.bits(Rounding.toFloat(a, Rounding.UP));
    }

    public static int realToF16Rp(double a) {
        return Rounding.toNarrow(a, 10, 5, Rounding.UP);
    }

    public static int realToBf16Rp(double a) {
        return Rounding.toNarrow(a, 7, 8, Rounding.UP);
    }

    /** The common conversion, without the general way. */
    public static int f32ToBf16Rn(int a) {
        return HalfArithmetic.toBf16(Float.intBitsToFloat(a));
    }

    public static int f32ToF16Rn(int a) {
        return HalfArithmetic.toF16(Float.intBitsToFloat(a));
    }

    public static int f16ToF32(int a) {
        return FloatArithmetic.bits(HalfArithmetic.fromF16(a));
    }

    /** First operand to the upper half. */
    public static int f32ToBf16x2Rn(int a, int b) {
        return HalfArithmetic.pair(f32ToBf16Rn(b), f32ToBf16Rn(a));
    }

    public static int f32ToBf16x2Rz(int a, int b) {
        return HalfArithmetic.pair(realToBf16Rz(realF32(b)), realToBf16Rz(realF32(a)));
    }

    public static int f32ToF16x2Rn(int a, int b) {
        return HalfArithmetic.pair(f32ToF16Rn(b), f32ToF16Rn(a));
    }

    public static int f32ToF16x2Rz(int a, int b) {
        return HalfArithmetic.pair(realToF16Rz(realF32(b)), realToF16Rz(realF32(a)));
    }

    /** 10 bits of fraction, ties away from zero; the lower 13 bits are zero. */
    public static int f32ToTf32Rna(int a) {
        return (a & 0x7f800000) == 0x7f800000 ? (a & 0x7fffff) == 0 ? a : 0x7fffffff : a + 0x1000 & 0xffffe000;
    }

    /** 10 bits of fraction, ties to even. */
    public static int f32ToTf32Rn(int a) {
        return (a & 0x7f800000) == 0x7f800000 ? (a & 0x7fffff) == 0 ? a : 0x7fffffff : a + 0xfff + (a >>> 13 & 1) & 0xffffe000;
    }

    public static int realToS8(double a) {
        return (int) Math.max(-128, Math.min(127, a == a ? a : 0));
    }

    public static int realToU8(double a) {
        return (int) Math.max(0, Math.min(255, a == a ? a : 0));
    }

    public static int realToS16(double a) {
        return (int) Math.max(-32768, Math.min(32767, a == a ? a : 0));
    }

    public static int realToU16(double a) {
        return (int) Math.max(0, Math.min(65535, a == a ? a : 0));
    }

    public static int realToS32(double a) {
        return (int) a;
    }

    public static int realToU32(double a) {
        return (int) Math.max(0, Math.min(0xffffffffL, (long) a));
    }

    public static int realToS32OrTop(double a) {
        return a == a ? (int) a : Integer.MIN_VALUE;
    }

    public static int realToU32OrTop(double a) {
        return a == a ? realToU32(a) : Integer.MIN_VALUE;
    }

    public static long realToS64OrTop(double a) {
        return a == a ? (long) a : Long.MIN_VALUE;
    }

    public static long realToU64OrTop(double a) {
        if (a != a) {
            return Long.MIN_VALUE;
        }
        return a < 0x1p63 ? Math.max(0, (long) a) : a < 0x1p64 ? (long) (a - 0x1p63) ^ Long.MIN_VALUE : -1;
    }
}
