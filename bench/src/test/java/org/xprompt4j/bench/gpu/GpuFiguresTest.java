package org.xprompt4j.bench.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

import org.junit.jupiter.api.Test;
import org.xprompt4j.bench.gpu.work.GpuWorks;

/** Statistics of samples, shares of roofs, ratios, targets, and how a work is sampled. */
class GpuFiguresTest {
    private static final GpuTimer.Pace PACE = new GpuTimer.Pace(4, 100, 7, true);

    private static Measured measured(GpuWork work, String rival, double micros, double theirs) {
        double[][] ours = {{micros, 2 * micros, micros}, {micros, micros, 0.5 * micros}};
        double[][] other = {{theirs, theirs, theirs}, {2 * theirs, 2 * theirs, 2 * theirs}};
        return new Measured(work, ours, rival, rival == null ? null : other, PACE, Map.of("sm_mhz", 1700.0));
    }

    private static GpuWork work(String op, String shape, Precision precision, double flops, double bytes) {
        return new GpuWork(op, shape, precision, flops, bytes, place -> {
            throw new AssertionError("not prepared");
        });
    }

    private static Roofs roofs() {
        Roofs roofs = new Roofs();
        roofs.copied(3000);
        roofs.read(3200);
        roofs.multiplied(Precision.BF16, 700_000);
        return roofs;
    }

    @Test
    void figuresOfAComparedWork() {
        Measured m = measured(work("matmul.forward", "s", Precision.BF16, 3.5e10, 1e7), "cuBLAS 13.1", 100, 40);
        Map<String, Object> line = m.figures("GPU", roofs());
        assertThat(line).containsEntry("median", 100.0).containsEntry("min", 50.0).containsEntry("max", 200.0).containsEntry("samples", 6)
                .containsEntry("repeats", 4).containsEntry("bound", "compute").containsEntry("against", "cuBLAS 13.1").containsEntry("sm_mhz", 1700.0);
        assertThat((double) line.get("gflops")).isCloseTo(350_000, within(1e-6));
        assertThat((double) line.get("gbytes_per_s")).isCloseTo(100, within(1e-6));
        assertThat((double) line.get("share")).isCloseTo(0.5, within(1e-9));
        assertThat((double) line.get("their_median")).isCloseTo(60, within(1e-9));
        assertThat((double) line.get("ratio")).isCloseTo(0.6, within(1e-9)); // of 0.4 and 0.8, round by round
        assertThat((double) line.get("ratio_min")).isCloseTo(0.4, within(1e-9));
        assertThat((double) line.get("ratio_max")).isCloseTo(0.8, within(1e-9));
    }

    @Test
    void withoutRoofsOrRivalNothingIsMadeUp() {
        Measured m = measured(work("rms-norm.forward", "s", Precision.F32, 1e6, 1e8), null, 50, 0);
        assertThat(m.figures("GPU", new Roofs())).doesNotContainKeys("share", "bound", "peak_gflops", "against", "ratio");
        assertThat(m.figures("GPU", roofs())).as("no product in f32 was measured").doesNotContainKeys("share");
    }

    @Test
    void whoCopiesCanRead() {
        Roofs roofs = new Roofs();
        roofs.read(2500);
        roofs.copied(2800);
        roofs.copied(2700);
        assertThat(roofs.readGbytes()).isEqualTo(2800);
        assertThat(roofs.copyGbytes()).isEqualTo(2800);
    }

    @Test
    void targetsNeedEveryWorkThatCounts() {
        Target matmul = Target.ALL.getFirst();
        GpuWork a = work("matmul.forward", "a NT", Precision.BF16, 1e9, 1e6);
        GpuWork b = work("matmul.forward", "b NT", Precision.BF16, 1e9, 1e6);
        GpuWork f32 = work("matmul.forward", "a NT", Precision.F32, 1e9, 1e6);
        GpuWork both = work("matmul.forward", "a TT", Precision.BF16, 1e9, 1e6);
        GpuWork roof = work("matmul.forward", "8192x8192x8192 NT", Precision.BF16, 1e9, 1e6);
        List<GpuWork> planned = List.of(a, b, f32, both, roof);
        Measured half = measured(a, "cuBLAS 12.6", 100, 40); // 0.6
        assertThat(matmul.reached(planned, List.of(half), roofs())).as("b is missing").isEmpty();
        assertThat(matmul.reached(planned, List.of(half, measured(b, null, 100, 0)), roofs())).as("b was not compared").isEmpty();
        assertThat(matmul.reached(planned, List.of(half, measured(b, "cuBLAS 12.6", 100, 160), measured(f32, "cuBLAS 12.6", 1, 900)), roofs()).orElseThrow())
                .as("geometric mean of 0.6 and 2.4").isCloseTo(1.2, within(1e-9));
        assertThat(matmul.figures("GPU", OptionalDouble.empty())).doesNotContainKeys("reached", "met");
        assertThat(matmul.figures("GPU", OptionalDouble.of(0.55))).containsEntry("met", true);
        assertThat(matmul.figures("GPU", OptionalDouble.of(0.5499))).containsEntry("met", false);
    }

