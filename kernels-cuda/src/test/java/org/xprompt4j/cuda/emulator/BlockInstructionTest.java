package org.xprompt4j.cuda.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.Philox;

/** Instructions that make sense only together: branches, barriers, asynchronous copies, matrices from shared memory; and the few of a kind. */
class BlockInstructionTest {
    /** What the tests of this class run, each against exact values. */
    static final Set<String> TESTED = Set.of("bra", "bra.uni", "ret", "bar.sync", "bar.red.or.pred", "bar.red.and.pred", "bar.red.popc.u32", "bar.warp.sync",
            "cp.async.ca.shared.global", "cp.async.cg.shared.global", "cp.async.commit_group", "cp.async.wait_group", "cp.async.wait_all",
            "ldmatrix.sync.aligned.m8n8.x1.shared.b16", "ldmatrix.sync.aligned.m8n8.x4.shared.b16", "ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16",
            "atom.shared.add.u64", "cvt.rn.bf16x2.f32", "rcp.approx.ftz.f64");

    /** Runs a body over a block of threads: %t the thread, %in and %out its 32 bytes of global memory, 4096 bytes of shared memory at place. */
    private static long[] run(int threads, long[] in, String body) {
        String ptx = """
                .version 8.0
                .target sm_80
                .address_size 64
                .visible .entry one(.param .u64 in, .param .u64 out)
                {
                .reg .b32 %t, %s, %n, %w<16>;
                .reg .b64 %base, %in, %out, %o, %y<4>;
                .reg .b16 %h<4>;
                .reg .f64 %f<4>;
                .reg .pred %p, %q;
                .shared .align 16 .b8 place[4096];
                ld.param.u64 %base, [in]; ld.param.u64 %out, [out];
                mov.u32 %t, %tid.x; mul.wide.u32 %o, %t, 32; add.s64 %in, %base, %o; add.s64 %out, %out, %o;
                mov.u32 %s, place;
                """ + body + "\nret;\n}\n";
        Kernels kernels = new Kernels(new PtxMachine(), PtxModule.parse(ptx, "block.ptx"));
        long out = kernels.longs("out", new long[4 * threads]);
        kernels.run("one", Grid.of(1), Grid.of(threads), 0, kernels.longs("in", Arrays.copyOf(in, 4 * threads)), out);
        return kernels.longs(out, 4 * threads);
    }

    private static long[] words(int count) {
        long[] words = new long[count];
        Arrays.setAll(words, i -> (long) Philox.word(9, 2, i, 0) << 32 | Philox.word(9, 2, i, 1) & 0xffffffffL);
        return words;
    }

    /** A loop whose lanes leave after 0, 1, 2 ... rounds, a branch over code, a return in the middle. */
    @Test
    void lanesBranchAndReturn() {
        long[] results = run(40, new long[0], """
                mov.u32 %w0, 0; mov.u32 %w1, 0;
                AGAIN: setp.ge.u32 %p, %w0, %t; @%p bra OUT;
                add.u32 %w0, %w0, 1; add.u32 %w1, %w1, %w0;
                bra.uni AGAIN;
                OUT: cvt.u64.u32 %y0, %w1; st.global.u64 [%out], %y0;
                and.b32 %w2, %t, 1; setp.eq.u32 %q, %w2, 1; @!%q bra EVEN;
                st.global.u64 [%out+8], 7;
                @%q ret;
                st.global.u64 [%out+16], 9;
                EVEN: st.global.u64 [%out+24], 5;""");
        for (int t = 0; t < 40; t++) {
            assertThat(Arrays.copyOfRange(results, 4 * t, 4 * t + 4)).containsExactly(t * (t + 1) / 2, t % 2 == 1 ? 7 : 0, 0, t % 2 == 1 ? 0 : 5);
        }
    }

