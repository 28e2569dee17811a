package org.xprompt4j.cuda.emulator;

import java.util.List;

import org.xprompt4j.cuda.emulator.RegisterFile.Slot;

/**
 * {@code mma.sync}: D = A x B + C for the 32 lanes together, m16n8 with k 4, 8 or 16 of f16, bf16 and tf32, k 16 and 32 of int8.
 * Products of floats are exact; each accumulator adds them one after another in float32, so results lie within the rounding of k sums of the
 * hardware's, whose order the ISA leaves open.
 *
 * <p>With g = lane / 4 and t = lane mod 4, and p elements in a register: A's registers hold rows g and g + 8, B's column g, accumulators rows g
 * and g + 8 of columns 2t and 2t + 1.
 */
final class MatrixMultiply extends Instruction {
    /** How the elements of A and B are read from a register. */
    enum Element {
        F16(2), BF16(2), TF32(1), S8(4), U8(4);

        final int perRegister;

        Element(int perRegister) {
            this.perRegister = perRegister;
        }
    }

    private final Element elementA;
    private final Element elementB;
    private final int k;
    private final boolean halfAccumulator;
    private final boolean saturate;
    private final int[] d;
    private final int[] a;
    private final int[] b;
    private final int[] c;
    // Scratch of one warp instruction: A and B as reals, the accumulator as reals or integers.
    private final float[] matrixA; // [16, k]
    private final float[] matrixB; // [k, 8]
    private final float[] unpacked = new float[128]; // [32, elements of a register]
    private final float[] sums = new float[128]; // [16, 8]
    private final int[] counts = new int[128]; // [16, 8]

    private MatrixMultiply(Element elementA, Element elementB, int k, boolean halfAccumulator, boolean saturate, Slot[] d, Slot[] a, Slot[] b, Slot[] c) {
        this.elementA = elementA;
        this.elementB = elementB;
        this.k = k;
        this.halfAccumulator = halfAccumulator;
        this.saturate = saturate;
        this.d = rows(d);
        this.a = rows(a);
        this.b = rows(b);
        this.c = rows(c);
        this.matrixA = new float[16 * k];
        this.matrixB = new float[8 * k];
    }

    private static int[] rows(Slot[] slots) {
        return java.util.Arrays.stream(slots).mapToInt(Slot::row).toArray();
    }

    /** The instruction that suffixes name, or null if there is none such. */
    static MatrixMultiply of(List<String> suffixes, Slot[] d, Slot[] a, Slot[] b, Slot[] c) {
        String shape = suffixes.stream().filter(suffix -> suffix.matches("m16n8k\\d+")).findFirst().orElse(null);
        List<String> types = suffixes.stream().filter(suffix -> suffix.matches("f16|bf16|tf32|f32|s8|u8|s32")).toList();
        if (shape == null || types.size() != 4 || !suffixes.contains("row") || !suffixes.contains("col")) {
            return null;
        }
        Element elementA = element(types.get(1));
        Element elementB = element(types.get(2));
        int k = Integer.parseInt(shape.substring(6));
        if (elementA == null || elementB == null || elementA.perRegister != elementB.perRegister) {
            return null;
        }
        boolean half = types.get(0).equals("f16");
        int accumulators = half ? 2 : 4;
        int registersB = k / (4 * elementA.perRegister);
        boolean fits = registersB >= 1 && a.length == 2 * registersB && b.length == registersB && d.length == accumulators && c.length == accumulators
                && types.get(0).equals(types.get(3));
        return fits ? new MatrixMultiply(elementA, elementB, k, half, suffixes.contains("satfinite"), d, a, b, c) : null;
    }

    private static Element element(String type) {
        return switch (type) {
            case "f16" -> Element.F16;
            case "bf16" -> Element.BF16;
            case "tf32" -> Element.TF32;
            case "s8" -> Element.S8;
            case "u8" -> Element.U8;
            default -> null;
        };
    }

    @Override
    void execute(Warp warp, int mask) {
        if (mask != -1) {
            throw warp.fault(PtxFault.Kind.WARP_MEMBERS, source, Integer.numberOfTrailingZeros(mask), 0, null, "needs all lanes of the warp, has "
                    + Warp.lanes(mask));
        }
        gather(warp.ints);
        if (elementA == Element.S8 || elementA == Element.U8) {
            integers(warp.ints);
        } else {
            floats(warp.ints);
        }
    }

    private void gather(int[] ints) {
        for (int r = 0; r < a.length; r++) {
            unpack(elementA, ints, a[r], unpacked);
            int p = elementA.perRegister;
            int base = 8 * (r & 1) * k + (r >> 1) * 4 * p;
            for (int g = 0; g < 8; g++) {
                System.arraycopy(unpacked, 4 * p * g, matrixA, base + g * k, 4 * p);
            }
        }
        for (int r = 0; r < b.length; r++) {
            unpack(elementB, ints, b[r], unpacked);
            int wide = 4 * elementB.perRegister;
            for (int g = 0; g < 8; g++) {
                for (int i = 0; i < wide; i++) {
                    matrixB[8 * (r * wide + i) + g] = unpacked[wide * g + i];
                }
            }
        }
    }

