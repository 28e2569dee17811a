package org.xprompt4j.tensor.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;

/** Bounds computed by hand, and sums of launches. */
class RooflineTest {
    private static LaunchReport report(long warps, long special, long tensor, Traffic traffic) {
        return new LaunchReport("k", warps, 32 * warps, 1, 10, special, tensor, new TreeMap<>(java.util.Map.of("add", warps)),
                List.of(new LaunchReport.SourceLine("a.cu", 7, warps, 32 * warps, traffic)), traffic, 5);
    }

    private static Traffic traffic(long sectors, long wavefronts, long read, long written) {
        return new Traffic(sectors / 4, sectors, 32 * sectors, 0, wavefronts, wavefronts, 0, 0, 0, 0, read, written);
    }

    private static double seconds(Roofline roofline, String resource) {
        return roofline.bounds().stream().filter(bound -> bound.resource().equals(resource)).findFirst().orElseThrow().seconds();
    }

    @Test
    void boundsAreAmountsOverRates() {
        // 132 multiprocessors busy at 1.83 GHz.
        Roofline full = Roofline.of(GpuLimits.H100, report(966_240, 0, 4L << 30, traffic(1000, 132, 2_000_000, 1_000_000)), 1000);
        assertThat(full.multiprocessors()).isEqualTo(132);
        assertThat(seconds(full, "memory")).isCloseTo(1e-6, within(1e-12));
        assertThat(seconds(full, "issue")).isCloseTo(1e-6, within(1e-12)); // 966,240 / (132 * 4) = 1830 clocks
        assertThat(seconds(full, "shared")).isCloseTo(1 / 1.83e9, within(1e-15));
        assertThat(seconds(full, "cache")).isCloseTo(32_000 / (64 * 132 * 1.83e9), within(1e-15));
        assertThat(seconds(full, "tensor")).isCloseTo(4.294967296e9 / 989.5e12, within(1e-8));
        assertThat(full.binding().resource()).isEqualTo("tensor");
        assertThat(full.bounds()).isSortedAccordingTo((a, b) -> Double.compare(b.seconds(), a.seconds()));
    }

    @Test
    void fewBlocksLeaveMultiprocessorsIdle() {
        LaunchReport report = report(7_320, 16 * 1830, 0, traffic(0, 0, 0, 0));
        assertThat(seconds(Roofline.of(GpuLimits.H100, report, 1), "issue")).isCloseTo(1e-6, within(1e-12));
        assertThat(seconds(Roofline.of(GpuLimits.H100, report, 2), "special")).isCloseTo(0.5e-6, within(1e-12));
        assertThat(Roofline.of(GpuLimits.H100, report, 2).binding().resource()).isIn("issue", "special");
    }

    @Test
    void launchesAddUp() {
        LaunchReport sum = report(10, 3, 0, traffic(8, 2, 64, 32)).plus(report(5, 1, 2, traffic(4, 1, 32, 0)));
        assertThat(sum.warpInstructions()).isEqualTo(15);
        assertThat(sum.specialOperations()).isEqualTo(4);
        assertThat(sum.kinds()).containsEntry("add", 15L);
        assertThat(sum.traffic()).isEqualTo(traffic(12, 3, 96, 32));
        assertThat(sum.lines()).hasSize(1);
        assertThat(sum.lines().getFirst().traffic().globalSectors()).isEqualTo(12);
        assertThat(sum.activeLanes()).isEqualTo(1);
    }
}
