package org.xprompt4j.cuda.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.kernel.Dim3;
import org.xprompt4j.tensor.kernel.KernelLaunch;
import org.xprompt4j.tensor.kernel.KernelRun;
import org.xprompt4j.tensor.kernel.KernelRun.Argument;

/** Kernels of files: arguments of every kind arrive bit for bit, buffers and variables go in and out, and what does not fit is refused in one line. */
class FileKernelTest {
    private static final String HEAD = ".version 8.0\n.target sm_80\n.address_size 64\n";
    private static final String ECHO = HEAD + """
            .visible .global .align 8 .b8 counter[8];
            .visible .const .align 4 .b8 factor[4];
            .visible .entry _Z4echoaPy(.param .u8 a, .param .u16 b, .param .u32 c, .param .u64 d, .param .b16 e, .param .f32 f, .param .f64 g, .param .align 4 .b8 h[12], .param .u64 out)
            {
            .reg .b64 %o, %x; .reg .b32 %w; .reg .b16 %s;
            ld.param.u64 %o, [out];
            ld.param.u8 %s, [a]; cvt.u64.u16 %x, %s; st.global.u64 [%o], %x;
            ld.param.u16 %s, [b]; cvt.u64.u16 %x, %s; st.global.u64 [%o+8], %x;
            ld.param.u32 %w, [c]; cvt.u64.u32 %x, %w; st.global.u64 [%o+16], %x;
            ld.param.u64 %x, [d]; st.global.u64 [%o+24], %x;
            ld.param.b16 %s, [e]; cvt.u64.u16 %x, %s; st.global.u64 [%o+32], %x;
            ld.param.b32 %w, [f]; cvt.u64.u32 %x, %w; st.global.u64 [%o+40], %x;
            ld.param.b64 %x, [g]; st.global.u64 [%o+48], %x;
            ld.param.u32 %w, [h+8]; cvt.u64.u32 %x, %w; st.global.u64 [%o+56], %x;
            ld.const.u32 %w, [factor]; cvt.u64.u32 %x, %w; st.global.u64 [%o+64], %x;
            ld.global.u64 %x, [counter]; add.u64 %x, %x, 1; st.global.u64 [counter], %x;
            ret;
            }
            """;

    private final Map<String, MemorySegment> buffers = new LinkedHashMap<>(Map.of("out", MemorySegment.ofArray(new long[10])));
    private Map<String, String> symbols = Map.of();
    private long limit = 10_000;

    private static List<Argument> arguments(String... texts) {
        List<Argument> arguments = new ArrayList<>();
        for (String text : texts) {
            String[] parts = text.split(":", 2);
            arguments.add(new Argument(parts[0], parts.length > 1 ? parts[1] : ""));
        }
        return arguments;
    }

    private KernelLaunch run(String ptx, String entry, Dim3 block, String... arguments) {
        return new EmulatedKernelLab().run(new KernelRun(ptx, "file.ptx", entry, new Dim3(1, 1, 1), block, 0, arguments(arguments), buffers, symbols, limit, true, false));
    }

    private void echo(String... arguments) {
        run(ECHO, "echo", new Dim3(1, 1, 1), arguments);
    }

    @Test
    void argumentsArriveBitForBit() {
        buffers.put("factor", MemorySegment.ofArray(new int[] {17}));
        buffers.put("count", MemorySegment.ofArray(new long[] {41}));
        symbols = Map.of("factor", "factor", "counter", "count");
        echo("i8:-2", "u16:65535", "i32:-5", "u64:0xfedcba9876543210", "bf16:1.5", "f32:-0.1", "f64:1e-300", "hex:000000000000000078563412", "buf:out+8");
        MemorySegment out = buffers.get("out");
        long[] expected = {0, 0xfe, 65535, 0xfffffffbL, 0xfedcba9876543210L, 0x3fc0, Float.floatToRawIntBits(-0.1f) & 0xffffffffL, Double.doubleToRawLongBits(1e-300),
            0x12345678, 17};
        assertThat(out.toArray(ValueLayout.JAVA_LONG)).isEqualTo(expected);
        assertThat(buffers.get("count").get(ValueLayout.JAVA_LONG, 0)).isEqualTo(42);
    }

    @Test
    void argumentsThatDoNotFitAreRefused() {
        String[] right = {"u8:1", "u16:1", "u32:1", "u64:1", "f16:1", "f32:1", "f64:1", "hex:000000000000000000000000", "buf:out"};
        String[][] wrong = {{"0", "u8:256", "does not fit u8"}, {"0", "i8:128", "does not fit i8"}, {"0", "i32:1", "takes 1 bytes (.u8), not 4"}, {"2", "i32:five", "is no whole number"},
            {"5", "f32:1,5", "is no number"}, {"2", "buf:out", "it is no pointer"}, {"8", "buf:none", "there are out"}, {"7", "hex:12", "takes 12 bytes"},
            {"7", "hex:0g", "hexadecimal digits"}, {"1", "x16:1", "kind that is not known"}, {"8", "null", "null pointer"}};
        for (String[] change : wrong) {
            String[] arguments = right.clone();
            arguments[Integer.parseInt(change[0])] = change[1];
            assertThatThrownBy(() -> echo(arguments)).as(change[1]).isInstanceOf(InvalidInput.class).hasMessageContaining(change[2]);
        }
        assertThatThrownBy(() -> echo("u8:1")).hasMessageContaining("takes 9 arguments (1 bytes, 2 bytes").hasMessageContaining("1 are given");
        symbols = Map.of("nothing", "out");
        assertThatThrownBy(() -> echo(right)).hasMessageContaining("no variable 'nothing'; it has counter, factor");
        symbols = Map.of("factor", "out");
        assertThatThrownBy(() -> echo(right)).hasMessageContaining("'factor' has 4 bytes, tensor 'out' has 80");
    }

