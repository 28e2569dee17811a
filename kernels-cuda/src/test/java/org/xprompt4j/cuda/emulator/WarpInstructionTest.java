package org.xprompt4j.cuda.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntBinaryOperator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xprompt4j.tensor.Philox;

/** What the lanes of a warp do together, lane by lane against the ISA's own definitions. */
class WarpInstructionTest {
    private static long[] words(int count, long stream) {
        long[] words = new long[count];
        for (int i = 0; i < count; i++) {
            words[i] = Philox.word(21, stream, i, 0) & 0xffffffffL;
        }
        return words;
    }

    private static long[] each(java.util.function.IntToLongFunction value) {
        long[] values = new long[128];
        for (int i = 0; i < 128; i++) {
            values[i] = value.applyAsLong(i);
        }
        return values;
    }

    /** A shuffle mode and from which lane it takes; -1 for its own, out of range. */
    record Shuffle(String mode, int clamp, int segment, IntBinaryOperator from) {
        @Override
        public String toString() {
            return mode + " clamp " + clamp + " segment mask " + segment;
        }
    }

    static List<Shuffle> shuffles() {
        List<Shuffle> shuffles = new ArrayList<>();
        for (int width : new int[] {32, 16, 8, 1}) {
            int segment = 32 - width;
            // As the CUDA guide says of widths: lanes of a segment only.
            shuffles.add(new Shuffle("up", 0, segment, (lane, by) -> lane % width >= by ? lane - by : -1));
            shuffles.add(new Shuffle("down", 31, segment, (lane, by) -> lane % width + by < width ? lane + by : -1));
            shuffles.add(new Shuffle("bfly", 31, segment, (lane, by) -> (lane ^ by) / width <= lane / width ? lane ^ by : -1));
            shuffles.add(new Shuffle("idx", 31, segment, (lane, by) -> lane / width * width + by % width));
        }
        return shuffles;
    }

    @ParameterizedTest
    @MethodSource("shuffles")
    void shufflesTakeTheRightLane(Shuffle test) {
        int control = test.segment << 8 | test.clamp;
        String text = ".reg .pred %in; shfl.sync." + test.mode + ".b32 %d|%in, %a, %b, " + control + ", -1; @!%in or.b32 %d, %d, 0;";
        String flag = ".reg .b32 %v; shfl.sync." + test.mode + ".b32 %v|%d, %a, %b, " + control + ", -1;";
        for (int by : new int[] {0, 1, 3, 8, 16, 31}) {
            long[] values = words(128, by);
            long[][] operands = {values, each(i -> by)};
            long[] results = new OneInstruction(text, "b32", "b32", "b32").run(operands);
            long[] valid = new OneInstruction(flag, "pred", "b32", "b32").run(operands);
            for (int i = 0; i < 128; i++) {
                int from = test.from.applyAsInt(i & 31, by);
                assertThat(results[i]).as("%s by %d, lane %d", test, by, i).isEqualTo(values[from < 0 ? i : (i & -32) + from]);
                assertThat(valid[i] != 0).as("%s by %d, lane %d in range", test, by, i).isEqualTo(from >= 0);
            }
        }
    }

    static final Set<String> VOTES = Set.of("vote.sync.ballot.b32", "vote.sync.all.pred", "vote.sync.any.pred", "vote.sync.uni.pred");

    /** Each of {@link #VOTES}. */
    @Test
    void votesCountMembers() {
        long[] values = each(i -> i < 32 ? 1 : i < 64 ? 0 : i % 3 == 0 ? 1 : 0);
        int third = 0;
        for (int i = 64; i < 96; i++) {
            third |= (int) values[i] << i - 64;
        }
        long[] ballots = new OneInstruction("vote.sync.ballot.b32 %d, %a, -1;", "b32", "pred").run(new long[][] {values});
        assertThat(ballots[5]).isEqualTo(0xffffffffL);
        assertThat(ballots[40]).isZero();
        assertThat(ballots[70]).isEqualTo(third & 0xffffffffL);
        long[] all = new OneInstruction("vote.sync.all.pred %d, %a, -1;", "pred", "pred").run(new long[][] {values});
        long[] any = new OneInstruction("vote.sync.any.pred %d, %a, -1;", "pred", "pred").run(new long[][] {values});
        long[] same = new OneInstruction("vote.sync.uni.pred %d, %a, -1;", "pred", "pred").run(new long[][] {values});
        for (int warp = 0; warp < 3; warp++) {
            assertThat(new long[] {all[32 * warp], any[32 * warp], same[32 * warp]}).isEqualTo(new long[][] {{1, 1, 1}, {0, 0, 1}, {0, 1, 0}}[warp]);
        }
    }