    /** Each thread reads what another warp wrote before the barrier; votes of the whole block. */
    @Test
    void barriersJoinTheBlock() {
        long[] results = run(96, new long[0], """
                shl.b32 %w0, %t, 2; add.u32 %w1, %s, %w0; mul.lo.u32 %w2, %t, 3; st.shared.u32 [%w1], %w2;
                bar.sync 0;
                sub.u32 %w3, 95, %t; shl.b32 %w3, %w3, 2; add.u32 %w3, %s, %w3; ld.shared.u32 %w4, [%w3];
                cvt.u64.u32 %y0, %w4; st.global.u64 [%out], %y0;
                setp.eq.u32 %p, %t, 70; bar.red.or.pred %q, 1, %p; selp.u64 %y1, 1, 0, %q; st.global.u64 [%out+8], %y1;
                bar.red.and.pred %q, 1, %p; selp.u64 %y2, 1, 0, %q;
                setp.lt.u32 %p, %t, 33; bar.red.popc.u32 %w5, 1, %p; cvt.u64.u32 %y3, %w5; shl.b64 %y3, %y3, 1; or.b64 %y2, %y2, %y3; st.global.u64 [%out+16], %y2;""");
        for (int t = 0; t < 96; t++) {
            assertThat(Arrays.copyOfRange(results, 4 * t, 4 * t + 3)).containsExactly(3 * (95 - t), 1, 66);
        }
    }

    /** Lanes of a warp exchange through shared memory; without bar.warp.sync this would be reported as a race. */
    @Test
    void warpsSynchronise() {
        long[] results = run(64, new long[0], """
                shl.b32 %w0, %t, 2; add.u32 %w1, %s, %w0; st.shared.u32 [%w1], %t;
                bar.warp.sync -1;
                xor.b32 %w2, %w0, 124; add.u32 %w2, %s, %w2; ld.shared.u32 %w3, [%w2]; cvt.u64.u32 %y0, %w3; st.global.u64 [%out], %y0;""");
        for (int t = 0; t < 64; t++) {
            assertThat(results[4 * t]).isEqualTo(t ^ 31);
        }
    }

    /** Two groups: the first is waited for alone, the second with all; bytes beyond the source size become zero. */
    @Test
    void copiesArriveInGroups() {
        long[] in = words(4 * 64);
        long[] results = run(64, in, """
                shl.b32 %w0, %t, 5; add.u32 %w1, %s, %w0;
                cp.async.cg.shared.global [%w1], [%in], 16;
                cp.async.commit_group;
                cp.async.ca.shared.global [%w1+16], [%in+16], 8;
                cp.async.ca.shared.global [%w1+24], [%in+24], 8, 4;
                cp.async.commit_group;
                cp.async.wait_group 1;
                ld.shared.v2.u64 {%y0, %y1}, [%w1]; st.global.v2.u64 [%out], {%y0, %y1};
                cp.async.wait_all;
                ld.shared.v2.u64 {%y2, %y3}, [%w1+16]; st.global.v2.u64 [%out+16], {%y2, %y3};""");
        for (int i = 0; i < 4 * 64; i++) {
            assertThat(results[i]).as("word %d", i).isEqualTo(i % 4 == 3 ? in[i] & 0xffffffffL : in[i]);
        }
    }

