package org.xprompt4j.tests.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.HostStorage;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.file.AtomicFile;
import org.xprompt4j.tensor.file.Json;
import org.xprompt4j.tensor.file.JsonWriter;
import org.xprompt4j.tensor.file.SafetensorsFile;
import org.xprompt4j.tensor.file.SafetensorsWriter;
import org.xprompt4j.xprompt.reproduce.Reproduction;

/** What {@code xp reproduce} writes, against every expected value of every fixture; and that it reads nothing but inputs. */
class ReproductionTest {
    @TempDir
    Path dir;

    static Stream<Arguments> models() {
        return Stream.of("scalar", "cpu").flatMap(device ->
                Stream.of("chameleon-tiny", "chameleon-tiny-swin-gqa", "vqgan-tiny", "vqgan-tiny-attn", "clip-text-tiny").map(f -> Arguments.of(device, f)));
    }

    static Path reproduce(String device, Path folder, Path out) {
        try (Backend backend = Backends.open(device)) {
            Reproduction.run(backend, folder, out);
        }
        return out;
    }

    @ParameterizedTest(name = "{1} on {0}")
    @MethodSource("models")
    void everyExpectedValueIsWritten(String device, String name) throws IOException {
        Path folder = GoldenFolder.folder(name);
        Path out = reproduce(device, folder, dir.resolve("out.safetensors"));
        ExpectedValues.require(folder, out);
        Path stripped = reproduce(device, stripped(folder), dir.resolve("stripped.safetensors"));
        assertThat(Files.mismatch(out, stripped)).as("only inputs are read").isEqualTo(-1);
    }

    /** A copy that holds inputs alone. */
    private Path stripped(Path folder) throws IOException {
        Path copy = Files.createDirectory(dir.resolve("stripped"));
        for (String name : List.of("config.json", "model.safetensors")) {
            Files.copy(folder.resolve(name), copy.resolve(name));
        }
        if (Files.exists(folder.resolve("meta.json"))) {
            Json meta = Json.read(folder.resolve("meta.json"));
            @SuppressWarnings("unchecked")
            Map<String, Object> train = (Map<String, Object>) meta.get("train").toJava();
            train.keySet().removeAll(List.of("losses", "grad_norms_before_clip", "loss"));
            AtomicFile.text(copy.resolve("meta.json"), JsonWriter.pretty(Map.of("segments", meta.get("segments"), "train", train)));
        }
        try (SafetensorsFile io = SafetensorsFile.open(folder.resolve("io.safetensors"))) {
            SafetensorsWriter writer = new SafetensorsWriter();
            io.names().stream().filter(ExpectedValues.INPUTS::contains).forEach(name -> writer.add(name, io.tensor(name)));
            writer.writeTo(copy.resolve("io.safetensors"));
        }
        return copy;
    }

    @Test
    void metricsAgreeWithScikitImage() throws IOException {
        Path folder = GoldenFolder.folder("metrics");
        Path copy = Files.createDirectory(dir.resolve("metrics"));
        Files.copy(folder.resolve("images.safetensors"), copy.resolve("images.safetensors"));
        List<Json> actual = Json.read(reproduce("scalar", copy, dir.resolve("out.json"))).elements();
        List<Json> expected = Json.read(folder.resolve("expected.json")).elements();
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            for (String field : expected.get(i).fields()) {
                double e = expected.get(i).number(field);
                assertThat(actual.get(i).number(field)).as("pair %d, %s", i, field).isCloseTo(e, within(1e-9 * Math.abs(e)));
            }
        }
    }

    @Test
    void equalPicturesHaveInfinitePsnr() {
        Tensor image = pattern(13, 11);
        new SafetensorsWriter().add("a7", image).add("b7", image).writeTo(dir.resolve("images.safetensors"));
        Json pair = Json.read(reproduce("scalar", dir, dir.resolve("out.json"))).elements().getFirst();
        assertThat(pair.string("psnr")).isEqualTo("inf");
        assertThat(pair.number("ssim_gaussian")).isCloseTo(1, within(1e-12));
        assertThat(pair.number("mse01")).isZero();
    }

    /** A picture [height, width, 3] U8 in memory of its own. */
    static Tensor pattern(int height, int width) {
        byte[] bytes = new byte[height * width * 3];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 37 % 251);
        }
        return Tensor.over(new HostStorage(MemorySegment.ofArray(bytes), "test"), 0,
                DType.U8, Shape.of(height, width, 3));
    }

    @Test
    void foldersThatAreNotUnderstoodAreNamed() throws IOException {
        Path out = dir.resolve("out");
        assertRefused(dir.resolve("none"), out, "no such folder");
        assertRefused(dir, out, "this kind of folder is not known");
        Files.writeString(dir.resolve("tokenizer.json"), "{}");
        assertRefused(dir, out, "tokenizer.json: model is missing");
        Files.writeString(dir.resolve("config.json"), "{\"model_type\": \"clip_text_model\"}");
        assertRefused(dir, out, "io.safetensors: no such file");
        Files.writeString(dir.resolve("config.json"), "{\"model_type\": 5}");
        assertRefused(dir, out, "config.json: model_type must be a string");
        assertThat(out).doesNotExist();
        assertRefused(GoldenFolder.folder("metrics"), dir.resolve("no/out.json"), "there is no folder");
    }

    private static void assertRefused(Path folder, Path out, String message) {
        assertThatThrownBy(() -> reproduce("scalar", folder, out)).isInstanceOf(InvalidInput.class).hasMessageContaining(message);
    }

    @Test
    void inputsThatLieAreNamed() throws IOException {
        Path folder = stripped(GoldenFolder.folder("chameleon-tiny"));
        Path out = dir.resolve("out");
        Path meta = folder.resolve("meta.json");
        String good = Files.readString(meta);
        for (Map.Entry<String, String> bad : Map.of(
                good.replace("21", "20"), "meta.json: segments must add up to the 48 tokens of input_ids, add up to 47",
                good.replace("\"TD\"", "\"TX\""), "meta.json: segments[2][0] must be one of IE, XP, TD, is \"TX\"",
                good.replace("21", "-21"), "meta.json: segments[0][1] must be an integer from 0",
                good.replace("\"lrs\"", "\"rates\""), "meta.json: train.lrs is missing",
                good.replace("0.95", "1.0"), "meta.json: train.betas must be two numbers from 0 to below 1",
                "{", "meta.json: line 1").entrySet()) {
            Files.writeString(meta, bad.getKey());
            assertRefused(folder, out, bad.getValue());
        }
        Files.writeString(meta, good);
        Path io = folder.resolve("io.safetensors");
        Path whole = Files.move(io, dir.resolve("whole.safetensors"));
        assertRefused(folder, out, "io.safetensors: no such file");
        try (SafetensorsFile inputs = SafetensorsFile.open(whole)) {
            for (String name : inputs.names()) {
                SafetensorsWriter without = new SafetensorsWriter();
                inputs.names().stream().filter(n -> !n.equals(name)).forEach(n -> without.add(n, inputs.tensor(n)));
                without.writeTo(io);
                assertRefused(folder, out, "io.safetensors: tensor \"" + name + "\" is missing");
            }
        }
        assertThat(out).doesNotExist();
    }
}
