package org.xprompt4j.cuda.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Integer instructions against big integers and bit-by-bit loops, with all edge values in all pairs. */
class IntegerInstructionTest {
    /** What an instruction should give; operands are numbers as their types say. */
    interface Expected {
        BigInteger of(BigInteger[] operands);
    }

    /** An instruction, the types of its operands as numbers, the expected result before it is cut to its width. */
    record Case(OneInstruction instruction, String[] types, Expected expected) {
        @Override
        public String toString() {
            return instruction.text();
        }
    }

    private static final BigInteger ONE = BigInteger.ONE;

    private static int width(String type) {
        return type.equals("pred") ? 1 : Integer.parseInt(type.substring(1));
    }

    static BigInteger number(long bits, String type) {
        BigInteger unsigned = new BigInteger(Long.toUnsignedString(bits)).and(ONE.shiftLeft(width(type)).subtract(ONE));
        return type.startsWith("s") && unsigned.testBit(width(type) - 1) ? unsigned.subtract(ONE.shiftLeft(width(type))) : unsigned;
    }

    private static Case of(String opcode, String result, Expected expected, String... types) {
        String[] registers = new String[types.length];
        for (int i = 0; i < types.length; i++) {
            registers[i] = types[i].equals("pred") ? "pred" : "b" + width(types[i]);
        }
        String text = opcode + " %d" + ", %a, %b, %c, %e".substring(0, 4 * types.length) + ";";
        return new Case(new OneInstruction(text, result.equals("pred") ? "pred" : "b" + width(result), registers), types, expected);
    }

    private static BigInteger quotient(BigInteger a, BigInteger b) {
        return b.signum() == 0 ? BigInteger.valueOf(-1) : a.divide(b);
    }

    private static BigInteger remainder(BigInteger a, BigInteger b) {
        return b.signum() == 0 ? a : a.remainder(b);
    }

    private static BigInteger clamp(BigInteger value, BigInteger low, BigInteger high) {
        return value.max(low).min(high);
    }