    /** The elements of one register of all lanes, in order. */
    private static void unpack(Element element, int[] ints, int row, float[] to) {
        switch (element) {
            case BF16 -> {
                for (int lane = 0; lane < 32; lane++) {
                    int bits = ints[row + lane];
                    to[2 * lane] = Float.intBitsToFloat(bits << 16);
                    to[2 * lane + 1] = Float.intBitsToFloat(bits & 0xffff0000);
                }
            }
            case F16 -> {
                for (int lane = 0; lane < 32; lane++) {
                    int bits = ints[row + lane];
                    to[2 * lane] = Float.float16ToFloat((short) bits);
                    to[2 * lane + 1] = Float.float16ToFloat((short) (bits >>> 16));
                }
            }
            case TF32 -> {
                for (int lane = 0; lane < 32; lane++) {
                    to[lane] = Float.intBitsToFloat(ints[row + lane] & 0xffffe000);
                }
            }
            case S8, U8 -> {
                for (int i = 0; i < 128; i++) {
                    int bits = ints[row + (i >> 2)] >>> 8 * (i & 3);
                    to[i] = element == Element.S8 ? (byte) bits : bits & 255;
                }
            }
        }
    }

    private void floats(int[] ints) {
        for (int lane = 0; lane < 32; lane++) {
            int at = 8 * (lane >> 2) + 2 * (lane & 3);
            for (int r = 0; r < 2; r++) {
                if (halfAccumulator) {
                    sums[at + 64 * r] = Float.float16ToFloat((short) ints[c[r] + lane]);
                    sums[at + 64 * r + 1] = Float.float16ToFloat((short) (ints[c[r] + lane] >>> 16));
                } else {
                    sums[at + 64 * r] = Float.intBitsToFloat(ints[c[2 * r] + lane]);
                    sums[at + 64 * r + 1] = Float.intBitsToFloat(ints[c[2 * r + 1] + lane]);
                }
            }
        }
        multiply(matrixA, matrixB, sums, k);
        for (int lane = 0; lane < 32; lane++) {
            int at = 8 * (lane >> 2) + 2 * (lane & 3);
            for (int r = 0; r < 2; r++) {
                if (halfAccumulator) {
                    ints[d[r] + lane] = Float.floatToFloat16(sums[at + 64 * r]) & 0xffff | Float.floatToFloat16(sums[at + 64 * r + 1]) << 16;
                } else {
                    ints[d[2 * r] + lane] = bits(sums[at + 64 * r]);
                    ints[d[2 * r + 1] + lane] = bits(sums[at + 64 * r + 1]);
                }
            }
        }
    }

    private static int bits(float value) {
        return value == value ? Float.floatToRawIntBits(value) : 0x7fffffff;
    }

    /** sums [16, 8] += a [16, k] x b [k, 8]; eight accumulators a row stay in registers. */
    private static void multiply(float[] a, float[] b, float[] sums, int k) {
        for (int i = 0; i < 16; i++) {
            int row = 8 * i;
            float s0 = sums[row];
            float s1 = sums[row + 1];
            float s2 = sums[row + 2];
            float s3 = sums[row + 3];
            float s4 = sums[row + 4];
            float s5 = sums[row + 5];
            float s6 = sums[row + 6];
            float s7 = sums[row + 7];
            for (int l = 0; l < k; l++) {
                float x = a[i * k + l];
                int at = 8 * l;
                s0 = Math.fma(x, b[at], s0);
                s1 = Math.fma(x, b[at + 1], s1);
                s2 = Math.fma(x, b[at + 2], s2);
                s3 = Math.fma(x, b[at + 3], s3);
                s4 = Math.fma(x, b[at + 4], s4);
                s5 = Math.fma(x, b[at + 5], s5);
                s6 = Math.fma(x, b[at + 6], s6);
                s7 = Math.fma(x, b[at + 7], s7);
            }
            sums[row] = s0;
            sums[row + 1] = s1;
            sums[row + 2] = s2;
            sums[row + 3] = s3;
            sums[row + 4] = s4;
            sums[row + 5] = s5;
            sums[row + 6] = s6;
            sums[row + 7] = s7;
        }
    }

    private void integers(int[] ints) {
        for (int i = 0; i < 16; i++) {
            for (int j = 0; j < 8; j++) {
                int sum = 0;
                for (int l = 0; l < k; l++) {
                    sum += (int) matrixA[i * k + l] * (int) matrixB[8 * l + j];
                }
                counts[8 * i + j] = sum;
            }
        }
        for (int lane = 0; lane < 32; lane++) {
            int at = 8 * (lane >> 2) + 2 * (lane & 3);
            for (int r = 0; r < 4; r++) {
                long sum = (long) counts[at + 64 * (r >> 1) + (r & 1)] + ints[c[r] + lane];
                ints[d[r] + lane] = saturate ? (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, sum)) : (int) sum;
            }
        }
    }
}
