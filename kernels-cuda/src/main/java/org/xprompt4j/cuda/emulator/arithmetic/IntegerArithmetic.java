package org.xprompt4j.cuda.emulator.arithmetic;

/** Integer addition, multiplication, division, minimum and maximum of 16, 32 and 64 bits. Division by zero gives all ones, as the hardware does. */
public final class IntegerArithmetic {
    private IntegerArithmetic() {
    }

    private static int n16(int value) {
        return value & 0xffff;
    }

    public static int add16(int a, int b) {
        return n16(a + b);
    }

    public static int add32(int a, int b) {
        return a + b;
    }

    public static long add64(long a, long b) {
        return a + b;
    }

    public static int sub16(int a, int b) {
        return n16(a - b);
    }

    public static int sub32(int a, int b) {
        return a - b;
    }

    public static long sub64(long a, long b) {
        return a - b;
    }

    private static int clamp(long value) {
        return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, value));
    }

    public static int addSatS32(int a, int b) {
        return clamp((long) a + b);
    }

    public static int subSatS32(int a, int b) {
        return clamp((long) a - b);
    }

    public static int madHiSatS32(int a, int b, int c) {
        return clamp(((long) a * b >> 32) + c);
    }

    public static int mulLo16(int a, int b) {
        return n16(a * b);
    }

    public static int mulLo32(int a, int b) {
        return a * b;
    }

    public static long mulLo64(long a, long b) {
        return a * b;
    }

    public static int mulHiS16(int a, int b) {
        return n16((short) a * (short) b >> 16);
    }

    public static int mulHiU16(int a, int b) {
        return n16(a) * n16(b) >>> 16;
    }

    public static int mulHiS32(int a, int b) {
        return (int) ((long) a * b >> 32);
    }

    public static int mulHiU32(int a, int b) {
        return (int) ((a & 0xffffffffL) * (b & 0xffffffffL) >>> 32);
    }

    public static long mulHiS64(long a, long b) {
        return Math.multiplyHigh(a, b);
    }

    public static long mulHiU64(long a, long b) {
        return Math.unsignedMultiplyHigh(a, b);
    }

    public static int mulWideS16(int a, int b) {
        return (short) a * (short) b;
    }

    public static int mulWideU16(int a, int b) {
        return n16(a) * n16(b);
    }

    public static long mulWideS32(int a, int b) {
        return (long) a * b;
    }

    public static long mulWideU32(int a, int b) {
        return (a & 0xffffffffL) * (b & 0xffffffffL);
    }

    public static int madLo16(int a, int b, int c) {
        return n16(a * b + c);
    }

    public static int madLo32(int a, int b, int c) {
        return a * b + c;
    }

    public static long madLo64(long a, long b, long c) {
        return a * b + c;
    }

    public static int madHiS16(int a, int b, int c) {
        return n16(mulHiS16(a, b) + c);
    }

    public static int madHiU16(int a, int b, int c) {
        return n16(mulHiU16(a, b) + c);
    }

    public static int madHiS32(int a, int b, int c) {
        return mulHiS32(a, b) + c;
    }

    public static int madHiU32(int a, int b, int c) {
        return mulHiU32(a, b) + c;
    }

    public static long madHiS64(long a, long b, long c) {
        return Math.multiplyHigh(a, b) + c;
    }

    public static long madHiU64(long a, long b, long c) {
        return Math.unsignedMultiplyHigh(a, b) + c;
    }

    public static int madWideS16(int a, int b, int c) {
        return mulWideS16(a, b) + c;
    }

    public static int madWideU16(int a, int b, int c) {
        return mulWideU16(a, b) + c;
    }

    public static long madWideS32(int a, int b, long c) {
        return mulWideS32(a, b) + c;
    }

    public static long madWideU32(int a, int b, long c) {
        return mulWideU32(a, b) + c;
    }

    private static int s24(int a) {
        return a << 8 >> 8;
    }

    private static int u24(int a) {
        return a & 0xffffff;
    }

    public static int mul24LoS32(int a, int b) {
        return s24(a) * s24(b);
    }

    public static int mul24LoU32(int a, int b) {
        return u24(a) * u24(b);
    }

    public static int mul24HiS32(int a, int b) {
        return (int) ((long) s24(a) * s24(b) >> 16);
    }

    public static int mul24HiU32(int a, int b) {
        return (int) ((long) u24(a) * u24(b) >>> 16);
    }

    public static int divS16(int a, int b) {
        return (short) b == 0 ? 0xffff : n16((short) a / (short) b);
    }

    public static int divU16(int a, int b) {
        return n16(b) == 0 ? 0xffff : n16(a) / n16(b);
    }

    public static int divS32(int a, int b) {
        return b == 0 ? -1 : a / b;
    }

    public static int divU32(int a, int b) {
        return b == 0 ? -1 : Integer.divideUnsigned(a, b);
    }

    public static long divS64(long a, long b) {
        return b == 0 ? -1 : a / b;
    }

    public static long divU64(long a, long b) {
        return b == 0 ? -1 : Long.divideUnsigned(a, b);
    }

    public static int remS16(int a, int b) {
        return (short) b == 0 ? n16(a) : n16((short) a % (short) b);
    }

    public static int remU16(int a, int b) {
        return n16(b) == 0 ? n16(a) : n16(a) % n16(b);
    }

    public static int remS32(int a, int b) {
        return b == 0 ? a : a % b;
    }

    public static int remU32(int a, int b) {
        return b == 0 ? a : Integer.remainderUnsigned(a, b);
    }

    public static long remS64(long a, long b) {
        return b == 0 ? a : a % b;
    }

    public static long remU64(long a, long b) {
        return b == 0 ? a : Long.remainderUnsigned(a, b);
    }

    public static int abs16(int a) {
        return n16(Math.abs((short) a));
    }

    public static int abs32(int a) {
        return Math.abs(a);
    }

    public static long abs64(long a) {
        return Math.abs(a);
    }

    public static int neg16(int a) {
        return n16(-a);
    }

    public static int neg32(int a) {
        return -a;
    }

    public static long neg64(long a) {
        return -a;
    }

    public static int minS16(int a, int b) {
        return n16(Math.min((short) a, (short) b));
    }

    public static int minU16(int a, int b) {
        return Math.min(n16(a), n16(b));
    }

    public static int minS32(int a, int b) {
        return Math.min(a, b);
    }

    public static int minU32(int a, int b) {
        return Integer.compareUnsigned(a, b) < 0 ? a : b;
    }

    public static long minS64(long a, long b) {
        return Math.min(a, b);
    }

    public static long minU64(long a, long b) {
        return Long.compareUnsigned(a, b) < 0 ? a : b;
    }

    public static int maxS16(int a, int b) {
        return n16(Math.max((short) a, (short) b));
    }

    public static int maxU16(int a, int b) {
        return Math.max(n16(a), n16(b));
    }

    public static int maxS32(int a, int b) {
        return Math.max(a, b);
    }

    public static int maxU32(int a, int b) {
        return Integer.compareUnsigned(a, b) > 0 ? a : b;
    }

    public static long maxS64(long a, long b) {
        return Math.max(a, b);
    }

    public static long maxU64(long a, long b) {
        return Long.compareUnsigned(a, b) > 0 ? a : b;
    }

    public static int sadS16(int a, int b, int c) {
        return n16(c + Math.abs((short) a - (short) b));
    }

    public static int sadU16(int a, int b, int c) {
        return n16(c + Math.abs(n16(a) - n16(b)));
    }

    public static int sadS32(int a, int b, int c) {
        return c + (a < b ? b - a : a - b);
    }

    public static int sadU32(int a, int b, int c) {
        return c + (Integer.compareUnsigned(a, b) < 0 ? b - a : a - b);
    }

    public static long sadS64(long a, long b, long c) {
        return c + (a < b ? b - a : a - b);
    }

    public static long sadU64(long a, long b, long c) {
        return c + (Long.compareUnsigned(a, b) < 0 ? b - a : a - b);
    }

    public static boolean addCarry32(int a, int b, boolean carry) {
        return (a & 0xffffffffL) + (b & 0xffffffffL) + (carry ? 1 : 0) >>> 32 != 0;
    }

    public static int addc32(int a, int b, boolean carry) {
        return a + b + (carry ? 1 : 0);
    }

    /** The carry of a subtraction is its borrow. */
    public static boolean subBorrow32(int a, int b, boolean borrow) {
        return (a & 0xffffffffL) - (b & 0xffffffffL) - (borrow ? 1 : 0) < 0;
    }

    public static int subc32(int a, int b, boolean borrow) {
        return a - b - (borrow ? 1 : 0);
    }

    public static boolean addCarry64(long a, long b, boolean carry) {
        long sum = a + b;
        return Long.compareUnsigned(sum, a) < 0 || carry && sum == -1;
    }

    public static long addc64(long a, long b, boolean carry) {
        return a + b + (carry ? 1 : 0);
    }

    public static boolean subBorrow64(long a, long b, boolean borrow) {
        return Long.compareUnsigned(a, b) < 0 || borrow && a == b;
    }

    public static long subc64(long a, long b, boolean borrow) {
        return a - b - (borrow ? 1 : 0);
    }

    private static int byteOf(int word, int i, boolean signed) {
        return signed ? (byte) (word >> 8 * i) : word >>> 8 * i & 255;
    }

    private static int dp4a(int a, int b, int c, boolean signedA, boolean signedB) {
        int sum = c;
        for (int i = 0; i < 4; i++) {
            sum += byteOf(a, i, signedA) * byteOf(b, i, signedB);
        }
        return sum;
    }

    public static int dp4aS32S32(int a, int b, int c) {
        return dp4a(a, b, c, true, true);
    }

    public static int dp4aS32U32(int a, int b, int c) {
        return dp4a(a, b, c, true, false);
    }

    public static int dp4aU32S32(int a, int b, int c) {
        return dp4a(a, b, c, false, true);
    }

    public static int dp4aU32U32(int a, int b, int c) {
        return dp4a(a, b, c, false, false);
    }

    private static int dp2a(int a, int b, int c, boolean signedA, boolean signedB, int first) {
        int low = signedA ? (short) a : n16(a);
        int high = signedA ? a >> 16 : a >>> 16;
        return c + low * byteOf(b, first, signedB) + high * byteOf(b, first + 1, signedB);
    }

    public static int dp2aLoS32S32(int a, int b, int c) {
        return dp2a(a, b, c, true, true, 0);
    }

    public static int dp2aHiS32S32(int a, int b, int c) {
        return dp2a(a, b, c, true, true, 2);
    }

    public static int dp2aLoU32U32(int a, int b, int c) {
        return dp2a(a, b, c, false, false, 0);
    }

    public static int dp2aHiU32U32(int a, int b, int c) {
        return dp2a(a, b, c, false, false, 2);
    }
}
