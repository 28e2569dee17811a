package org.xprompt4j.cuda.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Float arithmetic, bit for bit, against exact decimals rounded once: every operation, format and rounding, with subnormals, infinities and NaN. */
class FloatInstructionTest {
    /** What an instruction should give for operand bits. */
    interface Expected {
        long of(long a, long b, long c);
    }

    /** An instruction and what is expected of it. */
    record Case(OneInstruction instruction, Reals format, Expected expected) {
        @Override
        public String toString() {
            return instruction.text();
        }
    }

    private static Case of(String opcode, Reals format, int operands, Expected expected) {
        String type = format.name().toLowerCase(Locale.ROOT);
        String[] types = new String[operands];
        java.util.Arrays.fill(types, "b" + format.bits());
        String text = opcode + "." + type + " %d" + ", %a, %b, %c".substring(0, 4 * operands) + ";";
        return new Case(new OneInstruction(text, "b" + format.bits(), types), format, expected);
    }

    static List<Case> arithmetic() {
        List<Case> cases = new ArrayList<>();
        for (Reals f : List.of(Reals.F32, Reals.F64)) {
            for (String mode : List.of("rn", "rz", "rm", "rp")) {
                cases.add(of("add." + mode, f, 2, (a, b, c) -> f.add(a, b, mode)));
                cases.add(of("sub." + mode, f, 2, (a, b, c) -> f.add(a, f.negate(b), mode)));
                cases.add(of("mul." + mode, f, 2, (a, b, c) -> f.multiply(a, b, mode)));
                cases.add(of("fma." + mode, f, 3, (a, b, c) -> f.fma(a, b, c, mode)));
                cases.add(of("div." + mode, f, 2, (a, b, c) -> f.divide(a, b, mode)));
                cases.add(of("rcp." + mode, f, 1, (a, b, c) -> f.divide((long) f.bias << f.fraction, a, mode)));
                cases.add(of("sqrt." + mode, f, 1, (a, b, c) -> f.root(a, mode)));
            }
        }
        for (Reals f : List.of(Reals.F32, Reals.F64)) { // round to nearest even where they say nothing
            cases.add(of("add", f, 2, (a, b, c) -> f.add(a, b, "rn")));
            cases.add(of("sub", f, 2, (a, b, c) -> f.add(a, f.negate(b), "rn")));
            cases.add(of("mul", f, 2, (a, b, c) -> f.multiply(a, b, "rn")));
        }
        Reals f32 = Reals.F32;
        cases.add(of("add.ftz", f32, 2, (a, b, c) -> f32.flush(f32.add(f32.flush(a), f32.flush(b), "rn"))));
        cases.add(of("mul.ftz", f32, 2, (a, b, c) -> f32.flush(f32.multiply(f32.flush(a), f32.flush(b), "rn"))));
        cases.add(of("fma.rn.ftz", f32, 3, (a, b, c) -> f32.flush(f32.fma(f32.flush(a), f32.flush(b), f32.flush(c), "rn"))));
        cases.add(of("add.sat", f32, 2, (a, b, c) -> saturate(f32, f32.add(a, b, "rn"))));
        cases.add(of("fma.rn.sat", f32, 3, (a, b, c) -> saturate(f32, f32.fma(a, b, c, "rn"))));
        for (Reals f : List.of(Reals.F16, Reals.BF16)) {
            cases.add(of("fma.rn", f, 3, (a, b, c) -> f.fma(a, b, c, "rn")));
        }
        Reals f16 = Reals.F16;
        cases.add(of("add", f16, 2, (a, b, c) -> f16.add(a, b, "rn")));
        cases.add(of("sub.rn", f16, 2, (a, b, c) -> f16.add(a, f16.negate(b), "rn")));
        cases.add(of("mul", f16, 2, (a, b, c) -> f16.multiply(a, b, "rn")));
        cases.add(of("add.sat", f16, 2, (a, b, c) -> saturate(f16, f16.add(a, b, "rn"))));
        cases.add(of("fma.rn.relu", f16, 3, (a, b, c) -> relu(f16, f16.fma(a, b, c, "rn"))));
        for (Reals f : List.of(Reals.F16, Reals.BF16, Reals.F32, Reals.F64)) {
            cases.add(of("min", f, 2, (a, b, c) -> least(f, a, b, false)));
            cases.add(of("max", f, 2, (a, b, c) -> f.isNan(a) || f.isNan(b) ? least(f, a, b, false) : f.negate(least(f, f.negate(a), f.negate(b), false))));
            cases.add(of("abs", f, 1, (a, b, c) -> a & f.nan()));
            cases.add(of("neg", f, 1, (a, b, c) -> f.negate(a)));
        }
        cases.add(of("min.NaN", f32, 2, (a, b, c) -> least(f32, a, b, true)));
        cases.add(of("max.NaN", f16, 2, (a, b, c) -> f16.isNan(a) || f16.isNan(b) ? f16.nan() : f16.negate(least(f16, f16.negate(a), f16.negate(b), true))));
        cases.add(of("copysign", f32, 2, (a, b, c) -> a & 0x80000000L | b & 0x7fffffffL));
        return cases;
    }

