package org.xprompt4j.cuda.emulator;

import java.util.ArrayList;
import java.util.List;

import org.xprompt4j.cuda.emulator.syntax.PtxParser;
import org.xprompt4j.tensor.Philox;

/**
 * Runs one PTX instruction over many operands. The instruction is text with {@code %a %b %c %e} for operands and {@code %d} for the result; a
 * predicate operand is the lowest bit of its number.
 */
record OneInstruction(String text, String result, String... operands) {
    private static final long[] EDGES = {0, 1, 2, 3, 31, 32, 33, 63, 64, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffffL, 0x80000000L,
        0xffffffffL, 0x100000000L, 0x7fffffffffffffffL, 0x8000000000000000L, -1, -2};

    /** Results for operand tuples: {@code [operand][tuple]} to {@code [tuple]}, each cut to the result's width. */
    long[] run(long[][] values) {
        int count = values[0].length;
        PtxMachine machine = new PtxMachine();
        PtxModule module = PtxModule.parse(ptx(), "instruction.ptx");
        Kernels kernels = new Kernels(machine, module);
        Object[] arguments = new Object[6];
        for (int i = 0; i < 4; i++) {
            arguments[i] = i < values.length ? kernels.longs("operand " + i, values[i]) : 0L;
        }
        long out = kernels.longs("result", new long[count]);
        arguments[4] = out;
        arguments[5] = count;
        kernels.run("one", Grid.of((count + 127) / 128), Grid.of(128), 0, arguments);
        return kernels.longs(out, count);
    }

    private static String register(String type) {
        return switch (PtxParser.bytesOf(type)) {
            case 1 -> type.equals("pred") ? "pred" : "b16";
            case 2 -> "b16";
            case 4 -> "b32";
            default -> "b64";
        };
    }

    String ptx() {
        StringBuilder ptx = new StringBuilder("""
                .version 8.0
                .target sm_80
                .address_size 64
                .visible .entry one(.param .u64 p0, .param .u64 p1, .param .u64 p2, .param .u64 p3, .param .u64 p4, .param .u32 n)
                {
                .reg .pred %past;
                .reg .b32 %i, %i1, %i2, %i3, %n, %word;
                .reg .b64 %at, %base, %offset;
                """);
        ptx.append(".reg .").append(register(result)).append(" %d;\n");
        String[] names = {"%a", "%b", "%c", "%e"};
        for (int k = 0; k < operands.length; k++) {
            ptx.append(".reg .").append(register(operands[k])).append(' ').append(names[k]).append(";\n");
        }
        ptx.append("""
                mov.u32 %i1, %ctaid.x; mov.u32 %i2, %ntid.x; mov.u32 %i3, %tid.x;
                mad.lo.s32 %i, %i1, %i2, %i3;
                ld.param.u32 %n, [n];
                setp.ge.s32 %past, %i, %n;
                @%past bra DONE;
                mul.wide.s32 %offset, %i, 8;
                """);
        for (int k = 0; k < operands.length; k++) {
            ptx.append("ld.param.u64 %base, [p").append(k).append("]; add.s64 %at, %base, %offset;\n");
            if (operands[k].equals("pred")) {
                ptx.append("ld.global.u32 %word, [%at]; and.b32 %word, %word, 1; setp.ne.s32 ").append(names[k]).append(", %word, 0;\n");
            } else {
                ptx.append("ld.global.b").append(8 * Math.max(2, PtxParser.bytesOf(operands[k]))).append(' ').append(names[k]).append(", [%at];\n");
            }
        }
        ptx.append(text).append('\n').append("ld.param.u64 %base, [p4]; add.s64 %at, %base, %offset;\n");
        if (result.equals("pred")) {
            ptx.append("selp.u32 %word, 1, 0, %d; st.global.u32 [%at], %word;\n");
        } else {
            ptx.append("st.global.b").append(8 * Math.max(2, PtxParser.bytesOf(result))).append(" [%at], %d;\n");
        }
        return ptx.append("DONE:\nret;\n}\n").toString();
    }

