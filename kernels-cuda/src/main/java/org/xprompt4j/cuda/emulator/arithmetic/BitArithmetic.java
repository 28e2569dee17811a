package org.xprompt4j.cuda.emulator.arithmetic;

/** Logic, shifts, fields of bits and permutations of bytes. Shift amounts are unsigned and, except for wrapping funnel shifts, clamp at the width. */
public final class BitArithmetic {
    private BitArithmetic() {
    }

    public static int and32(int a, int b) {
        return a & b;
    }

    public static long and64(long a, long b) {
        return a & b;
    }

    public static int or32(int a, int b) {
        return a | b;
    }

    public static long or64(long a, long b) {
        return a | b;
    }

    public static int xor32(int a, int b) {
        return a ^ b;
    }

    public static long xor64(long a, long b) {
        return a ^ b;
    }

    public static int not16(int a) {
        return ~a & 0xffff;
    }

    public static int not32(int a) {
        return ~a;
    }

    public static long not64(long a) {
        return ~a;
    }

    public static int cnot32(int a) {
        return a == 0 ? 1 : 0;
    }

    public static long cnot64(long a) {
        return a == 0 ? 1 : 0;
    }

    private static boolean beyond(int amount, int width) {
        return Integer.compareUnsigned(amount, width) >= 0;
    }

    public static int shl16(int a, int n) {
        return beyond(n, 16) ? 0 : a << n & 0xffff;
    }

    public static int shl32(int a, int n) {
        return beyond(n, 32) ? 0 : a << n;
    }

    public static long shl64(long a, int n) {
        return beyond(n, 64) ? 0 : a << n;
    }

    public static int shrS16(int a, int n) {
        return (short) a >> (beyond(n, 16) ? 15 : n) & 0xffff;
    }

    public static int shrU16(int a, int n) {
        return beyond(n, 16) ? 0 : (a & 0xffff) >>> n;
    }

    public static int shrS32(int a, int n) {
        return a >> (beyond(n, 32) ? 31 : n);
    }

    public static int shrU32(int a, int n) {
        return beyond(n, 32) ? 0 : a >>> n;
    }

    public static long shrS64(long a, int n) {
        return a >> (beyond(n, 64) ? 63 : n);
    }

    public static long shrU64(long a, int n) {
        return beyond(n, 64) ? 0 : a >>> n;
    }

    private static long join(int low, int high) {
        return (long) high << 32 | low & 0xffffffffL;
    }

    /** Upper word of (b:a) shifted left. */
    public static int shfLWrap(int a, int b, int n) {
        return (int) (join(a, b) << (n & 31) >>> 32);
    }

    public static int shfLClamp(int a, int b, int n) {
        return beyond(n, 32) ? a : (int) (join(a, b) << n >>> 32);
    }

    /** Lower word of (b:a) shifted right. */
    public static int shfRWrap(int a, int b, int n) {
        return (int) (join(a, b) >>> (n & 31));
    }

    public static int shfRClamp(int a, int b, int n) {
        return beyond(n, 32) ? b : (int) (join(a, b) >>> n);
    }

    public static int popc32(int a) {
        return Integer.bitCount(a);
    }

    public static int popc64(long a) {
        return Long.bitCount(a);
    }

    public static int clz32(int a) {
        return Integer.numberOfLeadingZeros(a);
    }

    public static int clz64(long a) {
        return Long.numberOfLeadingZeros(a);
    }

    public static int brev32(int a) {
        return Integer.reverse(a);
    }

    public static long brev64(long a) {
        return Long.reverse(a);
    }

    /** Position of the highest bit set; -1 without one. */
    public static int bfindU32(int a) {
        return 31 - Integer.numberOfLeadingZeros(a);
    }

    /** Position of the highest bit that differs from the sign. */
    public static int bfindS32(int a) {
        return bfindU32(a < 0 ? ~a : a);
    }

    public static int bfindU64(long a) {
        return 63 - Long.numberOfLeadingZeros(a);
    }

    public static int bfindS64(long a) {
        return bfindU64(a < 0 ? ~a : a);
    }

    public static int bfindShiftU32(int a) {
        return a == 0 ? -1 : Integer.numberOfLeadingZeros(a);
    }

    public static int bfindShiftS32(int a) {
        return bfindShiftU32(a < 0 ? ~a : a);
    }

    public static int bfindShiftU64(long a) {
        return a == 0 ? -1 : Long.numberOfLeadingZeros(a);
    }

    public static int bfindShiftS64(long a) {
        return bfindShiftU64(a < 0 ? ~a : a);
    }

    /** A mask of {@code length} bits from a position up, both clamped to 32. */
    public static int bmskClamp(int position, int length) {
        long from = Math.min(Integer.toUnsignedLong(position), 32);
        long bits = Math.min(Integer.toUnsignedLong(length), 32);
        return (int) ((1L << bits) - 1 << from);
    }

    /** The same with both taken modulo 32. */
    public static int bmskWrap(int position, int length) {
        return (1 << (length & 31)) - 1 << (position & 31);
    }

