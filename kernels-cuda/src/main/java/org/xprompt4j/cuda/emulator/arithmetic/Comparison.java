package org.xprompt4j.cuda.emulator.arithmetic;

/** The comparisons of {@code setp} and {@code set}. The float forms ending in u are true when an operand is NaN, the others false. */
public final class Comparison {
    private Comparison() {
    }

    public static boolean eq16(int a, int b) {
        return (a & 0xffff) == (b & 0xffff);
    }

    public static boolean ne16(int a, int b) {
        return (a & 0xffff) != (b & 0xffff);
    }

    public static boolean eq32(int a, int b) {
        return a == b;
    }

    public static boolean ne32(int a, int b) {
        return a != b;
    }

    public static boolean eq64(long a, long b) {
        return a == b;
    }

    public static boolean ne64(long a, long b) {
        return a != b;
    }

    public static boolean ltS16(int a, int b) {
        return (short) a < (short) b;
    }

    public static boolean leS16(int a, int b) {
        return (short) a <= (short) b;
    }

    public static boolean gtS16(int a, int b) {
        return (short) a > (short) b;
    }

    public static boolean geS16(int a, int b) {
        return (short) a >= (short) b;
    }

    public static boolean ltU16(int a, int b) {
        return (a & 0xffff) < (b & 0xffff);
    }

    public static boolean leU16(int a, int b) {
        return (a & 0xffff) <= (b & 0xffff);
    }

    public static boolean gtU16(int a, int b) {
        return (a & 0xffff) > (b & 0xffff);
    }

    public static boolean geU16(int a, int b) {
        return (a & 0xffff) >= (b & 0xffff);
    }

    public static boolean ltS32(int a, int b) {
        return a < b;
    }

    public static boolean leS32(int a, int b) {
        return a <= b;
    }

    public static boolean gtS32(int a, int b) {
        return a > b;
    }

    public static boolean geS32(int a, int b) {
        return a >= b;
    }

    public static boolean ltU32(int a, int b) {
        return a + Integer.MIN_VALUE < b + Integer.MIN_VALUE;
    }

    public static boolean leU32(int a, int b) {
        return a + Integer.MIN_VALUE <= b + Integer.MIN_VALUE;
    }

    public static boolean gtU32(int a, int b) {
        return a + Integer.MIN_VALUE > b + Integer.MIN_VALUE;
    }

    public static boolean geU32(int a, int b) {
        return a + Integer.MIN_VALUE >= b + Integer.MIN_VALUE;
    }

    public static boolean ltS64(long a, long b) {
        return a < b;
    }

    public static boolean leS64(long a, long b) {
        return a <= b;
    }

    public static boolean gtS64(long a, long b) {
        return a > b;
    }

    public static boolean geS64(long a, long b) {
        return a >= b;
    }

    public static boolean ltU64(long a, long b) {
        return a + Long.MIN_VALUE < b + Long.MIN_VALUE;
    }

    public static boolean leU64(long a, long b) {
        return a + Long.MIN_VALUE <= b + Long.MIN_VALUE;
    }

    public static boolean gtU64(long a, long b) {
        return a + Long.MIN_VALUE > b + Long.MIN_VALUE;
    }

    public static boolean geU64(long a, long b) {
        return a + Long.MIN_VALUE >= b + Long.MIN_VALUE;
    }

    public static boolean eqF32(int a, int b) {
        return Float.intBitsToFloat(a) == Float.intBitsToFloat(b);
    }

    public static boolean ltF32(int a, int b) {
        return Float.intBitsToFloat(a) < Float.intBitsToFloat(b);
    }

    public static boolean leF32(int a, int b) {
        return Float.intBitsToFloat(a) <= Float.intBitsToFloat(b);
    }

    public static boolean gtF32(int a, int b) {
        return Float.intBitsToFloat(a) > Float.intBitsToFloat(b);
    }

