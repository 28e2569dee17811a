package org.xprompt4j.cuda.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xprompt4j.cuda.emulator.syntax.PtxSyntaxException;

/** What cannot be read or is not known is said in one line with the place; what a module declares is told rightly. */
class PtxSyntaxTest {
    private static final String HEAD = ".version 8.0\n.target sm_80\n.address_size 64\n";

    private static String kernel(String body) {
        return HEAD + ".visible .entry k(.param .u64 p)\n{\n.reg .b32 %r<4>;\n.reg .b64 %rd<4>;\n.reg .pred %p<2>;\n" + body + "\nret;\n}\n";
    }

    private static void launch(String ptx) {
        Kernels kernels = new Kernels(new PtxMachine(), PtxModule.parse(ptx, "test.ptx"));
        kernels.run("k", Grid.of(1), Grid.of(32), 0, 0L);
    }

    @Test
    void unknownInstructionsAreNamedWithTheirLine() {
        assertThatThrownBy(() -> launch(kernel("frob.sync.aligned;"))).isInstanceOf(PtxSyntaxException.class)
                .hasMessageContaining("test.ptx:9: unknown instruction 'frob.sync.aligned'");
        for (String unknown : List.of("add.foo %r1, %r2, %r3;", "cvt.rn.f32.e4m3 %r1, %r2;", "atom.global.mul.u32 %r1, [%rd1], %r2;",
                "mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {%rd1}, {%rd2}, {%rd3}, {%rd0};")) {
            assertThatThrownBy(() -> launch(kernel(unknown))).as(unknown).isInstanceOf(PtxSyntaxException.class).hasMessageStartingWith("test.ptx:9: ");
        }
    }

    @Test
    void whatIsKnownAndNotEmulatedSaysWhatItNeeds() {
        for (String later : List.of("wgmma.fence.sync.aligned;", "cp.async.bulk.wait_group 0;",
                "cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes [%r1], [%rd1, {%r2, %r3}], [%r0];")) {
            assertThatThrownBy(() -> launch(kernel(later))).as(later).isInstanceOf(PtxSyntaxException.class)
                    .hasMessageMatching("(?s)test\\.ptx:9: needs compute_90a \\(.*\\): not emulated: .*\\(source line test\\.ptx:9\\)");
        }
        for (String cluster : List.of("mapa.shared::cluster.u32 %r1, %r2, %r3;", "barrier.cluster.arrive.aligned;", "ld.shared::cluster.u32 %r1, [%r2];",
                "st.async.weak.shared::cluster.mbarrier::complete_tx::bytes.u32 [%r1], %r2, [%r3];")) {
            assertThatThrownBy(() -> launch(kernel(cluster))).as(cluster).hasMessageContaining("test.ptx:9: needs compute_90 (");
        }
        assertThatThrownBy(() -> launch(kernel("mbarrier.init.shared.b64 [%r1], %r2;"))).hasMessageContaining("test.ptx:9: barriers in shared memory (mbarrier)");
        for (String texture : List.of("tex.2d.v4.f32.s32 {%r1, %r2, %r3, %r0}, [%rd1, {%r1, %r2}];", "sust.b.2d.b32.trap [%rd1, {%r1, %r2}], {%r3};")) {
            assertThatThrownBy(() -> launch(kernel(texture))).as(texture).hasMessageContaining("test.ptx:9: textures and surfaces are not emulated");
        }
        for (String call : List.of("call (%r1), %rd1, (%r2);", "call;", "call (%r1);", "@%p1 call;")) {
            assertThatThrownBy(() -> launch(kernel(call))).as(call).isInstanceOf(PtxSyntaxException.class).hasMessageContaining("test.ptx:9: only direct calls");
        }
    }

    @Test
    void faultsOfTheTextAreNamedWithTheirLine() {
        assertThatThrownBy(() -> PtxModule.parse("not PTX at all", "x.ptx")).isInstanceOf(PtxSyntaxException.class).hasMessageStartingWith("x.ptx:1: ");
        assertThatThrownBy(() -> PtxModule.parse("", "x.ptx")).isInstanceOf(PtxSyntaxException.class).hasMessageContaining("no .version");
        assertThatThrownBy(() -> PtxModule.parse(HEAD + ".visible .entry k()\n{\n ret;", "x.ptx")).isInstanceOf(PtxSyntaxException.class).hasMessageContaining("without '}'");
        assertThatThrownBy(() -> launch(kernel("mov.u32 %r1, %nosuch;"))).hasMessageContaining("'%nosuch' is not known");
        assertThatThrownBy(() -> launch(kernel("bra NOWHERE;"))).hasMessageContaining("label 'NOWHERE' is not defined");
        assertThatThrownBy(() -> launch(kernel("mov.u64 %rd1, nothing;"))).hasMessageContaining("'nothing' is not declared");
        assertThatThrownBy(() -> launch(kernel("add.s32 %r1, %r2;"))).hasMessageContaining("operand 3 is missing");
        assertThatThrownBy(() -> launch(kernel("mov.u32 %r1, 12qz;"))).hasMessageContaining("not a number");
        assertThatThrownBy(() -> launch(kernel("@%r1 mov.u32 %r1, 1;"))).hasMessageContaining("not a predicate");
        assertThatThrownBy(() -> PtxModule.parse(HEAD.replace("64", "32"), "x.ptx")).hasMessageContaining("only .address_size 64");
        assertThatThrownBy(() -> PtxModule.parse(kernel(""), "x.ptx").entry("other")).hasMessageContaining("has no kernel 'other'; it has k");
    }