    @Test
    void matchFindsEqualLanes() {
        long[] values = each(i -> i % 5);
        long[] any = new OneInstruction("match.any.sync.b32 %d, %a, -1;", "b32", "b32").run(new long[][] {values});
        long[] all = new OneInstruction("match.all.sync.b64 %d, %a, -1;", "b32", "b64").run(new long[][] {each(i -> i < 32 ? 1L << 40 : i)});
        for (int i = 0; i < 128; i++) {
            long same = 0;
            for (int k = 0; k < 32; k++) {
                same |= values[(i & -32) + k] == values[i] ? 1L << k : 0;
            }
            assertThat(any[i]).isEqualTo(same);
            assertThat(all[i]).isEqualTo(i < 32 ? 0xffffffffL : 0);
        }
    }

    @Test
    void reduxReduces() {
        long[] values = words(128, 9);
        for (String operation : List.of("add.s32", "min.s32", "max.s32", "min.u32", "max.u32", "and.b32", "or.b32", "xor.b32")) {
            long[] results = new OneInstruction("redux.sync." + operation + " %d, %a, -1;", "b32", "b32").run(new long[][] {values});
            for (int i = 0; i < 128; i++) {
                long expected = values[i & -32];
                for (int k = 1; k < 32; k++) {
                    long next = values[(i & -32) + k];
                    expected = switch (operation) {
                        case "add.s32" -> expected + next & 0xffffffffL;
                        case "min.s32" -> Math.min((int) expected, (int) next) & 0xffffffffL;
                        case "max.s32" -> Math.max((int) expected, (int) next) & 0xffffffffL;
                        case "min.u32" -> Math.min(expected, next);
                        case "max.u32" -> Math.max(expected, next);
                        case "and.b32" -> expected & next;
                        case "or.b32" -> expected | next;
                        default -> expected ^ next;
                    };
                }
                assertThat(results[i]).as(operation).isEqualTo(expected);
            }
        }
    }

    /** A matrix instruction: element type of A and B, their width in bits, k. */
    record Matrices(String type, int bits, int k, String accumulator) {
        String opcode() {
            return "mma.sync.aligned.m16n8k" + k + ".row.col." + accumulator + "." + type + "." + type + "." + accumulator;
        }

        @Override
        public String toString() {
            return opcode();
        }
    }

    static List<Matrices> matrices() {
        return List.of(new Matrices("bf16", 16, 16, "f32"), new Matrices("bf16", 16, 8, "f32"), new Matrices("f16", 16, 16, "f32"),
                new Matrices("f16", 16, 8, "f32"), new Matrices("f16", 16, 16, "f16"), new Matrices("tf32", 32, 8, "f32"), new Matrices("tf32", 32, 4, "f32"),
                new Matrices("s8", 8, 32, "s32"), new Matrices("u8", 8, 16, "s32"));
    }