    public static int bfeU32(int a, int position, int length) {
        return (int) bfeU64(a & 0xffffffffL, position, length);
    }

    public static int bfeS32(int a, int position, int length) {
        int pos = position & 255;
        int len = length & 255;
        if (len == 0) {
            return 0;
        }
        int top = Math.min(pos + len - 1, 31);
        return pos > 31 ? a >> 31 : a << 31 - top >> 31 - top + pos;
    }

    public static long bfeU64(long a, int position, int length) {
        int pos = position & 255;
        int len = length & 255;
        if (len == 0 || pos > 63) {
            return 0;
        }
        long field = a >>> pos;
        return len > 63 ? field : field & (1L << len) - 1;
    }

    public static long bfeS64(long a, int position, int length) {
        int pos = position & 255;
        int len = length & 255;
        if (len == 0) {
            return 0;
        }
        int top = Math.min(pos + len - 1, 63);
        return pos > 63 ? a >> 63 : a << 63 - top >> 63 - top + pos;
    }

    /** Low {@code length} bits of a put into b at {@code position}. */
    public static int bfi32(int a, int b, int position, int length) {
        return (int) bfi64(a & 0xffffffffL, b & 0xffffffffL, position, length);
    }

    public static long bfi64(long a, long b, int position, int length) {
        int pos = position & 255;
        int len = length & 255;
        if (len == 0 || pos > 63) {
            return b;
        }
        long field = (len > 63 ? -1L : (1L << len) - 1) << pos;
        return b & ~field | a << pos & field;
    }

    public static int lop3(int a, int b, int c, int table) {
        int result = 0;
        for (int i = 0; i < 8; i++) {
            if ((table >> i & 1) != 0) {
                result |= ((i & 4) != 0 ? a : ~a) & ((i & 2) != 0 ? b : ~b) & ((i & 1) != 0 ? c : ~c);
            }
        }
        return result;
    }

    /** Four bytes picked from (b:a), one nibble of the selector each; its top bit copies the byte's sign. */
    public static int prmt(int a, int b, int selector) {
        long bytes = join(a, b);
        int result = 0;
        for (int i = 0; i < 4; i++) {
            int nibble = selector >>> 4 * i & 15;
            int picked = (int) (bytes >>> 8 * (nibble & 7)) & 255;
            result |= ((nibble & 8) == 0 ? picked : (byte) picked >> 7 & 255) << 8 * i;
        }
        return result;
    }

    private static int pick(int a, int b, int s0, int s1, int s2, int s3) {
        return prmt(a, b, s0 & 7 | (s1 & 7) << 4 | (s2 & 7) << 8 | (s3 & 7) << 12);
    }

    public static int prmtF4e(int a, int b, int selector) {
        int s = selector & 3;
        return pick(a, b, s, s + 1, s + 2, s + 3);
    }

    public static int prmtB4e(int a, int b, int selector) {
        int s = selector & 3;
        return pick(a, b, s, s - 1, s - 2, s - 3);
    }

    public static int prmtRc8(int a, int b, int selector) {
        int s = selector & 3;
        return pick(a, b, s, s, s, s);
    }

    public static int prmtEcl(int a, int b, int selector) {
        int s = selector & 3;
        return pick(a, b, s, Math.max(s, 1), Math.max(s, 2), 3);
    }

    public static int prmtEcr(int a, int b, int selector) {
        int s = selector & 3;
        return pick(a, b, 0, Math.min(s, 1), Math.min(s, 2), s);
    }

    public static int prmtRc16(int a, int b, int selector) {
        int s = 2 * (selector & 1);
        return pick(a, b, s, s + 1, s, s + 1);
    }

    public static int sel32(int a, int b, boolean p) {
        return p ? a : b;
    }

    public static long sel64(long a, long b, boolean p) {
        return p ? a : b;
    }

    public static int move32(int a) {
        return a;
    }

    public static long move64(long a) {
        return a;
    }

    public static int low16(int a) {
        return a & 0xffff;
    }

    public static int high16(int a) {
        return a >>> 16;
    }

    public static int low32(long a) {
        return (int) a;
    }

    public static int high32(long a) {
        return (int) (a >>> 32);
    }

    public static int pack16(int low, int high) {
        return low & 0xffff | high << 16;
    }

    public static int pack8(int b0, int b1, int b2, int b3) {
        return b0 & 255 | (b1 & 255) << 8 | (b2 & 255) << 16 | b3 << 24;
    }

    public static int pack8x2(int b0, int b1) {
        return b0 & 255 | (b1 & 255) << 8;
    }

    public static long pack32(int low, int high) {
        return join(low, high);
    }

    public static long pack16x4(int h0, int h1, int h2, int h3) {
        return join(pack16(h0, h1), pack16(h2, h3));
    }

    public static int part16(long a, int index) {
        return (int) (a >>> 16 * index) & 0xffff;
    }

    public static int part8(int a, int index) {
        return a >>> 8 * index & 255;
    }
}
