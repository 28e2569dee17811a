package org.xprompt4j.bench.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import javax.imageio.ImageIO;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.bench.History;
import org.xprompt4j.bench.gpu.work.GpuWorks;

/** The way of a work through timing, beside a child process, into lines, tables and pictures. What the emulator's clock says is thrown away. */
class GpuMeterTest {
    /** Answers as PyTorch's side does: 7 us a run; after {@code $1} turns it ends. */
    private static final String CHILD = """
            turns=$1
            while read -r line; do
                case $line in
                    *prepare*refused*) echo '{"error": "no such kernel"}' ;;
                    *prepare*) echo 'a library says hello'; echo '{"rival": "PyTorch 9.9, eager"}' ;;
                    *turn*) [ $turns -gt 0 ] || exit 1; turns=$((turns - 1)); echo '{"micros": [7, 7, 7, 7, 7]}' ;;
                    *) echo '{"released": true}' ;;
                esac
            done
            """;

    @TempDir
    Path dir;

    private static TorchChild child(int turns) {
        return new TorchChild(List.of("sh", "-c", CHILD, "child", Integer.toString(turns)), Duration.ofSeconds(20));
    }

    private static GpuWork work(String op) {
        return GpuWorks.all(true).stream().filter(work -> work.op().equals(op)).findFirst().orElseThrow();
    }

    private static Measured measure(GpuWork work, TorchChild torch) {
        try (GpuDevice device = GpuDevice.open("ptx", work.precision()); TorchChild closed = torch;
                GpuMeter meter = new GpuMeter(device, null, closed, new Clocks(List.of("echo", "1755, 2619, 600.5, 51")), 1 << 16)) {
            return meter.measure(work);
        }
    }

    @Test
    void turnByTurnBesideAChild() {
        Measured measured = measure(work("sample.forward"), child(6));
        assertThat(measured.ours()).hasNumberOfRows(6);
        assertThat(measured.ours()[0]).hasSize(5);
        assertThat(Arrays.stream(measured.ours()).flatMapToDouble(Arrays::stream)).allMatch(micros -> micros > 0);
        assertThat(measured.rival()).isEqualTo("PyTorch 9.9, eager");
        assertThat(measured.theirMicros().median()).isEqualTo(7);
        assertThat(measured.notes()).containsEntry("sm_mhz", 1755.0).doesNotContainKey("not_compared");
    }

    @Test
    void aChildThatEndsOrRefusesIsSaidAndOursIsMeasured() {
        Measured ended = measure(work("sample.forward"), child(2));
        assertThat(ended.rival()).isNull();
        assertThat(ended.ours()).hasNumberOfRows(6);
        assertThat((String) ended.notes().get("not_compared")).contains("it ended");
        Measured refused = measure(work("swiglu.forward").against("refused", Map.of()), child(6));
        assertThat(refused.rival()).isNull();
        assertThat(refused.notes()).containsEntry("not_compared", "no such kernel");
    }

    @Test
    void aChildThatHangsIsEnded() {
        try (TorchChild hanging = new TorchChild(List.of("sh", "-c", "read line; sleep 60"), Duration.ofMillis(300))) {
            long start = System.nanoTime();
            assertThatThrownBy(() -> hanging.prepare(new GpuWork.Torch("copy", Map.of()))).isInstanceOf(TorchChild.Refused.class)
                    .hasMessageContaining("longer than it may");
            assertThat((System.nanoTime() - start) * 1e-9).isLessThan(30);
        }
    }

    @Test
    void theEmulatorsTimeIsRefusedByTheReportsMeter() {
        try (GpuDevice device = GpuDevice.open("ptx", Precision.F32); GpuMeter meter = new GpuMeter(device, null, null, new Clocks(List.of("true")))) {
            assertThatThrownBy(() -> meter.measure(work("swiglu.forward"))).isInstanceOf(IllegalStateException.class).hasMessageContaining("emulator");
        }
    }

    @Test
    void linesTablesAndPicturesOfAMeasuredRun() throws IOException {
        Roofs roofs = new Roofs();
        roofs.copied(3000);
        roofs.multiplied(Precision.BF16, 700_000);
        roofs.multiplied(Precision.F32, 50_000);
        List<GpuWork> planned = GpuWorks.all(false);
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        Path kept = dir.resolve("history.jsonl");
        GpuLog log = new GpuLog(dir, "A GPU", false, List.of(History.of(dir.resolve("results.jsonl").toString()), History.of(kept.toString())),
                new PrintStream(said, true, StandardCharsets.UTF_8));
        List<Measured> all = planned.stream().filter(work -> !work.op().startsWith("vqgan")).map(work -> {
            double micros = 2 * roofs.leastMicros(work.precision(), work.flops(), work.bytes()); // half of the roof
            double[][] ours = {{micros, micros}, {micros, micros}};
            double[][] theirs = {{micros, micros}, {3 * micros, 3 * micros}};
            String rival = work.op().startsWith("matmul") ? "cuBLAS 13.1" : work.op().startsWith("attention") ? "FlexAttention of PyTorch 9.9" : null;
            return new Measured(work, ours, rival, rival == null ? null : theirs, new GpuTimer.Pace(1, micros, 3, !work.op().startsWith("train")), Map.of());
        }).toList();
        all.forEach(measured -> log.measured(measured, roofs));
        Map<String, String> unmeasured = new LinkedHashMap<>(Map.of("vqgan.encode 8x512x512", "out of memory"));
        log.end(planned, all, unmeasured, roofs);
        String table = Files.readString(dir.resolve("report.md"));
        assertThat(table).contains("| matmul over cuBLAS, 7B shapes, bf16 (geometric mean) | 0.550 | 2.00 | met |",
                "| nearest code, 65536 x 256 against 8192, over PyTorch f32 | 1.50 |  | not measured |",
                "| norms over copy bandwidth | 0.850 | 0.500 | **missed** |", "| decode of a 7B-shaped model over read bandwidth | 0.700 | 0.500 | **missed** |",
                "| matmul.forward | 5120x12288x4096 NT | bf16 | 1,473 (1,473 to 1,473) | 350 |", "| compute | 0.500 | cuBLAS 13.1 | 2,945 | 2.00 (1.00 to 3.00) |",
                ", calls included |", "- vqgan.encode 8x512x512: out of memory", "Measured on A GPU.\n");
        assertThat(ImageIO.read(dir.resolve("roofline.png").toFile()).getWidth()).isEqualTo(1400);
        assertThat(ImageIO.read(dir.resolve("roofline-2.png").toFile()).getWidth()).isEqualTo(1400);
        assertThat(Files.readAllLines(kept)).hasSize(all.size() + Target.ALL.size()).hasSameElementsAs(Files.readAllLines(dir.resolve("results.jsonl")));
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("roofline-2.png", "\"target\":\"AdamW over copy bandwidth\"");
    }
}