    @Test
    void recursionIsRefused() {
        String ptx = HEAD + ".func f() { call f; ret; }\n.visible .entry k(.param .u64 p) { call f; ret; }\n";
        assertThatThrownBy(() -> launch(ptx)).hasMessageContaining("recursion is not supported: k calls f calls f");
    }

    /** Each function calls the next: {@code calls} to the power of {@code functions} copies, of which none need have an instruction. */
    private static String callsOfCalls(int functions, int calls, String last) {
        StringBuilder ptx = new StringBuilder(HEAD).append(".func f").append(functions).append("() { ").append(last).append(" }\n");
        for (int i = functions - 1; i >= 0; i--) {
            ptx.append(".func f").append(i).append("() { ").append(("call f" + (i + 1) + "; ").repeat(calls)).append("}\n");
        }
        return ptx.append(".visible .entry k(.param .u64 p) { call f0; ret; }\n").toString();
    }

    @Test
    @Timeout(20)
    void callsOfCallsHaveALimit() {
        assertThatThrownBy(() -> launch(callsOfCalls(40, 40, "ret;"))).isInstanceOf(PtxSyntaxException.class)
                .hasMessageContaining("more than 500000 registers, variables and labels");
        assertThatThrownBy(() -> launch(callsOfCalls(10, 2, "mov.u32 a, 1; ".repeat(9) + "ret;"))).isInstanceOf(PtxSyntaxException.class)
                .hasMessageContaining("more than 10000 instructions of called functions");
        assertThatThrownBy(() -> launch(callsOfCalls(40, 2, ""))).isInstanceOf(PtxSyntaxException.class)
                .hasMessageContaining("more than 500000 registers, variables and labels (a call counts 200)");
        assertThatThrownBy(() -> launch(callsOfCalls(2_000, 1, "ret;"))).isInstanceOf(PtxSyntaxException.class).hasMessageContaining("calls more than 200 deep");
        assertThatCode(() -> launch(callsOfCalls(10, 2, "ret;"))).as("a thousand copies").doesNotThrowAnyException();
        assertThatCode(() -> launch(callsOfCalls(190, 1, "ret;"))).as("190 deep").doesNotThrowAnyException();
    }

    @Test
    void modulesTellWhatTheyDeclare() {
        String ptx = HEAD + """
                .global .align 4 .u32 counter = 7;
                .const .align 8 .b8 table[16] = {1, 2, 3};
                .global .align 8 .u64 pointer = generic(counter)+0;
                .extern .shared .align 16 .b8 dynamic[];
                .visible .entry k(.param .u32 a, .param .u64 .ptr .global .align 4 b, .param .align 4 .b8 c[12], .param .f64 d) .maxntid 128, 1, 1
                { .shared .align 4 .b8 s[100]; ret; }
                """;
        PtxModule module = PtxModule.parse(ptx, "m.ptx");
        PtxEntry entry = module.entry("k");
        assertThat(entry.parameters()).extracting(PtxEntry.Parameter::offset).containsExactly(0, 8, 16, 32);
        assertThat(entry.parameters()).extracting(PtxEntry.Parameter::bytes).containsExactly(4, 8, 12, 8);
        assertThat(entry.parameterBytes()).isEqualTo(40);
        assertThat(entry.staticSharedBytes()).isEqualTo(100);
        assertThat(entry.maxThreads()).isEqualTo(128);
        assertThat(module.variables()).containsExactly("counter", "table", "pointer");
        Kernels kernels = new Kernels(new PtxMachine(), module);
        assertThat(kernels.ints(kernels.machine.address(module, "counter"), 1)).containsExactly(7);
        assertThat(kernels.longs(kernels.machine.address(module, "pointer"), 1)).containsExactly(kernels.machine.address(module, "counter"));
        assertThat(kernels.longs(kernels.machine.address(module, "table"), 2)).containsExactly(0x030201, 0);
        assertThat(kernels.machine.size(module, "table")).isEqualTo(16);
        assertThatThrownBy(() -> kernels.run("k", Grid.of(1), Grid.of(129), 0)).isInstanceOf(PtxFault.class).hasMessageContaining("at most 128");
        assertThatThrownBy(() -> kernels.run("k", Grid.of(1), Grid.of(32), 1 << 20)).isInstanceOf(PtxFault.class).hasMessageContaining("shared memory");
        assertThatThrownBy(() -> kernels.run("k", Grid.of(0), Grid.of(32), 0)).isInstanceOf(PtxFault.class).hasMessageContaining("sizes are positive");
    }

    @Test
    void faultsOfTheHostAreNamed() {
        PtxMachine machine = new PtxMachine();
        long address = machine.allocate(100, "buffer");
        assertThatThrownBy(() -> machine.memset(address + 90, (byte) 0, 11)).isInstanceOf(PtxFault.class).hasMessageContaining("'buffer'");
        assertThat(machine.usedBytes()).isEqualTo(100);
        machine.free(address);
        assertThat(machine.usedBytes()).isZero();
        assertThat(machine.peakBytes()).isEqualTo(100);
        assertThatThrownBy(() -> machine.free(address)).hasMessageContaining("was freed before");
        assertThatThrownBy(() -> machine.free(address + 8)).hasMessageContaining("is not the start of an allocation");
        assertThatThrownBy(() -> machine.memset(address, (byte) 0, 1)).hasMessageContaining("which was freed");
        assertThat(machine.allocate(100, "again")).isNotEqualTo(address);
        assertThatThrownBy(() -> machine.allocate(0, "nothing")).hasMessageContaining("cannot allocate 0 bytes");
    }
}
