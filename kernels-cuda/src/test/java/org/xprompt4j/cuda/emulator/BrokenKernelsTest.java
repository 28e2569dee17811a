package org.xprompt4j.cuda.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kernel of broken_kernels.cu is caught, with the kind and line that its source marks, in the order of indices and in two others. */
class BrokenKernelsTest {
    /** A kernel, the lines of its mistake (a race has two ends) and the kinds of report that name it rightly. */
    record Broken(String kernel, List<Integer> lines, List<PtxFault.Kind> kinds) {
        @Override
        public String toString() {
            return kernel;
        }
    }

    static List<Broken> broken() throws IOException {
        List<Broken> found = new ArrayList<>();
        Pattern kernel = Pattern.compile("__global__ void (\\w+)");
        Pattern bug = Pattern.compile("// BUG ([A-Z_ ]+)");
        try (InputStream file = BrokenKernelsTest.class.getResourceAsStream("broken_kernels.cu")) {
            String[] lines = new String(file.readAllBytes(), StandardCharsets.UTF_8).split("\n");
            String name = "";
            for (int i = 0; i < lines.length; i++) {
                Matcher isKernel = kernel.matcher(lines[i]);
                name = isKernel.find() ? isKernel.group(1) : name;
                Matcher isBug = bug.matcher(lines[i]);
                if (isBug.find()) {
                    if (!found.isEmpty() && found.getLast().kernel.equals(name)) {
                        found.getLast().lines.add(i + 1);
                        continue;
                    }
                    found.add(new Broken(name, new ArrayList<>(List.of(i + 1)), Stream.of(isBug.group(1).strip().split(" ")).map(PtxFault.Kind::valueOf).toList()));
                }
            }
        }
        return found;
    }

    private static PtxFault run(Broken broken, long seed) {
        PtxMachine machine = new PtxMachine();
        machine.maxInstructions(200_000);
        if (seed != 0) {
            machine.scheduleSeed(seed);
        }
        Kernels kernels = new Kernels(machine, "broken_kernels.ptx");
        float[] values = new float[40];
        long x = kernels.floats("x", values);
        long y = kernels.empty(4 * 40, "y");
        if (broken.kernel.equals("freed_memory")) {
            machine.free(x);
        }
        int shared = broken.kernel.startsWith("dynamic") ? 128 : 0;
        return catchThrowableOfType(PtxFault.class, () -> kernels.run(broken.kernel, Grid.of(broken.kernel.startsWith("race") ? 2 : 1), Grid.of(64), shared, x, y, 40));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void isCaught(Broken broken) {
        for (long seed : new long[] {0, 1, 2}) {
            PtxFault fault = run(broken, seed);
            assertThat(fault).as("%s with seed %d", broken, seed).isNotNull();
            String report = fault.getMessage();
            assertThat(broken.kinds).as(report).contains(fault.kind());
            assertThat(broken.lines).as(report).contains(fault.line());
            assertThat(fault.kernel()).isEqualTo(broken.kernel);
            assertThat(report).contains("broken_kernels.cu:" + fault.line(), "block (", "thread (", broken.kernel).doesNotContain("\n");
        }
    }

    @Test
    void enoughKindsArePlanted() throws IOException {
        assertThat(broken()).hasSizeGreaterThanOrEqualTo(20);
        assertThat(broken().stream().flatMap(broken -> broken.kinds.stream()).distinct().toList()).contains(PtxFault.Kind.OUT_OF_BOUNDS,
                PtxFault.Kind.MISALIGNED, PtxFault.Kind.USE_AFTER_FREE, PtxFault.Kind.UNINITIALISED, PtxFault.Kind.RACE, PtxFault.Kind.DEADLOCK,
                PtxFault.Kind.DIVERGENT_BARRIER, PtxFault.Kind.INSTRUCTION_LIMIT);
    }

    @Test
    void reportsNameTheAllocationAndTheAddress() {
        PtxFault fault = run(new Broken("read_past_end", List.of(), List.of()), 0);
        assertThat(fault.allocation()).isEqualTo("x");
        assertThat(fault.getMessage()).contains("0 bytes past the end of allocation 'x' of 160 bytes", "global read of 4 bytes");
        assertThat(fault.thread()).isEqualTo(new Grid(40, 0, 0));
        assertThat(fault.block()).isEqualTo(new Grid(0, 0, 0));
        assertThat(run(new Broken("null_pointer", List.of(), List.of()), 0).getMessage()).contains("null pointer");
        assertThat(run(new Broken("deadlock_of_warps", List.of(), List.of()), 0).getMessage()).contains("barrier 1", "barrier 2");
    }
}