    public static boolean geF32(int a, int b) {
        return Float.intBitsToFloat(a) >= Float.intBitsToFloat(b);
    }

    public static boolean neF32(int a, int b) {
        return Float.intBitsToFloat(a) < Float.intBitsToFloat(b) || Float.intBitsToFloat(a) > Float.intBitsToFloat(b);
    }

    public static boolean equF32(int a, int b) {
        return !neF32(a, b);
    }

    public static boolean neuF32(int a, int b) {
        return Float.intBitsToFloat(a) != Float.intBitsToFloat(b);
    }

    public static boolean ltuF32(int a, int b) {
        return !(Float.intBitsToFloat(a) >= Float.intBitsToFloat(b));
    }

    public static boolean leuF32(int a, int b) {
        return !(Float.intBitsToFloat(a) > Float.intBitsToFloat(b));
    }

    public static boolean gtuF32(int a, int b) {
        return !(Float.intBitsToFloat(a) <= Float.intBitsToFloat(b));
    }

    public static boolean geuF32(int a, int b) {
        return !(Float.intBitsToFloat(a) < Float.intBitsToFloat(b));
    }

    public static boolean numF32(int a, int b) {
        return Float.intBitsToFloat(a) == Float.intBitsToFloat(a) && Float.intBitsToFloat(b) == Float.intBitsToFloat(b);
    }

    public static boolean nanF32(int a, int b) {
        return !numF32(a, b);
    }

    public static boolean eqF64(long a, long b) {
        return Double.longBitsToDouble(a) == Double.longBitsToDouble(b);
    }

    public static boolean ltF64(long a, long b) {
        return Double.longBitsToDouble(a) < Double.longBitsToDouble(b);
    }

    public static boolean leF64(long a, long b) {
        return Double.longBitsToDouble(a) <= Double.longBitsToDouble(b);
    }

    public static boolean gtF64(long a, long b) {
        return Double.longBitsToDouble(a) > Double.longBitsToDouble(b);
    }

    public static boolean geF64(long a, long b) {
        return Double.longBitsToDouble(a) >= Double.longBitsToDouble(b);
    }

    public static boolean neF64(long a, long b) {
        return Double.longBitsToDouble(a) < Double.longBitsToDouble(b) || Double.longBitsToDouble(a) > Double.longBitsToDouble(b);
    }

    public static boolean equF64(long a, long b) {
        return !neF64(a, b);
    }

    public static boolean neuF64(long a, long b) {
        return Double.longBitsToDouble(a) != Double.longBitsToDouble(b);
    }

    public static boolean ltuF64(long a, long b) {
        return !(Double.longBitsToDouble(a) >= Double.longBitsToDouble(b));
    }

    public static boolean leuF64(long a, long b) {
        return !(Double.longBitsToDouble(a) > Double.longBitsToDouble(b));
    }

    public static boolean gtuF64(long a, long b) {
        return !(Double.longBitsToDouble(a) <= Double.longBitsToDouble(b));
    }

    public static boolean geuF64(long a, long b) {
        return !(Double.longBitsToDouble(a) < Double.longBitsToDouble(b));
    }

    public static boolean numF64(long a, long b) {
        return Double.longBitsToDouble(a) == Double.longBitsToDouble(a) && Double.longBitsToDouble(b) == Double.longBitsToDouble(b);
    }

    public static boolean nanF64(long a, long b) {
        return !numF64(a, b);
    }

    public static boolean eqF16(int a, int b) {
        return HalfArithmetic.fromF16(a) == HalfArithmetic.fromF16(b);
    }

    public static boolean ltF16(int a, int b) {
        return HalfArithmetic.fromF16(a) < HalfArithmetic.fromF16(b);
    }

    public static boolean leF16(int a, int b) {
        return HalfArithmetic.fromF16(a) <= HalfArithmetic.fromF16(b);
    }

