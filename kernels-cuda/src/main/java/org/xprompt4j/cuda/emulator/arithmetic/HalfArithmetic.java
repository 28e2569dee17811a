package org.xprompt4j.cuda.emulator.arithmetic;

/**
 * float16 and bfloat16, single and packed in pairs (low half first). Sums and products are rounded once: they are exact in float64, or rounded to
 * odd there. NaN results are 0x7fff.
 */
public final class HalfArithmetic {
    private static final int NAN = 0x7fff;

    private HalfArithmetic() {
    }

    static float fromF16(int bits) {
        return Float.float16ToFloat((short) bits);
    }

    static float fromBf16(int bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    static int toF16(float value) {
        return value != value ? NAN : Float.floatToFloat16(value) & 0xffff;
    }

    static int toBf16(float value) {
        if (value != value) {
            return NAN;
        }
        int bits = Float.floatToRawIntBits(value);
        return bits + 0x7fff + (bits >>> 16 & 1) >>> 16;
    }

    static int pair(int low, int high) {
        return low & 0xffff | high << 16;
    }

    private static int fusedF16(int a, int b, int c) {
        return Rounding.toNarrow(Rounding.addToOdd((double) fromF16(a) * fromF16(b), fromF16(c)), 10, 5, Rounding.NEAREST);
    }

    private static int fusedBf16(int a, int b, int c) {
        return Rounding.toNarrow(Rounding.addToOdd((double) fromBf16(a) * fromBf16(b), fromBf16(c)), 7, 8, Rounding.NEAREST);
    }

    public static int addF16(int a, int b) {
        return toF16(fromF16(a) + fromF16(b));
    }

    public static int addF16x2(int a, int b) {
        return pair(addF16(a, b), addF16(a >>> 16, b >>> 16));
    }

    public static int subF16(int a, int b) {
        return toF16(fromF16(a) - fromF16(b));
    }

    public static int subF16x2(int a, int b) {
        return pair(subF16(a, b), subF16(a >>> 16, b >>> 16));
    }

    public static int mulF16(int a, int b) {
        return toF16(fromF16(a) * fromF16(b));
    }

    public static int mulF16x2(int a, int b) {
        return pair(mulF16(a, b), mulF16(a >>> 16, b >>> 16));
    }

    public static int fmaF16(int a, int b, int c) {
        return fusedF16(a, b, c);
    }

    public static int fmaF16x2(int a, int b, int c) {
        return pair(fmaF16(a, b, c), fmaF16(a >>> 16, b >>> 16, c >>> 16));
    }

    public static int negF16(int a) {
        return a & 0xffff ^ 0x8000;
    }

    public static int negF16x2(int a) {
        return pair(negF16(a), negF16(a >>> 16));
    }

    public static int absF16(int a) {
        return a & 0x7fff;
    }

    public static int absF16x2(int a) {
        return pair(absF16(a), absF16(a >>> 16));
    }

    public static int minF16(int a, int b) {
        return fromF16(a) != fromF16(a) ? fromF16(b) != fromF16(b) ? NAN : b & 0xffff : fromF16(b) != fromF16(b) ? a & 0xffff : toF16(Math.min(fromF16(a), fromF16(b)));
    }

    public static int minF16x2(int a, int b) {
        return pair(minF16(a, b), minF16(a >>> 16, b >>> 16));
    }

    public static int minNanF16(int a, int b) {
        return toF16(Math.min(fromF16(a), fromF16(b)));
    }

    public static int minNanF16x2(int a, int b) {
        return pair(minNanF16(a, b), minNanF16(a >>> 16, b >>> 16));
    }

    public static int maxF16(int a, int b) {
        return fromF16(a) != fromF16(a) ? fromF16(b) != fromF16(b) ? NAN : b & 0xffff : fromF16(b) != fromF16(b) ? a & 0xffff : toF16(Math.max(fromF16(a), fromF16(b)));
    }

    public static int maxF16x2(int a, int b) {
        return pair(maxF16(a, b), maxF16(a >>> 16, b >>> 16));
    }

    public static int maxNanF16(int a, int b) {
        return toF16(Math.max(fromF16(a), fromF16(b)));
    }

    public static int maxNanF16x2(int a, int b) {
        return pair(maxNanF16(a, b), maxNanF16(a >>> 16, b >>> 16));
    }

    public static int reluF16(int a) {
        return fromF16(a) != fromF16(a) ? NAN : (a & 0x8000) != 0 ? 0 : a & 0xffff;
    }

    public static int reluF16x2(int a) {
        return pair(reluF16(a), reluF16(a >>> 16));
    }

    public static int ex2F16(int a) {
        return toF16((float) Math.exp(fromF16(a) * 0.6931471805599453));
    }

    public static int ex2F16x2(int a) {
        return pair(ex2F16(a), ex2F16(a >>> 16));
    }

    public static int tanhF16(int a) {
        return toF16((float) Math.tanh(fromF16(a)));
    }

    public static int tanhF16x2(int a) {
        return pair(tanhF16(a), tanhF16(a >>> 16));
    }

    public static int addBf16(int a, int b) {
        return Rounding.toNarrow(Rounding.addToOdd(fromBf16(a), (double) fromBf16(b)), 7, 8, Rounding.NEAREST);
    }

    public static int addBf16x2(int a, int b) {
        return pair(addBf16(a, b), addBf16(a >>> 16, b >>> 16));
    }

    public static int subBf16(int a, int b) {
        return Rounding.toNarrow(Rounding.addToOdd(fromBf16(a), -(double) fromBf16(b)), 7, 8, Rounding.NEAREST);
    }

    public static int subBf16x2(int a, int b) {
        return pair(subBf16(a, b), subBf16(a >>> 16, b >>> 16));
    }

    public static int mulBf16(int a, int b) {
        return toBf16(fromBf16(a) * fromBf16(b));
    }

    public static int mulBf16x2(int a, int b) {
        return pair(mulBf16(a, b), mulBf16(a >>> 16, b >>> 16));
    }

    public static int fmaBf16(int a, int b, int c) {
        return fusedBf16(a, b, c);
    }

    public static int fmaBf16x2(int a, int b, int c) {
        return pair(fmaBf16(a, b, c), fmaBf16(a >>> 16, b >>> 16, c >>> 16));
    }

    public static int negBf16(int a) {
        return a & 0xffff ^ 0x8000;
    }

    public static int negBf16x2(int a) {
        return pair(negBf16(a), negBf16(a >>> 16));
    }

    public static int absBf16(int a) {
        return a & 0x7fff;
    }

    public static int absBf16x2(int a) {
        return pair(absBf16(a), absBf16(a >>> 16));
    }

    public static int minBf16(int a, int b) {
        return fromBf16(a) != fromBf16(a) ? fromBf16(b) != fromBf16(b) ? NAN : b & 0xffff : fromBf16(b) != fromBf16(b) ? a & 0xffff : toBf16(Math.min(fromBf16(a), fromBf16(b)));
    }

    public static int minBf16x2(int a, int b) {
        return pair(minBf16(a, b), minBf16(a >>> 16, b >>> 16));
    }

    public static int minNanBf16(int a, int b) {
        return toBf16(Math.min(fromBf16(a), fromBf16(b)));
    }

    public static int minNanBf16x2(int a, int b) {
        return pair(minNanBf16(a, b), minNanBf16(a >>> 16, b >>> 16));
    }

    public static int maxBf16(int a, int b) {
        return fromBf16(a) != fromBf16(a) ? fromBf16(b) != fromBf16(b) ? NAN : b & 0xffff : fromBf16(b) != fromBf16(b) ? a & 0xffff : toBf16(Math.max(fromBf16(a), fromBf16(b)));
    }

    public static int maxBf16x2(int a, int b) {
        return pair(maxBf16(a, b), maxBf16(a >>> 16, b >>> 16));
    }

    public static int maxNanBf16(int a, int b) {
        return toBf16(Math.max(fromBf16(a), fromBf16(b)));
    }

    public static int maxNanBf16x2(int a, int b) {
        return pair(maxNanBf16(a, b), maxNanBf16(a >>> 16, b >>> 16));
    }

    public static int reluBf16(int a) {
        return fromBf16(a) != fromBf16(a) ? NAN : (a & 0x8000) != 0 ? 0 : a & 0xffff;
    }

    public static int reluBf16x2(int a) {
        return pair(reluBf16(a), reluBf16(a >>> 16));
    }

    public static int ex2Bf16(int a) {
        return toBf16((float) Math.exp(fromBf16(a) * 0.6931471805599453));
    }

    public static int ex2Bf16x2(int a) {
        return pair(ex2Bf16(a), ex2Bf16(a >>> 16));
    }

    public static int tanhBf16(int a) {
        return toBf16((float) Math.tanh(fromBf16(a)));
    }

    public static int tanhBf16x2(int a) {
        return pair(tanhBf16(a), tanhBf16(a >>> 16));
    }

    public static int satF16(int a) {
        return fromF16(a) > 0 ? fromF16(a) < 1 ? a & 0xffff : 0x3c00 : 0;
    }

    public static int satF16x2(int a) {
        return pair(satF16(a), satF16(a >>> 16));
    }

    public static int ftzF16(int a) {
        return (a & 0x7c00) == 0 ? a & 0x8000 : a & 0xffff;
    }

    public static int ftzF16x2(int a) {
        return pair(ftzF16(a), ftzF16(a >>> 16));
    }
}
