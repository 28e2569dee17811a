package org.xprompt4j.cuda.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code cvt} between all types in all roundings, and float comparisons, against exact decimals. */
class ConversionTest {
    private static final Map<String, RoundingMode> MODES = Map.of("rni", RoundingMode.HALF_EVEN, "rzi", RoundingMode.DOWN, "rmi", RoundingMode.FLOOR, "rpi", RoundingMode.CEILING);

    /** What is expected of one operand's bits. */
    interface Expected {
        long of(long bits);
    }

    /** An instruction, its source format (null for integers) and what is expected of it. */
    record Case(OneInstruction instruction, Reals format, Expected expected) {
        @Override
        public String toString() {
            return instruction.text();
        }
    }

    private static String name(Reals format) {
        return format.name().toLowerCase(Locale.ROOT);
    }

    private static Case of(String modifiers, String to, int toBits, String from, int fromBits, Reals format, Expected expected) {
        return new Case(new OneInstruction("cvt" + modifiers + "." + to + "." + from + " %d, %a;", "b" + toBits, "b" + fromBits), format, expected);
    }

    static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (Reals from : Reals.values()) {
            for (Reals to : Reals.values()) {
                boolean narrows = to.fraction < from.fraction || to.exponent < from.exponent;
                boolean known = from != Reals.BF16 && to != Reals.BF16 || from == Reals.F32 && to == Reals.BF16;
                for (String mode : narrows ? List.of("rn", "rz", "rm", "rp") : List.of("")) {
                    if (known && from != to && !(to == Reals.BF16 && mode.matches("r[mp]"))) {
                        cases.add(of(mode.isEmpty() ? "" : "." + mode, name(to), to.bits(), name(from), from.bits(), from, bits -> converted(from, to, bits, mode)));
                    }
                }
            }
            if (from != Reals.BF16) {
                for (String mode : MODES.keySet()) {
                    for (String type : List.of("s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64")) {
                        int bits = Integer.parseInt(type.substring(1));
                        cases.add(of("." + mode, type, Math.max(16, bits), name(from), from.bits(), from, value -> integer(from, value, type, mode, Math.max(16, bits))));
                    }
                    cases.add(of("." + mode, name(from), from.bits(), name(from), from.bits(), from, value -> integral(from, value, mode)));
                }
                for (String type : List.of("s32", "u32", "s64", "u64", "u16", "s16")) {
                    int bits = Integer.parseInt(type.substring(1));
                    for (String mode : List.of("rn", "rz", "rm", "rp")) {
                        cases.add(of("." + mode, name(from), from.bits(), type, bits, null,
                                value -> from.round(new BigDecimal(IntegerInstructionTest.number(value, type)), mode)));
                    }
                }
            }
        }
        for (String to : List.of("s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64")) {
            for (String from : List.of("s16", "u16", "s32", "u32", "s64", "u64")) {
                int bits = Integer.parseInt(to.substring(1));
                int width = Math.max(16, bits);
                cases.add(of("", to, width, from, Integer.parseInt(from.substring(1)), null,
                        value -> cut(IntegerInstructionTest.number(IntegerInstructionTest.number(value, from).longValue(), to), width)));
                cases.add(of(".sat", to, width, from, Integer.parseInt(from.substring(1)), null,
                        value -> cut(clamp(IntegerInstructionTest.number(value, from), to), width)));
            }
        }
        cases.add(of(".sat", "f32", 32, "f32", 32, Reals.F32, bits -> Reals.F32.isNan(bits) || Reals.F32.sign(bits) == 1 ? 0 : Math.min(bits, 0x3f800000L)));
        cases.add(of(".rna", "tf32", 32, "f32", 32, Reals.F32, ConversionTest::tf32));
        return cases;
    }

    private static long converted(Reals from, Reals to, long bits, String mode) {
        if (from.isNan(bits)) {
            return to.nan();
        }
        if (from.isInfinite(bits)) {
            return to.infinity(from.sign(bits));
        }
        return from.isZero(bits) ? to.zero(from.sign(bits)) : to.round(from.value(bits), mode.isEmpty() ? "rn" : mode);
    }

    private static BigInteger clamp(BigInteger value, String type) {
        int bits = Integer.parseInt(type.substring(1));
        BigInteger most = BigInteger.ONE.shiftLeft(type.startsWith("s") ? bits - 1 : bits).subtract(BigInteger.ONE);
        BigInteger least = type.startsWith("s") ? BigInteger.ONE.shiftLeft(bits - 1).negate() : BigInteger.ZERO;
        return value.max(least).min(most);
    }

    private static long cut(BigInteger value, int bits) {
        return value.and(BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE)).longValue();
    }

    private static long integer(Reals from, long bits, String type, String mode, int registerBits) {
        int width = Integer.parseInt(type.substring(1));
        if (from.isNan(bits)) {
            return width == 64 ? Long.MIN_VALUE : width == 32 && from == Reals.F64 ? 0x80000000L : 0;
        }
        BigInteger value = from.isInfinite(bits) ? BigInteger.ONE.shiftLeft(2000).multiply(BigInteger.valueOf(1 - 2 * from.sign(bits)))
                : from.value(bits).setScale(0, MODES.get(mode)).toBigInteger();
        return cut(clamp(value, type), registerBits);
    }

    private static long integral(Reals format, long bits, String mode) {
        if (format.isNan(bits)) {
            return format.nan();
        }
        if (format.isInfinite(bits) || format.isZero(bits)) {
            return bits;
        }
        BigDecimal value = format.value(bits).setScale(0, MODES.get(mode));
        return value.signum() == 0 ? format.zero(format.sign(bits)) : format.round(value, "rn");
    }

    /** Eleven significant bits, ties away from zero. */
    private static long tf32(long bits) {
        if (Reals.F32.isNan(bits)) {
            return Reals.F32.nan();
        }
        return Reals.F32.isInfinite(bits) ? bits : bits + 0x1000 & 0xffffe000L;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isExact(Case test) {
        long[][] operands = test.format == null ? test.instruction.operands(300, 9) : test.instruction.floats(test.format, 500, 9);
        long[] results = test.instruction.run(operands);
        for (int i = 0; i < results.length; i++) {
            long expected = test.expected.of(operands[0][i]);
            boolean bothNan = test.instruction.result().equals("b64") && test.instruction.text().contains(".f64") && Reals.F64.isNan(expected) && Reals.F64.isNan(results[i]);
            if (results[i] != expected && !bothNan) {
                assertThat(Long.toHexString(results[i])).as("%s of %x", test, operands[0][i]).isEqualTo(Long.toHexString(expected));
            }
        }
    }

    static List<Case> comparisons() {
        List<Case> cases = new ArrayList<>();
        for (Reals format : List.of(Reals.F16, Reals.F32, Reals.F64)) {
            for (String compare : List.of("eq", "ne", "lt", "le", "gt", "ge", "equ", "neu", "ltu", "leu", "gtu", "geu", "num", "nan")) {
                String b = "b" + format.bits();
                cases.add(new Case(new OneInstruction("setp." + compare + "." + name(format) + " %d, %a, %b;", "pred", b, b), format, bits -> 0));
            }
        }
        return cases;
    }

    @ParameterizedTest
    @MethodSource("comparisons")
    void comparisonsKnowNan(Case test) {
        Reals format = test.format;
        String compare = test.instruction.text().split("\\.")[1];
        long[][] operands = test.instruction.floats(format, 300, 4);
        long[] results = test.instruction.run(operands);
        for (int i = 0; i < results.length; i++) {
            long a = operands[0][i];
            long b = operands[1][i];
            boolean nan = format.isNan(a) || format.isNan(b);
            int order = nan ? 0 : value(format, a).compareTo(value(format, b));
            boolean expected = switch (compare) {
                case "num" -> !nan;
                case "nan" -> nan;
                default -> nan ? compare.endsWith("u") : switch (compare.substring(0, 2)) {
                    case "eq" -> order == 0;
                    case "ne" -> order != 0;
                    case "lt" -> order < 0;
                    case "le" -> order <= 0;
                    case "gt" -> order > 0;
                    default -> order >= 0;
                };
            };
            assertThat(results[i] != 0).as("%s of %x %x", test, a, b).isEqualTo(expected);
        }
    }

    private static BigDecimal value(Reals format, long bits) {
        return format.isInfinite(bits) ? BigDecimal.TWO.pow(2000).multiply(BigDecimal.valueOf(1 - 2 * format.sign(bits))) : format.value(bits);
    }
}
