package org.xprompt4j.bench.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.bench.Arguments;
import org.xprompt4j.bench.gpu.work.GpuWorks;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.Json;

/** The whole report without a GPU: every work runs and is right on the emulator, and not a single time is written. */
class GpuReportTest {
    @TempDir
    Path dir;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    private GpuReport report(String... options) {
        return new GpuReport(Arguments.parse(options, GpuReport.OPTIONS), new PrintStream(said, true, StandardCharsets.UTF_8),
                precision -> GpuDevice.open("ptx", precision));
    }

    @Test
    void everyWorkRunsOnTheEmulatorAndNothingIsTimed() throws IOException {
        assertThat(report("--device", "ptx", "--sizes", "tiny", "--out", dir.toString()).run()).isTrue();
        List<Json> lines = Files.readAllLines(dir.resolve("results.jsonl")).stream()
                .map(line -> Json.parse(line.getBytes(StandardCharsets.UTF_8), "results")).toList();
        List<GpuWork> works = GpuWorks.all(true);
        assertThat(lines).hasSameSizeAs(works);
        assertThat(lines).allSatisfy(line -> {
            assertThat(line.string("tool")).isEqualTo("gpu-emulated");
            assertThat(line.flag("checked")).isTrue();
            assertThat(line.string("note")).isEqualTo("emulated: no timing");
            assertThat(line.fields()).doesNotContain("median", "min", "max", "gflops", "gbytes_per_s", "share", "ratio", "reached");
        });
        String table = Files.readString(dir.resolve("report.md"));
        assertThat(table).startsWith("# emulated: no timing\n").contains("| vqgan.decode | 1x16x16 | bf16 | right |").doesNotContain("not right");
        assertThat(dir.resolve("roofline.png")).doesNotExist();
    }

    @Test
    void theEmulatorsRunsStayOutOfHistoriesAndOfFullSizes() {
        assertThatThrownBy(() -> report("--sizes", "tiny", "--only", "swiglu", "--out", dir.toString(), "--history", dir.resolve("h").toString()).run())
                .isInstanceOf(InvalidInput.class).hasMessageContaining("do not belong into a history");
        assertThatThrownBy(() -> report("--sizes", "full", "--only", "swiglu", "--out", dir.toString()).run()).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("--sizes tiny alone");
        assertThatThrownBy(() -> report("--sizes", "medium")).isInstanceOf(InvalidInput.class).hasMessageContaining("full or tiny");
        assertThatThrownBy(() -> report("--only", "sorting")).isInstanceOf(InvalidInput.class).hasMessageContaining("'sorting' is not known")
                .hasMessageContaining("nearest-code");
    }
}
