package org.xprompt4j.tests.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.HostStorage;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.file.Json;
import org.xprompt4j.tensor.file.SafetensorsWriter;

/** Commands in fresh processes: what they print and where, and how they refuse malformed input. */
class CommandLineTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden").toAbsolutePath();

    @TempDir
    Path dir;

    /** A file whose header is this text and whose data are so many zero bytes. */
    private void safetensors(String name, String header, int dataBytes) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        Files.write(dir.resolve(name), ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length).put(json).array());
    }

    @Test
    void helpTeachesAndVersionIsPrinted() {
        assertThat(XpProcess.in(dir, "--version").done().out()).startsWith("xprompt4j ");
        assertThat(XpProcess.in(dir, "--help").done().out()).contains("Examples:", "Exit codes:", "mask", "info", "reproduce");
        XpCall xp = new XpCall(dir);
        String all = xp.run("--help").done().out();
        for (String command : List.of("demo", "generate", "compress", "describe", "chat", "index", "retrieve", "edit", "tokenize", "detokenize", "train-tokenizer", "train",
                "train-bpe", "eval", "mask", "info", "reproduce",
                "bench report", "doctor", "data prepare", "explain attention", "explain codes", "explain xp", "course")) {
            assertThat(all).contains("  " + command.split(" ")[0] + " ");
            String help = xp.run((command + " --help").split(" ")).done().out();
            assertThat(help).contains("Usage: xp " + command, "Examples:", "  xp " + command, "--json", "--quiet");
            assertThat(help.lines().filter(line -> line.startsWith("  xp ")).map(String::length)).as("examples of %s", command).allMatch(n -> n <= 120);
        }
        for (String command : List.of("demo", "generate", "compress", "describe", "chat", "index", "edit", "eval", "train", "train-tokenizer", "reproduce")) {
            assertThat(xp.run(command, "--help").done().out()).contains("--device=NAME", "default: cpu", "--seed=N");
        }
        assertThat(XpProcess.in(dir, "mask", "--help").done().out()).contains("--segments", "default: 16", "Examples:");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "|xp: no command given; see 'xp --help'",
        "nonsense|nonsense",
        "mask --out m.png|xp mask: Missing required option: '--segments=KIND:LENGTH'; see 'xp mask --help'",
        "mask --segments IE:3 --out m.png --tile x|--tile",
        "mask --segments IE:3,QQ:4 --out m.png|segment kind 'QQ' is not one of IE, XP, TD",
        "mask --segments IE:-3 --out m.png|--segments: 'IE:-3' must be KIND:LENGTH",
        "mask --segments IE:0 --out m.png|--segments: 0 tokens",
        "mask --segments IE:999999999,TD:999999999 --out m.png|--segments: 1999999998 tokens",
        "mask --segments IE:3 --tile 0 --out m.png|--tile must be from 1 to the 3 tokens, is 0",
        "mask --segments IE:30 --out .|cannot be written, it is a folder",
        "mask --segments IE:30 --out file/m.png|file",
        "info none|none: no such file or folder",
        "info .|holds no .safetensors",
        "info file|file: not a kind of file that xp knows",
        "reproduce none --out o|none: no such folder",
        "reproduce . --out o --device abacus|device 'abacus' is not known",
        "reproduce . --out o --seed x|--seed",
    })
    void wrongUseIsOneLine(String args, String words) throws IOException {
        Files.createFile(dir.resolve("file"));
        XpProcess.in(dir, args == null ? new String[0] : args.split(" ")).refusedWith(words);
    }

    @Test
    void filesThatLieAreOneLineWithFileAndField() throws IOException {
        safetensors("a.safetensors", "{\"w\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", 8);
        XpProcess.in(dir, "info", "a.safetensors").refusedWith("a.safetensors", "w.data_offsets hold 8 bytes, but F32[3] needs 12");
        safetensors("b.safetensors", "{\"w\\n\\u001b[31m\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 2);
        XpProcess.in(dir, "info", "b.safetensors").refusedWith("b.safetensors", "data_offsets end at byte 4");
        Files.write(dir.resolve("c.safetensors"), new byte[] {-1, -1, -1, -1, -1, -1, -1, 127, '{'});
        XpProcess.in(dir, "info", "c.safetensors").refusedWith("c.safetensors", "header length 9223372036854775807");
        Files.writeString(dir.resolve("d.json"), "{\"a\": 1, \"a\": 2}");
        XpProcess.in(dir, "info", "d.json").refusedWith("d.json", "field \"a\" appears twice");
    }

    @Test
    void fixturesThatLieAreOneLineWithFileAndField() throws IOException {
        Path model = Files.createDirectory(dir.resolve("model"));
        try (Stream<Path> files = Files.list(GOLDEN.resolve("chameleon-tiny"))) {
            for (Path file : files.toList()) {
                Files.copy(file, model.resolve(file.getFileName()));
            }
        }
        Path config = model.resolve("config.json");
        String good = Files.readString(config);
        Files.writeString(config, good.replace("\"hidden_size\": 64", "\"hidden_size\": \"x\""));
        XpProcess.in(dir, "reproduce", "model", "--out", "o").refusedWith("config.json: hidden_size must be a positive integer, is \"x\"");
        Files.writeString(config, good.replace("\"hidden_size\": 64", "\"hidden_size\": 32"));
        XpProcess.in(dir, "reproduce", "model", "--out", "o").refusedWith("model", "model.embed_tokens.weight", "[160, 64]", "[160, 32]");
        Files.writeString(config, good.substring(0, 500));
        XpProcess.in(dir, "reproduce", "model", "--out", "o").refusedWith("config.json: line ");
        Files.writeString(config, good);
        byte[] weights = Files.readAllBytes(model.resolve("model.safetensors"));
        Files.write(model.resolve("model.safetensors"), Arrays.copyOf(weights, weights.length - 100));
        XpProcess.in(dir, "reproduce", "model", "--out", "o").refusedWith("model.safetensors", "data_offsets end at byte");
        assertThat(dir.resolve("o")).doesNotExist();
    }

    @Test
    void maskDrawsAndCounts() throws IOException {
        Json json = Json.parse(XpProcess.in(dir, "mask", "--segments", "IE:37,XP:8,TD:40", "--out", "m.png", "--json").done().out()
                .getBytes(StandardCharsets.UTF_8), "standard output");
        assertThat(json.integer("causal_pairs")).isEqualTo(85 * 86 / 2);
        assertThat(json.integer("visible_pairs")).isEqualTo(85 * 86 / 2 - 37 * 40);
        assertThat(json.number("saved")).isEqualTo(37 * 40 / (85 * 86 / 2.0), within(1e-12));
        assertThat(json.integer("tiles_full") + json.integer("tiles_partial") + json.integer("tiles_skipped")
                + json.integer("tiles_skipped_by_causality")).isEqualTo(36);
        assertThat(ImageIO.read(dir.resolve("m.png").toFile()).getWidth()).isGreaterThan(800);
    }

    @Test
    void infoListsTensorsAndMetadata() throws IOException {
        Tensor tensor = Tensor.over(new HostStorage(MemorySegment.ofArray(new byte[24]), "test"), 0, DType.F32, Shape.of(2, 3));
        new SafetensorsWriter().metadata("note", "a\u001b[31mb").add("w", tensor).writeTo(dir.resolve("w.safetensors"));
        String text = XpProcess.in(dir, "info", "w.safetensors").done().out();
        assertThat(text).contains("6 parameters", "w  F32", "[2, 3]", "24 B").doesNotContain("\u001b");
        Json json = Json.parse(XpProcess.in(dir, "info", "--json", GOLDEN.resolve("vqgan-tiny").toString()).done().out()
                .getBytes(StandardCharsets.UTF_8), "standard output");
        assertThat(json.string("kind")).isEqualTo("VQGAN model folder");
        assertThat(json.get("parts").elements()).hasSize(3);
    }

    @Test
    void reproduceWritesTheFileAndSaysSo() {
        String text = XpProcess.in(dir, "reproduce", GOLDEN.resolve("metrics").toString(), "--out", "o.json").done().out();
        assertThat(text).contains("metrics folder computed on cpu").contains("o.json");
        assertThat(Json.read(dir.resolve("o.json")).elements()).hasSize(4);
        assertThat(List.of(dir.toFile().list())).containsExactly("o.json");
    }
}