    public static boolean gtF16(int a, int b) {
        return HalfArithmetic.fromF16(a) > HalfArithmetic.fromF16(b);
    }

    public static boolean geF16(int a, int b) {
        return HalfArithmetic.fromF16(a) >= HalfArithmetic.fromF16(b);
    }

    public static boolean neF16(int a, int b) {
        return HalfArithmetic.fromF16(a) < HalfArithmetic.fromF16(b) || HalfArithmetic.fromF16(a) > HalfArithmetic.fromF16(b);
    }

    public static boolean equF16(int a, int b) {
        return !neF16(a, b);
    }

    public static boolean neuF16(int a, int b) {
        return HalfArithmetic.fromF16(a) != HalfArithmetic.fromF16(b);
    }

    public static boolean ltuF16(int a, int b) {
        return !(HalfArithmetic.fromF16(a) >= HalfArithmetic.fromF16(b));
    }

    public static boolean leuF16(int a, int b) {
        return !(HalfArithmetic.fromF16(a) > HalfArithmetic.fromF16(b));
    }

    public static boolean gtuF16(int a, int b) {
        return !(HalfArithmetic.fromF16(a) <= HalfArithmetic.fromF16(b));
    }

    public static boolean geuF16(int a, int b) {
        return !(HalfArithmetic.fromF16(a) < HalfArithmetic.fromF16(b));
    }

    public static boolean numF16(int a, int b) {
        return HalfArithmetic.fromF16(a) == HalfArithmetic.fromF16(a) && HalfArithmetic.fromF16(b) == HalfArithmetic.fromF16(b);
    }

    public static boolean nanF16(int a, int b) {
        return !numF16(a, b);
    }

    public static boolean eqBf16(int a, int b) {
        return HalfArithmetic.fromBf16(a) == HalfArithmetic.fromBf16(b);
    }

    public static boolean ltBf16(int a, int b) {
        return HalfArithmetic.fromBf16(a) < HalfArithmetic.fromBf16(b);
    }

    public static boolean leBf16(int a, int b) {
        return HalfArithmetic.fromBf16(a) <= HalfArithmetic.fromBf16(b);
    }

    public static boolean gtBf16(int a, int b) {
        return HalfArithmetic.fromBf16(a) > HalfArithmetic.fromBf16(b);
    }

    public static boolean geBf16(int a, int b) {
        return HalfArithmetic.fromBf16(a) >= HalfArithmetic.fromBf16(b);
    }

    public static boolean neBf16(int a, int b) {
        return HalfArithmetic.fromBf16(a) < HalfArithmetic.fromBf16(b) || HalfArithmetic.fromBf16(a) > HalfArithmetic.fromBf16(b);
    }

    public static boolean equBf16(int a, int b) {
        return !neBf16(a, b);
    }

    public static boolean neuBf16(int a, int b) {
        return HalfArithmetic.fromBf16(a) != HalfArithmetic.fromBf16(b);
    }

    public static boolean ltuBf16(int a, int b) {
        return !(HalfArithmetic.fromBf16(a) >= HalfArithmetic.fromBf16(b));
    }

    public static boolean leuBf16(int a, int b) {
        return !(HalfArithmetic.fromBf16(a) > HalfArithmetic.fromBf16(b));
    }

    public static boolean gtuBf16(int a, int b) {
        return !(HalfArithmetic.fromBf16(a) <= HalfArithmetic.fromBf16(b));
    }

    public static boolean geuBf16(int a, int b) {
        return !(HalfArithmetic.fromBf16(a) < HalfArithmetic.fromBf16(b));
    }

    public static boolean numBf16(int a, int b) {
        return HalfArithmetic.fromBf16(a) == HalfArithmetic.fromBf16(a) && HalfArithmetic.fromBf16(b) == HalfArithmetic.fromBf16(b);
    }

    public static boolean nanBf16(int a, int b) {
        return !numBf16(a, b);
    }
}