    private static long saturate(Reals f, long value) {
        long one = (long) f.bias << f.fraction;
        return f.isNan(value) || f.sign(value) == 1 ? 0 : Math.min(value, one);
    }

    private static long relu(Reals f, long value) {
        return f.isNan(value) ? f.nan() : f.sign(value) == 1 ? 0 : value;
    }

    private static long least(Reals f, long a, long b, boolean keepNan) {
        if (f.isNan(a) || f.isNan(b)) {
            return keepNan || f.isNan(a) && f.isNan(b) ? f.nan() : f.isNan(a) ? b : a;
        }
        return order(f, a) <= order(f, b) ? a : b;
    }

    /** Bits as a number that grows with the value, -0 below +0. */
    private static long order(Reals f, long bits) {
        long magnitude = bits & f.nan();
        return f.sign(bits) == 1 ? -magnitude - 1 : magnitude;
    }

    @ParameterizedTest
    @MethodSource("arithmetic")
    void isExact(Case test) {
        Reals format = test.format();
        int random = format == Reals.F64 ? 300 : 1200;
        long[][] operands = test.instruction().floats(format, random, 11);
        long[] results = test.instruction().run(operands);
        for (int i = 0; i < results.length; i++) {
            long a = operands[0][i];
            long b = operands.length > 1 ? operands[1][i] : 0;
            long c = operands.length > 2 ? operands[2][i] : 0;
            long expected = test.expected().of(a, b, c);
            // float64 NaN keeps a payload that the ISA leaves open; absolute and negated values are bits.
            boolean bothNan = format == Reals.F64 && format.isNan(expected) && format.isNan(results[i]);
            if (results[i] != expected && !bothNan) {
                assertThat(Long.toHexString(results[i])).as("%s of %x %x %x", test, a, b, c).isEqualTo(Long.toHexString(expected));
            }
        }
    }

    @Test
    void packedFormsAreTheirHalves() {
        OneInstruction packed = new OneInstruction("fma.rn.bf16x2 %d, %a, %b, %c;", "b32", "b32", "b32", "b32");
        long[][] low = new OneInstruction("", "b16", "b16", "b16", "b16").floats(Reals.BF16, 3000, 3);
        long[][] both = new long[3][low[0].length];
        for (int k = 0; k < 3; k++) {
            for (int i = 0; i < both[k].length; i++) {
                both[k][i] = low[k][i] | low[k][both[k].length - 1 - i] << 16;
            }
        }
        long[] results = packed.run(both);
        for (int i = 0; i < results.length; i++) {
            int mirrored = results.length - 1 - i;
            long expected = Reals.BF16.fma(low[0][i], low[1][i], low[2][i], "rn")
                    | Reals.BF16.fma(low[0][mirrored], low[1][mirrored], low[2][mirrored], "rn") << 16;
            assertThat(results[i]).isEqualTo(expected);
        }
    }

    /** Name, function, largest relative error that the ISA allows, largest absolute error. */
    record Approximation(String opcode, java.util.function.DoubleUnaryOperator function, double relative, double absolute) {
        @Override
        public String toString() {
            return opcode;
        }
    }

    static List<Approximation> approximations() {
        return List.of(new Approximation("ex2.approx", x -> Math.pow(2, x), 0x1p-22, 0x1p-126), new Approximation("lg2.approx", x -> Math.log(x) / Math.log(2), 0x1p-22, 0x1p-22),
                new Approximation("sin.approx", Math::sin, 0, 0x1p-20), new Approximation("cos.approx", Math::cos, 0, 0x1p-20),
                new Approximation("tanh.approx", Math::tanh, 0x1p-11, 0), new Approximation("rsqrt.approx", x -> 1 / Math.sqrt(x), 0x1p-22, 0),
                new Approximation("rcp.approx", x -> 1 / x, 0x1p-23, 0), new Approximation("sqrt.approx", Math::sqrt, 0x1p-23, 0),
                new Approximation("ex2.approx.ftz", x -> Math.pow(2, x), 0x1p-22, 0x1p-126), new Approximation("rcp.approx.ftz", x -> 1 / x, 0x1p-23, 0));
    }

    @ParameterizedTest
    @MethodSource("approximations")
    void approximationsLieWithinTheirError(Approximation test) {
        OneInstruction instruction = new OneInstruction(test.opcode + ".f32 %d, %a;", "b32", "b32");
        long[][] operands = new long[1][4000];
        for (int i = 0; i < 4000; i++) {
            operands[0][i] = Float.floatToRawIntBits((float) ((i - 1000) * 0.0031 + i * i * 1e-7)) & 0xffffffffL;
        }
        long[] results = instruction.run(operands);
        double worst = 0;
        for (int i = 0; i < results.length; i++) {
            double expected = test.function.applyAsDouble(Float.intBitsToFloat((int) operands[0][i]));
            float got = Float.intBitsToFloat((int) results[i]);
            if (expected != expected) {
                assertThat(got).isNaN();
            } else if (Double.isInfinite(expected) || expected == 0) {
                assertThat((double) got).isEqualTo(expected);
            } else {
                worst = Math.max(worst, Math.abs(got - expected) / (test.absolute + test.relative * Math.abs(expected)));
            }
        }
        assertThat(worst).as("share of the allowed error used").isLessThanOrEqualTo(1);
    }
}
