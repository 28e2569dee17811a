package org.xprompt4j.cuda.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xprompt4j.tensor.Philox;

/** {@code atom} and {@code red}: the lanes of a block act on one place in order, and each gets what was there before. */
class AtomicTest {
    /** How a place changes. */
    interface Step {
        long next(long old, long operand);
    }

    /** An operation, its type, and what one lane does. */
    record Case(String operation, String type, Step step) {
        @Override
        public String toString() {
            return operation + "." + type;
        }
    }

    private static float f(long bits) {
        return Float.intBitsToFloat((int) bits);
    }

    private static long bits(float value) {
        return Float.floatToRawIntBits(value) & 0xffffffffL;
    }

    static List<Case> cases() {
        return List.of(new Case("add", "u32", (o, x) -> o + x & 0xffffffffL), new Case("add", "s32", (o, x) -> o + x & 0xffffffffL),
                new Case("add", "u64", (o, x) -> o + x), new Case("min", "s32", (o, x) -> Math.min((int) o, (int) x) & 0xffffffffL),
                new Case("max", "s32", (o, x) -> Math.max((int) o, (int) x) & 0xffffffffL), new Case("min", "u32", Math::min), new Case("max", "u32", Math::max),
                new Case("max", "s64", Math::max), new Case("min", "u64", (o, x) -> Long.compareUnsigned(o, x) < 0 ? o : x),
                new Case("and", "b32", (o, x) -> o & x), new Case("or", "b32", (o, x) -> o | x), new Case("xor", "b64", (o, x) -> o ^ x),
                new Case("exch", "b32", (o, x) -> x), new Case("exch", "b64", (o, x) -> x),
                new Case("inc", "u32", (o, x) -> o >= x ? 0 : o + 1), new Case("dec", "u32", (o, x) -> o == 0 || o > x ? x : o - 1),
                new Case("add", "f32", (o, x) -> bits(f(o) + f(x))),
                new Case("add", "f64", (o, x) -> Double.doubleToRawLongBits(Double.longBitsToDouble(o) + Double.longBitsToDouble(x))),
                new Case("add.noftz", "f16", (o, x) -> Reals.F16.add(o, x, "rn")),
                new Case("add.noftz", "f16x2", (o, x) -> Reals.F16.add(o & 0xffff, x & 0xffff, "rn") | Reals.F16.add(o >>> 16, x >>> 16, "rn") << 16),
                new Case("cas", "b32", (o, x) -> o == 0 ? x : o), new Case("cas", "b64", (o, x) -> o == 0 ? x : o), new Case("cas", "b16", (o, x) -> o == 0 ? x : o));
    }

    private static long operand(Case test, int i) {
        long word = Philox.word(2, 8, i, 0) & 0xffffffffL;
        long wide = word << 32 | Philox.word(2, 8, i, 1) & 0xffffffffL;
        return switch (test.type) {
            case "f32" -> bits((int) word * 0x1p-24f);
            case "f64" -> Double.doubleToRawLongBits((int) word * 0x1p-3);
            case "f16" -> 0x3000 | word & 0x83ff;
            case "f16x2" -> 0x3000_3000L | word & 0x83ff_83ffL;
            case "b16" -> word & 0xffff;
            case "u64", "s64", "b64" -> wide;
            default -> test.operation.matches("inc|dec") ? word % 40 : word;
        };
    }

    @ParameterizedTest
    @MethodSource("cases")
    void lanesActInOrder(Case test) {
        boolean wide = test.type.endsWith("64");
        boolean half = test.type.endsWith("16");
        String b = wide ? "b64" : half ? "b16" : "b32";
        String compare = test.operation.equals("cas") ? ", 0" : "";
        // The place is the last of the operand's array: past those of the 100 lanes.
        String text = ".reg .b64 %place; ld.param.u64 %place, [p0]; atom.global." + test.operation + "." + test.type + " %d, [%place+800]" + compare + ", %a;";
        PtxMachine machine = new PtxMachine();
        Kernels kernels = new Kernels(machine, PtxModule.parse(new OneInstruction(text, b, b).ptx(), "atomic.ptx"));
        long[] operands = new long[101];
        for (int i = 0; i < 100; i++) {
            operands[i] = operand(test, i);
        }
        long place = kernels.longs("operands", operands);
        long out = kernels.longs("result", new long[100]);
        kernels.run("one", Grid.of(1), Grid.of(100), 0, place, 0L, 0L, 0L, out, 100);
        long value = 0;
        long[] results = kernels.longs(out, 100);
        for (int i = 0; i < 100; i++) {
            assertThat(results[i]).as("%s, lane %d", test, i).isEqualTo(value);
            value = test.step.next(value, operands[i]);
        }
        assertThat(kernels.longs(place, 101)[100]).isEqualTo(value);
    }
}
