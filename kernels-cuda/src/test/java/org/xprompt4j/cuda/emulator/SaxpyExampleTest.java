package org.xprompt4j.cuda.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.kernel.LaunchReport;

/** How to run a kernel: parse, allocate, copy in, launch, copy out. */
class SaxpyExampleTest {
    @Test
    void saxpy() throws IOException {
        int n = 1000;
        PtxMachine machine = new PtxMachine();
        try (InputStream file = getClass().getResourceAsStream("saxpy.ptx"); Arena arena = Arena.ofConfined()) {
            PtxEntry saxpy = PtxModule.parse(new String(file.readAllBytes(), StandardCharsets.UTF_8), "saxpy.ptx").entry("saxpy");
            MemorySegment host = arena.allocate(ValueLayout.JAVA_FLOAT, n);
            for (int i = 0; i < n; i++) {
                host.setAtIndex(ValueLayout.JAVA_FLOAT, i, i);
            }
            long x = machine.allocate(4 * n, "x");
            long y = machine.allocate(4 * n, "y");
            machine.copyIn(x, host);
            machine.copyIn(y, host);
            MemorySegment parameters = arena.allocate(saxpy.parameterBytes(), 8);
            parameters.set(ValueLayout.JAVA_INT, saxpy.parameters().get(0).offset(), n);
            parameters.set(ValueLayout.JAVA_FLOAT, saxpy.parameters().get(1).offset(), 2.5f);
            parameters.set(ValueLayout.JAVA_LONG, saxpy.parameters().get(2).offset(), x);
            parameters.set(ValueLayout.JAVA_LONG, saxpy.parameters().get(3).offset(), y);
            LaunchReport report = machine.launch(saxpy, Grid.of((n + 255) / 256), Grid.of(256), 0, parameters);
            machine.copyOut(y, host);
            for (int i = 0; i < n; i++) {
                assertThat(host.getAtIndex(ValueLayout.JAVA_FLOAT, i)).isEqualTo(Math.fma(2.5f, i, i));
            }
            assertThat(report.laneInstructions()).isGreaterThan(10L * n);
        }
    }
}