    /** Small integers, exact in every type; their places follow from the fragment layouts of the ISA, element by element. */
    @ParameterizedTest
    @MethodSource("matrices")
    void matricesMultiply(Matrices test) {
        int per = 32 / test.bits;
        int registersA = 16 * test.k / (32 * per);
        int registersB = 8 * test.k / (32 * per);
        int[][] a = new int[16][test.k];
        int[][] b = new int[test.k][8];
        long[] operandA = new long[128];
        for (int i = 0; i < 16; i++) {
            for (int l = 0; l < test.k; l++) {
                a[i][l] = small(test, 100 * i + l);
            }
        }
        for (int l = 0; l < test.k; l++) {
            for (int j = 0; j < 8; j++) {
                b[l][j] = small(test, 7000 + 10 * l + j);
            }
        }
        // The result's four (or two) numbers one after another, each from a kernel of its own.
        boolean half = test.accumulator.equals("f16");
        for (int want = 0; want < (half ? 2 : 4); want++) {
            StringBuilder text = new StringBuilder(".reg .b32 %x<4>, %y<2>, %z<4>, %lane, %t;\nmov.u32 %lane, %laneid;\n");
            fill(text, test, "x", registersA, (lane, register, index) -> {
                int group = register >> 1;
                return a[(lane >> 2) + 8 * (register & 1)][group * 4 * per + (lane & 3) * per + index];
            });
            fill(text, test, "y", registersB, (lane, register, index) -> b[register * 4 * per + (lane & 3) * per + index][lane >> 2]);
            String c = test.accumulator.equals("s32") ? "3" : half ? "0x42004200" : "0f40400000";
            String registersC = half ? "{%z0, %z1}" : "{%z0, %z1, %z2, %z3}";
            for (int r = 0; r < (half ? 2 : 4); r++) {
                text.append("mov.b32 %z").append(r).append(", ").append(c).append(";\n");
            }
            text.append(test.opcode()).append(' ').append(registersC).append(", ").append(list("x", registersA)).append(", ").append(list("y", registersB))
                    .append(", ").append(registersC).append(";\nmov.b32 %d, %z").append(want).append(";");
            long[] results = new OneInstruction(text.toString(), "b32", "b32").run(new long[][] {java.util.Arrays.copyOf(operandA, 32)});
            for (int lane = 0; lane < 32; lane++) {
                for (int e = 0; e < (half ? 2 : 1); e++) {
                    int row = (lane >> 2) + 8 * (half ? want : want >> 1);
                    int column = 2 * (lane & 3) + (half ? e : want & 1);
                    int expected = 3;
                    for (int l = 0; l < test.k; l++) {
                        expected += a[row][l] * b[l][column];
                    }
                    double got = half ? Float.float16ToFloat((short) (results[lane] >>> 16 * e)) : test.accumulator.equals("s32") ? (int) results[lane]
                            : Float.intBitsToFloat((int) results[lane]);
                    assertThat(got).as("%s register %d of lane %d", test, want, lane).isEqualTo(expected);
                }
            }
        }
    }

    private static int small(Matrices test, int position) {
        int value = Philox.word(5, 5, position, 1) >>> 28;
        return test.type.startsWith("u") ? value : value - 8;
    }

    private static String list(String name, int count) {
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < count; i++) {
            text.append(i == 0 ? "" : ", ").append('%').append(name).append(i);
        }
        return text + "}";
    }

    /** One element of a fragment. */
    interface Element {
        int of(int lane, int register, int index);
    }

    /** Loads a fragment's registers from constants, by a chain of selections on the lane. */
    private static void fill(StringBuilder text, Matrices test, String name, int registers, Element element) {
        int per = 32 / test.bits;
        text.append("{ .reg .pred %is;\n");
        for (int r = 0; r < registers; r++) {
            text.append("mov.b32 %").append(name).append(r).append(", 0;\n");
            for (int lane = 0; lane < 32; lane++) {
                int bits = 0;
                for (int i = 0; i < per; i++) {
                    int value = element.of(lane, r, i);
                    int encoded = switch (test.type) {
                        case "bf16" -> Float.floatToRawIntBits(value) >>> 16;
                        case "f16" -> Float.floatToFloat16(value) & 0xffff;
                        case "tf32" -> Float.floatToRawIntBits(value);
                        default -> value & 255;
                    };
                    bits |= encoded << i * test.bits % 32;
                }
                text.append("setp.eq.s32 %is, %lane, ").append(lane).append("; @%is mov.b32 %").append(name).append(r).append(", ").append(bits).append(";\n");
            }
        }
        text.append("}\n");
    }
}