    /** Four 8 x 8 matrices whose element says matrix, row and column; lane i of each gets row i / 4, columns 2 (i mod 4) and the next, or transposed. */
    @Test
    void matricesComeFromSharedMemory() {
        for (boolean transposed : new boolean[] {false, true}) {
            for (int count : new int[] {1, 4}) {
                String registers = count == 1 ? "{%w4}" : "{%w4, %w5, %w6, %w7}";
                long[] results = run(32, new long[0], """
                        mov.u32 %w0, 0;
                        FILL: shl.b32 %w1, %t, 4; shl.b32 %w2, %w0, 1; add.u32 %w3, %s, %w1; add.u32 %w3, %w3, %w2;
                        shl.b32 %w8, %t, 3; or.b32 %w8, %w8, %w0; cvt.u16.u32 %h0, %w8; st.shared.u16 [%w3], %h0;
                        add.u32 %w0, %w0, 1; setp.lt.u32 %p, %w0, 8; @%p bra FILL;
                        mov.u32 %w5, 0; mov.u32 %w6, 0; mov.u32 %w7, 0;
                        bar.warp.sync -1;
                        shl.b32 %w1, %t, 4; add.u32 %w3, %s, %w1;
                        ldmatrix.sync.aligned.m8n8.x""" + count + (transposed ? ".trans" : "") + ".shared.b16 " + registers + """
                        , [%w3];
                        cvt.u64.u32 %y0, %w4; st.global.u64 [%out], %y0; cvt.u64.u32 %y0, %w5; st.global.u64 [%out+8], %y0;
                        cvt.u64.u32 %y0, %w6; st.global.u64 [%out+16], %y0; cvt.u64.u32 %y0, %w7; st.global.u64 [%out+24], %y0;""");
                for (int lane = 0; lane < 32; lane++) {
                    for (int matrix = 0; matrix < count; matrix++) {
                        int row = lane / 4;
                        int column = 2 * (lane % 4);
                        long low = transposed ? 64 * matrix + 8 * column + row : 64 * matrix + 8 * row + column;
                        long high = transposed ? 64 * matrix + 8 * (column + 1) + row : 64 * matrix + 8 * row + column + 1;
                        assertThat(results[4 * lane + matrix]).as("matrix %d of lane %d", matrix, lane).isEqualTo(low | high << 16);
                    }
                }
            }
        }
    }

    @Test
    void sharedCountersOf64Bits() {
        long[] results = run(64, words(256), """
                setp.eq.u32 %p, %t, 0; @%p st.shared.u64 [place], 5;
                bar.sync 0;
                ld.global.u64 %y0, [%in]; atom.shared.add.u64 %y1, [place], %y0;
                bar.sync 0;
                ld.shared.u64 %y2, [place]; st.global.u64 [%out], %y2;""");
        long[] in = words(256);
        long sum = 5;
        for (int t = 0; t < 64; t++) {
            sum += in[4 * t];
        }
        for (int t = 0; t < 64; t++) {
            assertThat(results[4 * t]).isEqualTo(sum);
        }
    }

    @Test
    void pairsOfFloatsBecomeBf16() {
        OneInstruction pack = new OneInstruction("cvt.rn.bf16x2.f32 %d, %a, %b;", "b32", "b32", "b32");
        long[][] operands = pack.floats(Reals.F32, 2000, 8);
        long[] results = pack.run(operands);
        for (int i = 0; i < results.length; i++) {
            assertThat(results[i]).isEqualTo(bf16(operands[0][i]) << 16 | bf16(operands[1][i]));
        }
    }

    private static long bf16(long bits) {
        return Reals.F32.isNan(bits) ? Reals.BF16.nan() : bits + 0x7fff + (bits >>> 16 & 1) >>> 16 & 0xffff;
    }

    /** The upper half of the result alone, within 2^-20 of the reciprocal (ISA: a gross approximation of the upper 32 bits, subnormals flushed). */
    @Test
    void grossReciprocalOfDoubles() {
        OneInstruction reciprocal = new OneInstruction("rcp.approx.ftz.f64 %d, %a;", "b64", "b64");
        long[][] operands = reciprocal.floats(Reals.F64, 2000, 9);
        long[] results = reciprocal.run(operands);
        for (int i = 0; i < results.length; i++) {
            double x = Double.longBitsToDouble(operands[0][i] & 0xffffffff00000000L); // the operand's upper half alone, too
            double got = Double.longBitsToDouble(results[i]);
            double expected = Math.abs(x) < Double.MIN_NORMAL ? Math.copySign(Double.POSITIVE_INFINITY, x) : 1 / x;
            if (Double.isNaN(expected)) {
                assertThat(got).isNaN();
            } else if (Double.isInfinite(expected) || Math.abs(expected) < Double.MIN_NORMAL) {
                assertThat(got).as("1 / %s", x).isEqualTo(Double.isInfinite(expected) ? expected : Math.copySign(0, expected));
            } else {
                assertThat(Math.abs(got / expected - 1)).as("1 / %s", x).isLessThan(0x1p-20);
                assertThat(results[i] & 0xffffffffL).isZero();
            }
        }
    }
}
