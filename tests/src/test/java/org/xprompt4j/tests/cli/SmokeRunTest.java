package org.xprompt4j.tests.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tests.sample.ReadmeSample;
import org.xprompt4j.xprompt.cli.Main;

/** The recipes {@code smoke-tokenizer} and {@code smoke} cut down to a few steps: trained, stopped, resumed, used, measured. */
@Tag("end-to-end")
class SmokeRunTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path PHOTOS = ROOT.resolve("xprompt/photos");

    @TempDir
    private Path folder;

    /** Runs a command in this process; returns what it printed. */
    private static String xp(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exit = Main.run(new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8), args);
        assertThat(exit).as("%s: %s", String.join(" ", args), err.toString(StandardCharsets.UTF_8)).isZero();
        return out.toString(StandardCharsets.UTF_8);
    }

    private static JsonNode json(String... args) throws IOException {
        return new ObjectMapper().readTree(xp(args));
    }

    /** A recipe of the repository with some of its text replaced; each old text must be there. */
    private String recipe(String name, String... replaced) throws IOException {
        String text = Files.readString(ROOT.resolve("configs").resolve(name));
        for (int i = 0; i < replaced.length; i += 2) {
            assertThat(text).contains(replaced[i]);
            text = text.replace(replaced[i], replaced[i + 1]);
        }
        return Files.writeString(folder.resolve(name), text).toString();
    }

    @Test
    void trainedStoppedResumedUsedAndMeasured() throws IOException {
        String tokenizer = recipe("smoke-tokenizer.json", "../xprompt/photos", PHOTOS.toString(), "\"steps\": 100", "\"steps\": 12",
                "\"startPatches\": 20000", "\"startPatches\": 2000", "\"heldOut\": 16", "\"heldOut\": 4");
        xp("train-tokenizer", tokenizer, "--out", folder.resolve("tokenizer").toString(), "--quiet");

        String config = recipe("smoke.json", "../xprompt/models/demo", "tokenizer/model", "../xprompt/photos", PHOTOS.toString(),
                "\"steps\": 240", "\"steps\": 16", "\"until\": 240", "\"until\": 16", "\"warmup\": 10", "\"warmup\": 1",
                "\"log\": 10, \"check\": 120, \"save\": 60", "\"log\": 4, \"check\": 8, \"save\": 5");
        String run = folder.resolve("run").toString();
        JsonNode stopped = json("train", config, "--out", run, "--stop-after", "0.0001", "--json", "--quiet");
        assertThat(stopped.get("finished").asBoolean()).isFalse();
        assertThat(stopped.get("step").asInt()).isEqualTo(1);
        JsonNode finished = json("train", config, "--out", run, "--json", "--quiet", "--profile");
        assertThat(finished.get("finished").asBoolean()).isTrue();
        assertThat(finished.get("step").asInt()).isEqualTo(16);
        assertThat(finished.get("profile").findValuesAsText("operation")).as("operations of a step").contains("matmul NT", "attentionBackward", "adamW");
        List<Double> losses = Files.readAllLines(Path.of(run, "log.csv")).stream().skip(1).map(line -> Double.parseDouble(line.split(",")[1])).toList();
        assertThat(losses).as("a row every 4 steps").hasSize(4);
        assertThat(losses.getLast()).as("losses %s", losses).isLessThan(losses.getFirst() - 0.2);
        assertThat(Path.of(run, "loss.png")).exists();
        assertThat(json("train", config, "--out", run, "--json", "--quiet").get("loss").asDouble()).as("a finished run tells its loss").isPositive();

        use(Path.of(run, "model").toString());
    }

    private void use(String model) throws IOException {
        Path before = PHOTOS.resolve("python3-skimage-chelsea.jpg");
        Path after = PHOTOS.resolve("python3-skimage-coffee.jpg");
        Path query = Files.copy(PHOTOS.resolve("python3-skimage-rocket.jpg"), folder.resolve("query.jpg"));
        Path prompt = folder.resolve("p.xpc");
        Path direct = folder.resolve("direct.png");
        Path stored = folder.resolve("stored.png");
        xp("compress", "--model", model, "--example", before.toString(), after.toString(), "--out", prompt.toString());
        xp("generate", "--model", model, "--example", before.toString(), after.toString(), "--input", query.toString(), "--out", direct.toString(), "--quiet");
        xp("generate", "--model", model, "--prompt", prompt.toString(), "--input", query.toString(), "--out", stored.toString(), "--quiet");
        ReadmeSample.main(model, before.toString(), after.toString(), query.toString());
        assertThat(Files.readAllBytes(stored)).isEqualTo(Files.readAllBytes(direct));
        assertThat(Files.readAllBytes(Path.of(query + ".answer.png"))).isEqualTo(Files.readAllBytes(direct));

        Path suite = Files.writeString(folder.resolve("suite.json"), "{\"tasks\": [\"negative\", \"haze\"], \"photos\": 2, \"seed\": 0}");
        Path out = folder.resolve("eval");
        JsonNode report = json("eval", "--model", model, "--photos", PHOTOS.toString(), "--suite", suite.toString(), "--out", out.toString(), "--json", "--quiet");
        assertThat(report.get("tasks")).hasSize(2);
        assertThat(report.get("tasks").get(1).get("novel").asBoolean()).isTrue();
        assertThat(new ObjectMapper().readTree(out.resolve("report.json").toFile())).isEqualTo(report);
        assertThat(out.resolve("sheet.png")).isNotEmptyFile();
        String table = xp("eval", "--model", model, "--photos", PHOTOS.toString(), "--suite", suite.toString(), "--out", out.toString(), "--quiet");
        assertThat(table).contains("PSNR, dB", "95 % intervals", "SSIM", "mean, novel", out.resolve("report.json").toString());
    }
}
