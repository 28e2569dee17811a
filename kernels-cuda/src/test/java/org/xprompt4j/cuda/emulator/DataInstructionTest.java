package org.xprompt4j.cuda.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xprompt4j.cuda.emulator.syntax.PtxParser;
import org.xprompt4j.tensor.Philox;

/** Loads, stores, moves and selections: which bytes go where, and how narrow values fill wide registers. */
class DataInstructionTest {
    private static final List<String> TYPES = List.of("b8", "u8", "s8", "b16", "u16", "s16", "b32", "u32", "s32", "f32", "b64", "u64", "s64", "f64");

    /** A load or store of one to four elements. */
    record Access(boolean load, String space, int elements, String type) {
        String opcode() {
            return (load ? "ld." : "st.") + space + (elements > 1 ? ".v" + elements : "") + "." + type;
        }

        int bytes() {
            return PtxParser.bytesOf(type);
        }

        @Override
        public String toString() {
            return opcode();
        }
    }

    static List<Access> accesses() {
        List<Access> all = new ArrayList<>();
        for (String type : TYPES) {
            for (int elements : new int[] {1, 2, 4}) {
                if (elements * PtxParser.bytesOf(type) <= 16) {
                    for (String space : List.of("global", "shared")) {
                        all.add(new Access(true, space, elements, type));
                        all.add(new Access(false, space, elements, type));
                    }
                    all.add(new Access(true, "global.nc", elements, type));
                    all.add(new Access(true, "global.nc.L1::no_allocate", elements, type));
                }
            }
            all.add(new Access(true, "param", 1, type));
        }
        return all;
    }

    private static String kernel(Access access) {
        String register = access.bytes() <= 2 ? "b16" : access.bytes() == 4 ? "b32" : "b64";
        String names = access.elements() == 1 ? "%x0" : access.elements() == 2 ? "{%x0, %x1}" : "{%x0, %x1, %x2, %x3}";
        StringBuilder text = new StringBuilder("""
                .version 8.0
                .target sm_80
                .address_size 64
                .visible .entry one(.param .u64 in, .param .u64 out, .param .b64 value)
                {
                .reg .b32 %t, %s, %w<4>;
                .reg .b64 %in, %out, %o, %y<4>;
                .shared .align 16 .b8 place[512];
                """).append(".reg .").append(register).append(" %x<4>;\n").append("""
                ld.param.u64 %in, [in]; ld.param.u64 %out, [out];
                mov.u32 %t, %tid.x; mul.wide.u32 %o, %t, 32; add.s64 %in, %in, %o; add.s64 %out, %out, %o;
                mov.u32 %s, place; shl.b32 %t, %t, 4; add.s32 %s, %s, %t;
                """);
        String address = access.space().startsWith("global") ? access.load() ? "[%in]" : "[%out]" : access.space().equals("shared") ? "[%s]" : "[value]";
        if (access.load()) {
            if (access.space().equals("shared")) {
                text.append("ld.global.v4.b32 {%w0, %w1, %w2, %w3}, [%in]; st.shared.v4.b32 [%s], {%w0, %w1, %w2, %w3};\n");
            }
            text.append(access.opcode()).append(' ').append(names).append(", ").append(address).append(";\n");
            for (int i = 0; i < access.elements(); i++) {
                text.append(register.equals("b64") ? "mov.b64 %y" : "cvt.u64.u" + register.substring(1) + " %y").append(i).append(", %x").append(i).append(";\n")
                        .append("st.global.b64 [%out+").append(8 * i).append("], %y").append(i).append(";\n");
            }
        } else {
            for (int i = 0; i < access.elements(); i++) {
                text.append("ld.global.b64 %y").append(i).append(", [%in+").append(8 * i).append("]; ")
                        .append(register.equals("b64") ? "mov.b64" : "cvt.u" + register.substring(1) + ".u64").append(" %x").append(i).append(", %y").append(i).append(";\n");
            }
            text.append(access.opcode()).append(' ').append(address).append(", ").append(names).append(";\n");
            if (access.space().equals("shared")) {
                for (int i = 0; i < access.elements() * access.bytes(); i++) {
                    text.append("ld.shared.u8 %w0, [%s+").append(i).append("]; st.global.u8 [%out+").append(i).append("], %w0;\n");
                }
            }
        }
        return text.append("ret;\n}\n").toString();
    }