    @Test
    void normsAreHeldAgainstCopyingAndTheSlowestCounts() {
        Target norms = Target.ALL.stream().filter(target -> target.name().startsWith("norms")).findFirst().orElseThrow();
        GpuWork rms = work("rms-norm.forward", "s", Precision.F32, 1, 2.7e8);
        GpuWork group = work("group-norm.forward", "s", Precision.F32, 1, 2.4e8);
        GpuWork rope = work("qk-norm-rope.forward", "s", Precision.F32, 1, 1);
        GpuWork gradient = work("gradient-norm.forward", "s", Precision.F32, 1, 1);
        assertThat(norms.reached(List.of(rms, group, rope, gradient), List.of(measured(rms, null, 100, 0), measured(group, null, 100, 0),
                measured(gradient, null, 100, 0)), roofs()).orElseThrow())
                .isCloseTo(0.8, within(1e-9));
        assertThat(norms.reached(List.of(rms), List.of(measured(rms, null, 100, 0)), new Roofs())).as("copying was not measured").isEmpty();
    }

    @Test
    void everyTargetHasWorks() {
        List<GpuWork> works = GpuWorks.all(false);
        assertThat(Target.ALL).allSatisfy(target -> assertThat(works.stream().filter(target.counted())).as(target.name()).isNotEmpty());
    }

    @Test
    void shortWorksAreRepeatedAsFarAsTheCallsStayHidden() {
        assertThat(GpuTimer.pace(100, 10, 5, 340)).isEqualTo(new GpuTimer.Pace(20, 10, 5, true));
        assertThat(GpuTimer.pace(100, 10, 30, 340).repeats()).as("calls of 30 us behind a reading of 340").isEqualTo(7);
        assertThat(GpuTimer.pace(3, 10, 5, 340).repeats()).as("as many as there are operands").isEqualTo(3);
        assertThat(GpuTimer.pace(100, 5_000, 5, 340).repeats()).isEqualTo(1);
        assertThat(GpuTimer.pace(100, 5_000, 900, 340)).isEqualTo(new GpuTimer.Pace(1, 5_000, 900, false));
    }

    @Test
    void samplesAreOfWhatThereIs() {
        assertThat(Place.sample(1)).containsExactly(0);
        assertThat(Place.sample(2)).containsExactly(0, 1);
        assertThat(Place.sample(30)).containsExactly(0, 1, 10, 28, 29);
    }

    @Test
    void clocksAreReadWhereTheyAreGiven() {
        assertThat(Clocks.parse("1755, 2619, 612.33, 54\n")).containsEntry("sm_mhz", 1755.0).containsEntry("memory_mhz", 2619.0)
                .containsEntry("watts", 612.33).containsEntry("celsius", 54.0);
        assertThat(Clocks.parse("1755, [N/A], [Not Supported], 54")).containsOnlyKeys("sm_mhz", "celsius");
        assertThat(new Clocks(List.of("no-such-program")).read()).isEmpty();
    }

    @Test
    void closeMeansTheWholeAndEveryElement() {
        float[] expected = new float[10_000];
        Arrays.fill(expected, 1);
        float[] measured = expected.clone();
        WrongResult.requireClose("x", expected, measured, 0);
        measured[77] = 1.5f; // 0.005 of the whole, but half of itself
        assertThatThrownBy(() -> WrongResult.requireClose("x", expected, measured, 1e-2)).isInstanceOf(WrongResult.class).hasMessageContaining("element 77");
        measured[77] = Float.NaN;
        assertThatThrownBy(() -> WrongResult.requireClose("x", expected, measured, 1)).isInstanceOf(WrongResult.class).hasMessageContaining("NaN");
        assertThatThrownBy(() -> WrongResult.requireClose("x", expected, new float[3], 1)).isInstanceOf(WrongResult.class).hasMessageContaining("3 numbers");
        WrongResult.requireWithin("l", -0.001, 0.008, 0.01);
        assertThatThrownBy(() -> WrongResult.requireWithin("l", -0.001, 0.0091, 0.01)).isInstanceOf(WrongResult.class).hasMessageContaining("0.01");
        assertThatThrownBy(() -> WrongResult.requireWithin("l", 0, Double.NaN, 1)).isInstanceOf(WrongResult.class);
        assertThatThrownBy(() -> WrongResult.requireEqual("tokens", new int[] {1, 2}, new int[] {1, 3})).isInstanceOf(WrongResult.class)
                .hasMessageContaining("element 1 of 2 is 3, the reference says 2");
    }
}
