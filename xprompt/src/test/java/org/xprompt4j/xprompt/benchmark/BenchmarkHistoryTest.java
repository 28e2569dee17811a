package org.xprompt4j.xprompt.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.cli.Main;

/** The last measurement of each thing counts, tables and chart are made of it, and a broken line is named. */
class BenchmarkHistoryTest {
    private static final String WHERE = "\"date\":\"2026-11-23T20:00:00Z\",\"commit\":\"abc1234\",\"device\":\"a | CPU, 2 cores\"";

    @TempDir
    Path dir;

    private static String jmh(String op, String shape, double median, double gflops, double gbytes) {
        return "{\"tool\":\"jmh\"," + WHERE + ",\"op\":\"" + op + "\",\"shape\":\"" + shape + "\",\"threads\":2,\"median\":" + median + ",\"min\":" + median
                + ",\"max\":" + median + ",\"gflops\":" + gflops + ",\"gbytes_per_s\":" + gbytes
                + ",\"peak_gflops\":200,\"peak_gbytes_per_s\":40,\"share\":0.5}\n";
    }

    private static String all() {
        return jmh("matmul.forward", "512 NN", 9000, 50, 1) + jmh("rms-norm.forward", "1067x384", 100, 10, 20) + jmh("matmul.forward", "512 NN", 1500, 150, 3)
                + "{\"tool\":\"openblas\"," + WHERE + ",\"m\":512,\"n\":512,\"k\":64,\"order\":\"NT\",\"threads\":1,\"ours_gflops\":90,"
                + "\"openblas_gflops\":100,\"ratio\":0.9,\"ratio_min\":0.8,\"ratio_max\":1}\n"
                + "{\"tool\":\"torch-cpu\"," + WHERE + ",\"work\":\"train\",\"threads\":2,\"ours\":800,\"torch\":400,\"unit\":\"tokens/s\",\"ratio\":2,"
                + "\"torch_runs\":\"2 threads\"}\n";
    }

    private Path history(String text) throws IOException {
        return Files.writeString(dir.resolve("history.jsonl"), text);
    }

    @Test
    void theLastMeasurementOfEachThingCounts() throws IOException {
        BenchmarkHistory read = BenchmarkHistory.read(history(all()));
        assertThat(read.measurements()).hasSize(2);
        assertThat(read.measurements().getFirst().median()).isEqualTo(1500);
        assertThat(read.measurements().getFirst().boundByCompute()).isTrue();
        assertThat(read.measurements().getLast().boundByCompute()).isFalse();
        String report = MarkdownReport.of(read);
        assertThat(report).contains("| matmul.forward | 512 NN | 2 | 1,500 (1,500 to 1,500) | 150 | 3.00 | compute | 0.500 | abc1234, 2026-11-23 |",
                "| 512x512x64 | NT | 1 | 90.0 | 100 | 0.900 (0.800 to 1.00) | abc1234, 2026-11-23 |",
                "| train | 2 | 800 | 400 | tokens/s | 2.00 | 2 threads | abc1234, 2026-11-23 |", "Measured on a \\| CPU, 2 cores.");
        assertThat(report).doesNotContain("9,000");
    }

    @Test
    void theCommandDrawsAndWrites() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int code = Main.run(new PrintStream(out, true, StandardCharsets.UTF_8), System.err, "bench", "report", "--history", history(all()).toString(),
                "--out", dir.resolve("made").toString());
        assertThat(code).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("2 measurements, 2 comparisons");
        BufferedImage chart = ImageIO.read(dir.resolve("made/roofline.png").toFile());
        assertThat(chart.getWidth()).isEqualTo(1400);
        assertThat(Files.readString(dir.resolve("made/report.md"))).contains("rms-norm.forward");
    }

    private static String gpu(String precision, String figures) {
        return "{\"tool\":\"gpu\"," + WHERE.replace("a | CPU, 2 cores", "A GPU") + ",\"op\":\"matmul.forward\",\"shape\":\"512 NT\",\"precision\":\"" + precision
                + "\",\"median\":90,\"min\":80,\"max\":100,\"gflops\":500000,\"gbytes_per_s\":1000" + figures + "}\n";
    }

    @Test
    void aGpusPrecisionsHaveRoofsOfTheirOwn() throws IOException {
        String roofed = ",\"peak_gflops\":800000,\"peak_gbytes_per_s\":3000,\"share\":0.625,\"bound\":\"compute\",\"sm_mhz\":1700,\"host_hidden\":false";
        BenchmarkHistory read = BenchmarkHistory.read(history(jmh("a", "b", 1, 1, 1) + gpu("bf16", "") + gpu("bf16", roofed)
                + gpu("f32", ",\"against\":\"cuBLAS 13.1\",\"their_median\":45,\"ratio\":0.5,\"ratio_min\":0.4,\"ratio_max\":0.6")
                + "{\"tool\":\"gpu-target\"," + WHERE + ",\"target\":\"t | u\",\"needed\":0.55,\"reached\":0.5,\"met\":false}\n"
                + "{\"tool\":\"gpu-target\"," + WHERE + ",\"target\":\"v\",\"needed\":5}\n"));
        assertThat(read.measurements()).as("one of the processor, one with a roof").hasSize(2);
        assertThat(read.measurements().getLast().device()).isEqualTo("A GPU, products in bf16");
        assertThat(read.measurements().getLast().threads()).isZero();
        String report = MarkdownReport.of(read);
        assertThat(report).contains("| t \\| u | 0.550 | 0.500 | **missed** |", "| v | 5.00 |  | not measured |",
                "| matmul.forward | 512 NT | bf16 | 90.0 (80.0 to 100), calls included | 500 | 1,000 | compute | 0.625 |  |  |  | 1,700 | abc1234",
                "| matmul.forward | 512 NT | f32 | 90.0 (80.0 to 100) | 500 | 1,000 |  |  | cuBLAS 13.1 | 45.0 | 0.500 (0.400 to 0.600) |  | abc1234",
                "Measured on A GPU.").containsOnlyOnce("Measured on A GPU").doesNotContain("| 0 |");
    }

    @Test
    void brokenLinesAreNamed() throws IOException {
        Path file = history(jmh("a", "b", 1, 1, 1) + "{\"tool\":\"stopwatch\"}\n");
        assertThatThrownBy(() -> BenchmarkHistory.read(file)).isInstanceOf(InvalidInput.class).hasMessageContaining("line 2").hasMessageContaining("stopwatch");
        history(jmh("a", "b", -1, 1, 1));
        assertThatThrownBy(() -> BenchmarkHistory.read(file)).isInstanceOf(InvalidInput.class).hasMessageContaining("line 1: median must be a positive number");
        history("");
        assertThatThrownBy(() -> BenchmarkHistory.read(file)).isInstanceOf(InvalidInput.class).hasMessageContaining("bench/run.sh");
        assertThatThrownBy(() -> BenchmarkHistory.read(dir.resolve("none"))).isInstanceOf(InvalidInput.class).hasMessageContaining("no such file");
    }
}