    @ParameterizedTest
    @MethodSource("accesses")
    void bytesGoWhereTheyBelong(Access access) {
        int lanes = 5;
        long[] in = new long[4 * lanes];
        for (int i = 0; i < in.length; i++) {
            in[i] = (long) Philox.word(5, 1, i, 0) << 32 | Philox.word(5, 1, i, 1) & 0xffffffffL;
        }
        long value = 0xf1e2d3c4b5a69788L;
        Kernels kernels = new Kernels(new PtxMachine(), PtxModule.parse(kernel(access), "access.ptx"));
        long out = kernels.longs("out", new long[4 * lanes]);
        kernels.run("one", Grid.of(1), Grid.of(lanes), 0, kernels.longs("in", in), out, value);
        long[] results = kernels.longs(out, 4 * lanes);
        byte[] bytes = new byte[32 * lanes];
        java.nio.ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN).asLongBuffer().put(access.load() ? in : results);
        for (int lane = 0; lane < lanes; lane++) {
            for (int i = 0; i < access.elements(); i++) {
                if (access.load()) {
                    long bits = access.space().equals("param") ? value : read(bytes, 32 * lane + i * access.bytes(), access.bytes());
                    assertThat(Long.toHexString(results[4 * lane + i])).isEqualTo(Long.toHexString(loaded(access, bits)));
                } else {
                    long mask = access.bytes() == 8 ? -1 : (1L << 8 * access.bytes()) - 1;
                    assertThat(Long.toHexString(read(bytes, 32 * lane + i * access.bytes(), access.bytes()))).isEqualTo(Long.toHexString(in[4 * lane + i] & mask));
                }
            }
        }
        if (!access.load()) { // and nothing behind
            assertThat(read(bytes, access.elements() * access.bytes(), 8)).isZero();
        }
    }

    private static long read(byte[] bytes, int at, int count) {
        long value = 0;
        for (int i = 0; i < count; i++) {
            value |= (bytes[at + i] & 255L) << 8 * i;
        }
        return value;
    }

    /** What the register, widened with zeros, holds: signed types fill it with their sign. */
    private static long loaded(Access access, long bits) {
        int width = 8 * access.bytes();
        if (width == 64) {
            return bits;
        }
        long low = bits & (1L << width) - 1;
        long extended = access.type().startsWith("s") ? low << 64 - width >> 64 - width : low;
        return extended & (width <= 16 ? 0xffff : 0xffffffffL);
    }

    /** A move or selection; the result is the first operand, or the second where the third, a predicate, is false. */
    record Move(OneInstruction instruction) {
        @Override
        public String toString() {
            return instruction.text();
        }
    }

    static List<Move> moves() {
        List<Move> moves = new ArrayList<>();
        for (String type : List.of("b16", "u16", "s16", "b32", "u32", "s32", "f32", "b64", "u64", "s64", "f64")) {
            String bits = "b" + 8 * PtxParser.bytesOf(type);
            moves.add(new Move(new OneInstruction("mov." + type + " %d, %a;", bits, bits)));
            moves.add(new Move(new OneInstruction("selp." + type + " %d, %a, %b, %c;", bits, bits, bits, "pred")));
        }
        moves.add(new Move(new OneInstruction("mov.pred %d, %a;", "pred", "pred")));
        moves.add(new Move(new OneInstruction("cvta.to.global.u64 %d, %a;", "b64", "b64")));
        return moves;
    }

    @ParameterizedTest
    @MethodSource("moves")
    void valuesStayWhatTheyAre(Move move) {
        OneInstruction instruction = move.instruction();
        long[][] operands = instruction.operands(200, 6);
        long[] results = instruction.run(operands);
        int bits = instruction.result().equals("pred") ? 1 : 8 * PtxParser.bytesOf(instruction.result());
        for (int i = 0; i < results.length; i++) {
            long chosen = operands.length < 3 || (operands[2][i] & 1) != 0 ? operands[0][i] : operands[1][i];
            assertThat(results[i]).isEqualTo(bits == 64 ? chosen : chosen & (1L << bits) - 1);
        }
    }

    /** An instruction whose result is a truth. */
    record Truth(OneInstruction instruction, java.util.function.BiPredicate<Long, Long> expected) {
        @Override
        public String toString() {
            return instruction.text();
        }
    }

    static List<Truth> truths() {
        return List.of(new Truth(new OneInstruction("and.pred %d, %a, %b;", "pred", "pred", "pred"), (a, b) -> (a & b & 1) != 0),
                new Truth(new OneInstruction("or.pred %d, %a, %b;", "pred", "pred", "pred"), (a, b) -> ((a | b) & 1) != 0),
                new Truth(new OneInstruction("xor.pred %d, %a, %b;", "pred", "pred", "pred"), (a, b) -> ((a ^ b) & 1) != 0),
                new Truth(new OneInstruction("not.pred %d, %a;", "pred", "pred"), (a, b) -> (a & 1) == 0),
                new Truth(new OneInstruction("setp.eq.b16 %d, %a, %b;", "pred", "b16", "b16"), Long::equals),
                new Truth(new OneInstruction("setp.eq.b32 %d, %a, %b;", "pred", "b32", "b32"), Long::equals),
                new Truth(new OneInstruction("setp.eq.b64 %d, %a, %b;", "pred", "b64", "b64"), Long::equals),
                new Truth(new OneInstruction("setp.ne.b64 %d, %a, %b;", "pred", "b64", "b64"), (a, b) -> !a.equals(b)));
    }

    @ParameterizedTest
    @MethodSource("truths")
    void truthsAreTrue(Truth test) {
        long[][] operands = test.instruction().operands(200, 7);
        long[] results = test.instruction().run(operands);
        for (int i = 0; i < results.length; i++) {
            long second = operands.length > 1 ? operands[1][i] : 0;
            assertThat(results[i] != 0).as("%s of %x %x", test, operands[0][i], second).isEqualTo(test.expected().test(operands[0][i], second));
        }
    }
}