    static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (int bits : new int[] {16, 32, 64}) {
            for (String type : List.of("s" + bits, "u" + bits)) {
                cases.add(of("add." + type, type, x -> x[0].add(x[1]), type, type));
                cases.add(of("sub." + type, type, x -> x[0].subtract(x[1]), type, type));
                cases.add(of("mul.lo." + type, type, x -> x[0].multiply(x[1]), type, type));
                cases.add(of("mul.hi." + type, type, x -> x[0].multiply(x[1]).shiftRight(bits), type, type));
                cases.add(of("mad.lo." + type, type, x -> x[0].multiply(x[1]).add(x[2]), type, type, type));
                cases.add(of("mad.hi." + type, type, x -> x[0].multiply(x[1]).shiftRight(bits).add(x[2]), type, type, type));
                cases.add(of("div." + type, type, x -> quotient(x[0], x[1]), type, type));
                cases.add(of("rem." + type, type, x -> remainder(x[0], x[1]), type, type));
                cases.add(of("min." + type, type, x -> x[0].min(x[1]), type, type));
                cases.add(of("max." + type, type, x -> x[0].max(x[1]), type, type));
                cases.add(of("sad." + type, type, x -> x[2].add(x[0].subtract(x[1]).abs()), type, type, type));
                cases.add(of("shr." + type, type, x -> x[0].shiftRight(x[1].min(BigInteger.valueOf(bits)).intValue()), type, "u32"));
                if (bits < 64) {
                    String wide = type.charAt(0) + String.valueOf(2 * bits);
                    cases.add(of("mul.wide." + type, wide, x -> x[0].multiply(x[1]), type, type));
                    cases.add(of("mad.wide." + type, wide, x -> x[0].multiply(x[1]).add(x[2]), type, type, wide));
                }
                for (String compare : List.of("eq", "ne", "lt", "le", "gt", "ge")) {
                    cases.add(of("setp." + compare + "." + type, "pred", x -> truth(compare, x[0].compareTo(x[1])), type, type));
                }
            }
            cases.add(of("abs.s" + bits, "s" + bits, x -> x[0].abs(), "s" + bits));
            cases.add(of("neg.s" + bits, "s" + bits, x -> x[0].negate(), "s" + bits));
            String b = "u" + bits;
            cases.add(of("and.b" + bits, b, x -> x[0].and(x[1]), b, b));
            cases.add(of("or.b" + bits, b, x -> x[0].or(x[1]), b, b));
            cases.add(of("xor.b" + bits, b, x -> x[0].xor(x[1]), b, b));
            cases.add(of("not.b" + bits, b, x -> x[0].not(), b));
            cases.add(of("shl.b" + bits, b, x -> x[0].shiftLeft(x[1].min(BigInteger.valueOf(bits)).intValue()), b, "u32"));
            cases.add(of("selp.b" + bits, b, x -> x[2].testBit(0) ? x[0] : x[1], b, b, "pred"));
        }
        cases.add(of("add.sat.s32", "s32", x -> clamp(x[0].add(x[1]), BigInteger.valueOf(Integer.MIN_VALUE), BigInteger.valueOf(Integer.MAX_VALUE)), "s32", "s32"));
        cases.add(of("sub.sat.s32", "s32", x -> clamp(x[0].subtract(x[1]), BigInteger.valueOf(Integer.MIN_VALUE), BigInteger.valueOf(Integer.MAX_VALUE)), "s32", "s32"));
        cases.add(of("mul24.lo.s32", "s32", x -> number(x[0].longValue() << 8, "s32").shiftRight(8).multiply(number(x[1].longValue() << 8, "s32").shiftRight(8)), "s32", "s32"));
        for (int bits : new int[] {32, 64}) {
            String b = "u" + bits;
            cases.add(of("popc.b" + bits, "u32", x -> BigInteger.valueOf(x[0].bitCount()), b));
            cases.add(of("clz.b" + bits, "u32", x -> BigInteger.valueOf(bits - x[0].bitLength()), b));
            cases.add(of("bfind.u" + bits, "u32", x -> BigInteger.valueOf(x[0].bitLength() - 1), b));
            cases.add(of("bfind.s" + bits, "u32", x -> BigInteger.valueOf(x[0].bitLength() - 1), "s" + bits));
            cases.add(of("bfind.shiftamt.u" + bits, "u32", x -> BigInteger.valueOf(x[0].signum() == 0 ? -1 : bits - x[0].bitLength()), b));
            cases.add(of("brev.b" + bits, b, x -> reversed(x[0], bits), b));
            cases.add(of("bfe.u" + bits, b, x -> field(x[0], x[1], x[2], bits, false), b, "u32", "u32"));
            cases.add(of("bfe.s" + bits, b, x -> field(x[0], x[1], x[2], bits, true), b, "u32", "u32"));
            cases.add(of("bfi.b" + bits, b, x -> inserted(x, bits), b, b, "u32", "u32"));
        }
        cases.add(of("bmsk.clamp.b32", "u32", x -> ONE.shiftLeft(x[1].min(BigInteger.valueOf(32)).intValue()).subtract(ONE)
                .shiftLeft(x[0].min(BigInteger.valueOf(32)).intValue()), "u32", "u32"));
        cases.add(of("bmsk.wrap.b32", "u32", x -> ONE.shiftLeft(x[1].intValue() & 31).subtract(ONE).shiftLeft(x[0].intValue() & 31), "u32", "u32"));
        cases.add(of("shf.l.wrap.b32", "u32", x -> joined(x).shiftLeft(x[2].intValue() & 31).shiftRight(32), "u32", "u32", "u32"));
        cases.add(of("shf.l.clamp.b32", "u32", x -> joined(x).shiftLeft(x[2].min(BigInteger.valueOf(32)).intValue()).shiftRight(32), "u32", "u32", "u32"));
        cases.add(of("shf.r.wrap.b32", "u32", x -> joined(x).shiftRight(x[2].intValue() & 31), "u32", "u32", "u32"));
        cases.add(of("shf.r.clamp.b32", "u32", x -> joined(x).shiftRight(x[2].min(BigInteger.valueOf(32)).intValue()), "u32", "u32", "u32"));
        cases.add(of("prmt.b32", "u32", x -> permuted(x), "u32", "u32", "u32"));
        for (String a : List.of("s", "u")) {
            for (String b : List.of("s", "u")) {
                cases.add(of("dp4a." + a + "32." + b + "32", "s32", x -> dot(x, a + 8, b + 8), "u32", "u32", "s32"));
            }
        }
        for (int table : new int[] {0x80, 0xfe, 0x96, 0xe8, 0xca, 0x1b, 0x00, 0xff}) {
            Case lop = of("lop3.b32", "u32", x -> looked(x, table), "u32", "u32", "u32");
            cases.add(new Case(new OneInstruction(lop.instruction.text().replace("%c;", "%c, " + table + ";"), "b32", "b32", "b32", "b32"), lop.types, lop.expected));
        }
        return cases;
    }

    private static BigInteger truth(String compare, int order) {
        boolean truth = switch (compare) {
            case "eq" -> order == 0;
            case "ne" -> order != 0;
            case "lt" -> order < 0;
            case "le" -> order <= 0;
            case "gt" -> order > 0;
            default -> order >= 0;
        };
        return truth ? ONE : BigInteger.ZERO;
    }

    private static BigInteger reversed(BigInteger a, int bits) {
        BigInteger result = BigInteger.ZERO;
        for (int i = 0; i < bits; i++) {
            result = a.testBit(i) ? result.setBit(bits - 1 - i) : result;
        }
        return result;
    }

    /** As the ISA's own pseudocode of bfe. */
    private static BigInteger field(BigInteger a, BigInteger position, BigInteger length, int bits, boolean signed) {
        int pos = position.intValue() & 255;
        int len = length.intValue() & 255;
        boolean sign = signed && len != 0 && a.testBit(Math.min(pos + len - 1, bits - 1));
        BigInteger result = BigInteger.ZERO;
        for (int i = 0; i < bits; i++) {
            boolean bit = i < len && pos + i < bits ? a.testBit(pos + i) : sign;
            result = bit ? result.setBit(i) : result;
        }
        return result;
    }

    private static BigInteger inserted(BigInteger[] x, int bits) {
        int pos = x[2].intValue() & 255;
        int len = x[3].intValue() & 255;
        BigInteger result = x[1];
        for (int i = 0; i < len && pos + i < bits; i++) {
            result = x[0].testBit(i) ? result.setBit(pos + i) : result.clearBit(pos + i);
        }
        return result;
    }

    private static BigInteger joined(BigInteger[] x) {
        return x[1].shiftLeft(32).or(x[0]);
    }

    private static BigInteger permuted(BigInteger[] x) {
        BigInteger result = BigInteger.ZERO;
        for (int i = 0; i < 4; i++) {
            int nibble = x[2].shiftRight(4 * i).intValue() & 15;
            int picked = joined(x).shiftRight(8 * (nibble & 7)).intValue() & 255;
            int value = (nibble & 8) == 0 ? picked : (picked & 128) != 0 ? 255 : 0;
            result = result.or(BigInteger.valueOf(value).shiftLeft(8 * i));
        }
        return result;
    }

    private static BigInteger dot(BigInteger[] x, String a, String b) {
        BigInteger sum = x[2];
        for (int i = 0; i < 4; i++) {
            sum = sum.add(number(x[0].shiftRight(8 * i).longValue() & 255, a).multiply(number(x[1].shiftRight(8 * i).longValue() & 255, b)));
        }
        return sum;
    }

    private static BigInteger looked(BigInteger[] x, int table) {
        BigInteger result = BigInteger.ZERO;
        for (int i = 0; i < 32; i++) {
            int index = (x[0].testBit(i) ? 4 : 0) + (x[1].testBit(i) ? 2 : 0) + (x[2].testBit(i) ? 1 : 0);
            result = (table >> index & 1) != 0 ? result.setBit(i) : result;
        }
        return result;
    }

    private static void check(Case test) {
        long[][] operands = test.instruction.operands(400, 5);
        long[] results = test.instruction.run(operands);
        int bits = test.instruction.result().equals("pred") ? 1 : width(test.instruction.result());
        for (int i = 0; i < results.length; i++) {
            BigInteger[] numbers = new BigInteger[operands.length];
            for (int k = 0; k < numbers.length; k++) {
                numbers[k] = number(operands[k][i], test.types[k]);
            }
            long expected = test.expected.of(numbers).and(ONE.shiftLeft(bits).subtract(ONE)).longValue();
            if (results[i] != expected) {
                assertThat(Long.toHexString(results[i])).as("%s of %s", test, List.of(numbers)).isEqualTo(Long.toHexString(expected));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isExact(Case test) {
        check(test);
    }

    @Test
    void carriesRunThroughSeveralWords() {
        String add = ".reg .b32 %x<4>, %y<4>; mov.b64 {%x0, %x1}, %a; mov.b64 {%y0, %y1}, %b; add.cc.u32 %x2, %x0, %y0; addc.u32 %x3, %x1, %y1; mov.b64 %d, {%x2, %x3};";
        check(new Case(new OneInstruction(add, "b64", "b64", "b64"), new String[] {"u64", "u64"}, x -> x[0].add(x[1])));
        check(new Case(new OneInstruction(add.replace("add", "sub"), "b64", "b64", "b64"), new String[] {"u64", "u64"}, x -> x[0].subtract(x[1])));
        String mad = ".reg .b64 %h, %l; mad.lo.cc.u64 %l, %a, %b, %c; madc.hi.u64 %d, %a, %b, 0;";
        check(new Case(new OneInstruction(mad, "b64", "b64", "b64", "b64"), new String[] {"u64", "u64", "u64"}, x -> x[0].multiply(x[1]).add(x[2]).shiftRight(64)));
    }
}