    /** Operand tuples: all pairs of edge values in the first two, random ones behind; cut to the operands' widths. */
    long[][] operands(int random, long seed) {
        List<long[]> tuples = new ArrayList<>();
        for (int i = 0; i < EDGES.length; i++) {
            for (int j = 0; j < (operands.length > 1 ? EDGES.length : 1); j++) {
                long[] tuple = new long[operands.length];
                for (int k = 0; k < tuple.length; k++) {
                    tuple[k] = k == 0 ? EDGES[i] : k == 1 ? EDGES[j] : EDGES[(i * 7 + j * 3 + k) % EDGES.length];
                }
                tuples.add(tuple);
            }
        }
        Philox philox = new Philox(seed, text.hashCode());
        for (int i = 0; i < random; i++) {
            long[] tuple = new long[operands.length];
            for (int k = 0; k < tuple.length; k++) {
                long word = (long) philox.nextInt() << 32 | philox.nextInt() & 0xffffffffL;
                tuple[k] = philox.nextInt(3) == 0 ? word >> philox.nextInt(63) : word;
            }
            tuples.add(tuple);
        }
        return transposed(tuples);
    }

    /** Tuples of floats: special values, and random bits whose exponents lie near each other often enough. */
    long[][] floats(Reals format, int random, long seed) {
        long one = (long) format.bias << format.fraction;
        long[] special = {0, format.zero(1), one, format.negate(one), one + 1, one - 1, 1, format.negate(1), (1L << format.fraction) - 1, 1L << format.fraction,
            (1L << format.fraction) + 1, format.infinity(0), format.infinity(1), format.infinity(0) - 1, format.infinity(1) - 1, format.infinity(0) + 1,
            format.nan(), one + (1L << format.fraction), one + (1L << format.fraction - 1), format.negate(one + (3L << format.fraction))};
        List<long[]> tuples = new ArrayList<>();
        for (int i = 0; i < special.length; i++) {
            for (int j = 0; j < (operands.length > 1 ? special.length : 1); j++) {
                for (int l = 0; l < (operands.length > 2 ? special.length : 1); l++) {
                    tuples.add(new long[] {special[i], special[j], special[l]});
                }
            }
        }
        Philox philox = new Philox(seed, text.hashCode());
        long mask = format.bits() == 64 ? -1 : (1L << format.bits()) - 1;
        for (int i = 0; i < random; i++) {
            long[] tuple = new long[3];
            long spread = 1 + philox.nextInt(1 << philox.nextInt(format.exponent));
            long middle = philox.nextInt((1 << format.exponent) - 1);
            for (int k = 0; k < 3; k++) {
                long word = ((long) philox.nextInt() << 32 | philox.nextInt() & 0xffffffffL) & mask;
                long exponent = Math.max(0, Math.min((1L << format.exponent) - 2, middle + philox.nextInt((int) spread) - spread / 2));
                long fraction = word & (1L << format.fraction) - 1;
                fraction = philox.nextInt(4) == 0 ? fraction & -(1L << philox.nextInt(format.fraction)) : fraction;
                tuple[k] = format.zero(word >>> format.bits() - 1 & 1) | exponent << format.fraction | fraction;
            }
            tuples.add(tuple);
        }
        return transposed(tuples);
    }

    private long[][] transposed(List<long[]> tuples) {
        long[][] values = new long[operands.length][tuples.size()];
        for (int i = 0; i < tuples.size(); i++) {
            for (int k = 0; k < operands.length; k++) {
                int bits = 8 * PtxParser.bytesOf(operands[k]);
                values[k][i] = bits == 64 ? tuples.get(i)[k] : tuples.get(i)[k] & (1L << Math.max(bits, 8)) - 1;
            }
        }
        return values;
    }
}
