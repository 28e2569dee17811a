package org.xprompt4j.cuda.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.kernel.LaunchReport;
import org.xprompt4j.tensor.kernel.Traffic;

/** Counters say what is known by heart: sectors of strided reads, wavefronts of conflicting banks, idle lanes of a branch. */
class LaunchReportTest {
    private static LaunchReport run(String kernel, int threads, int parameter) {
        PtxMachine machine = new PtxMachine();
        machine.profile(true);
        Kernels kernels = new Kernels(machine, "counted_kernels.ptx");
        return kernels.run(kernel, Grid.of(1), Grid.of(threads), 0, kernels.floats("x", new float[4096]), kernels.empty(4096, "y"), parameter);
    }

    private static LaunchReport.SourceLine line(LaunchReport report, String mark) throws IOException {
        try (InputStream file = LaunchReportTest.class.getResourceAsStream("counted_kernels.cu")) {
            String[] lines = new String(file.readAllBytes(), StandardCharsets.UTF_8).split("\n");
            for (LaunchReport.SourceLine line : report.lines()) {
                if (lines[line.line() - 1].endsWith("// " + mark)) {
                    return line;
                }
            }
        }
        throw new AssertionError("no line marked " + mark + " in " + report.lines());
    }

    @Test
    void sectorsOfStridedReads() throws IOException {
        for (int stride : new int[] {0, 1, 2, 4, 8, 32}) {
            LaunchReport report = run("copy_strided", 64, stride);
            long sectors = stride == 0 ? 1 : Math.min(32, 4 * stride);
            assertThat(line(report, "READ").traffic().globalSectors()).as("stride %d", stride).isEqualTo(2 * sectors);
            assertThat(line(report, "READ").traffic().globalRequests()).isEqualTo(2);
            assertThat(line(report, "READ").traffic().sectorsPerRequest()).isEqualTo(sectors);
            assertThat(line(report, "WRITE").traffic().coalescing()).isEqualTo(1);
            assertThat(report.traffic().globalRead()).isEqualTo(256);
            assertThat(report.traffic().globalWritten()).isEqualTo(256);
        }
        assertThat(run("copy_vectors", 32, 0).traffic().globalSectors()).isEqualTo(16 + 16);
    }

    @Test
    void wavefrontsOfBankConflicts() throws IOException {
        for (int stride : new int[] {0, 1, 2, 3, 16, 32, 33}) {
            Traffic traffic = line(run("shared_strided", 32, stride), "SHARED").traffic();
            int conflicts = stride == 0 ? 1 : java.math.BigInteger.valueOf(stride).gcd(java.math.BigInteger.valueOf(32)).intValue();
            assertThat(traffic.sharedWavefronts()).as("stride %d", stride).isEqualTo(conflicts);
            assertThat(traffic.sharedConflicts()).isEqualTo(conflicts - 1);
            assertThat(traffic.sharedRead()).isEqualTo(128);
        }
    }

    @Test
    void idleLanesOfABranch() throws IOException {
        LaunchReport all = run("diverging", 32, 2);
        LaunchReport half = run("diverging", 32, 1);
        assertThat(all.activeLanes()).isEqualTo(1);
        assertThat(all.divergentBranches()).isZero();
        assertThat(half.divergentBranches()).isEqualTo(1);
        assertThat(line(half, "LOOP").activeLanes()).isEqualTo(0.5);
        assertThat(line(half, "LOOP").warpInstructions()).isEqualTo(line(all, "LOOP").warpInstructions());
        assertThat(all.floatOperations()).isEqualTo(32 * 10 * 2);
        assertThat(half.floatOperations()).isEqualTo(16 * 10 * 2);
        assertThat(all.kinds().get("fma")).isEqualTo(10);
        assertThat(all.kinds().values().stream().mapToLong(Long::longValue).sum()).isEqualTo(all.warpInstructions());
        assertThat(all.lines().stream().mapToLong(LaunchReport.SourceLine::laneInstructions).sum()).isEqualTo(all.laneInstructions());
    }

    @Test
    void aSecondLaunchCountsAnew() {
        PtxMachine machine = new PtxMachine(CheckLevel.FAST);
        machine.profile(true);
        Kernels kernels = new Kernels(machine, "counted_kernels.ptx");
        long x = kernels.floats("x", new float[4096]);
        long y = kernels.empty(4096, "y");
        LaunchReport first = kernels.run("copy_strided", Grid.of(1), Grid.of(64), 0, x, y, 3);
        LaunchReport second = kernels.run("copy_strided", Grid.of(1), Grid.of(64), 0, x, y, 3);
        assertThat(second.traffic()).isEqualTo(first.traffic());
        assertThat(second.kinds()).isEqualTo(first.kinds());
    }
}