    @Test
    void launchesThatCannotBeAreRefused() {
        String[] two = {".visible .entry _Z1kILi1EEvv() { ret; }\n", ".visible .entry _Z1kILi2EEvv() { LOOP: bra LOOP; }\n"};
        assertThatThrownBy(() -> run(HEAD + two[0], "none", new Dim3(1, 1, 1))).hasMessageContaining("no kernel 'none'; --entry must be one of _Z1kILi1EEvv");
        assertThatThrownBy(() -> run(HEAD + two[0] + two[1], "k", new Dim3(1, 1, 1))).hasMessageContaining("more than one kernel 'k'");
        assertThat(run(HEAD + two[0], "k", new Dim3(7, 1, 1)).report().warpInstructions()).isEqualTo(1);
        assertThatThrownBy(() -> run(HEAD + two[0], "k", new Dim3(1025, 1, 1))).hasMessageContaining("file.ptx: invalid launch").hasMessageContaining("from 1 to 1024");
        limit = 5000;
        assertThatThrownBy(() -> run(HEAD + two[1], "k", new Dim3(1, 1, 1))).hasMessageContaining("instruction limit reached: 5000 warp instructions");
        assertThatThrownBy(() -> run("no PTX", "k", new Dim3(1, 1, 1))).isInstanceOf(InvalidInput.class).hasMessageStartingWith("file.ptx:1: ");
        assertThatThrownBy(() -> run(HEAD + ".visible .entry k() { wgmma.fence.sync.aligned; ret; }", "k", new Dim3(1, 1, 1)))
                .isInstanceOf(InvalidInput.class).hasMessageStartingWith("file.ptx:4: needs compute_90a");
    }

    /** All blocks meet through the counters of the grid's workspace, as grid.sync does. */
    @Test
    void cooperativeGroupsFindTheirWorkspaces() {
        String grid = HEAD + """
                .visible .entry k(.param .u64 out)
                {
                .reg .b32 %a, %b, %c, %n, %old; .reg .b64 %w, %h, %o; .reg .pred %p;
                mov.u32 %a, %envreg2; mov.u32 %b, %envreg1; cvt.u64.u32 %w, %a; cvt.u64.u32 %h, %b; bfi.b64 %w, %h, %w, 32, 32;
                mov.u32 %c, %ctaid.x; mov.u32 %n, %nctaid.x; ld.param.u64 %o, [out];
                setp.eq.u32 %p, %c, 3; @%p st.global.u32 [%o], 77;
                atom.add.release.gpu.u32 %old, [%w+4], 1;
                SPIN: ld.acquire.gpu.u32 %old, [%w+4]; setp.lt.u32 %p, %old, %n; @%p bra SPIN;
                ld.global.u32 %old, [%o]; mul.wide.u32 %h, %c, 4; add.s64 %o, %o, %h; st.global.u32 [%o+8], %old;
                ret;
                }
                """;
        KernelRun run = new KernelRun(grid, "file.ptx", "k", new Dim3(6, 1, 1), new Dim3(1, 1, 1), 0, arguments("buf:out"), buffers, Map.of(), 1_000_000, true, false);
        new EmulatedKernelLab().run(run);
        int[] out = buffers.get("out").toArray(ValueLayout.JAVA_INT);
        assertThat(out).startsWith(77, 0, 77, 77, 77, 77, 77, 77);
        KernelRun many = new KernelRun(grid, "file.ptx", "k", new Dim3(129, 1, 1), new Dim3(1, 1, 1), 0, arguments("buf:out"), buffers, Map.of(), 1_000_000, true, false);
        assertThatThrownBy(() -> new EmulatedKernelLab().run(many)).hasMessageContaining("129 blocks that meet (grid.sync): at most 128");
    }

    @Test
    void theHeapGivesAndTakes() {
        String heap = HEAD + """
                .extern .func (.param .b64 result) malloc (.param .b64 size);
                .extern .func free (.param .b64 pointer);
                .visible .entry k(.param .u64 out, .param .u32 twice)
                {
                .reg .b64 %m, %o, %x; .reg .b32 %t; .reg .pred %p;
                { .param .b64 size; .param .b64 result; st.param.b64 [size], 64; call.uni (result), malloc, (size); ld.param.b64 %m, [result]; }
                st.u64 [%m+56], 11; ld.u64 %x, [%m+56]; ld.param.u64 %o, [out]; st.global.u64 [%o], %x;
                { .param .b64 pointer; st.param.b64 [pointer], %m; call.uni free, (pointer); }
                ld.param.u32 %t, [twice]; setp.eq.u32 %p, %t, 0; @%p ret;
                { .param .b64 pointer; st.param.b64 [pointer], %m; call.uni free, (pointer); }
                ret;
                }
                """;
        run(heap, "k", new Dim3(1, 1, 1), "buf:out", "u32:0");
        assertThat(buffers.get("out").get(ValueLayout.JAVA_LONG, 0)).isEqualTo(11);
        assertThatThrownBy(() -> run(heap, "k", new Dim3(1, 1, 1), "buf:out", "u32:1")).hasMessageContaining("invalid free").hasMessageContaining("was freed before");
    }
}
