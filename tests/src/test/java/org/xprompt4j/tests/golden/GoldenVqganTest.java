package org.xprompt4j.tests.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.xprompt4j.nn.chameleon.ImageTokens;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.file.Json;
import org.xprompt4j.tensor.file.SafetensorsFile;
import org.xprompt4j.vqvae.Vqgan;
import org.xprompt4j.vqvae.VqganCheckpoint;

/** The tokenizer against the reference implementation's activations and codes, on every device. */
class GoldenVqganTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final double RELATIVE = 1e-5;

    static Stream<Arguments> vqgans() {
        return cross("vqgan-tiny", "vqgan-tiny-attn");
    }

    static Stream<Arguments> chameleons() {
        return cross("chameleon-tiny", "chameleon-tiny-swin-gqa");
    }

    private static Stream<Arguments> cross(String... folders) {
        return Stream.of("scalar", "cpu").flatMap(device -> Stream.of(folders).map(folder -> Arguments.of(device, folder)));
    }

    @ParameterizedTest
    @MethodSource("vqgans")
    void agreesWithTheReference(String device, String folder) {
        try (Backend backend = Backends.open(device); MemoryScope scope = backend.openScope("test");
                SafetensorsFile io = SafetensorsFile.open(GOLDEN.resolve(folder).resolve("io.safetensors"))) {
            Vqgan vqgan = VqganCheckpoint.load(backend, scope, GOLDEN.resolve(folder));
            Ops ops = new Ops(backend, scope);
            Tensor pixels = channelsLast(backend, scope, io.tensor("pixels"));
            Tensor codes = vqgan.encode(ops, pixels);
            Agreement.within(RELATIVE, "encoder_latent", channelsFirst(ops, vqgan.latent(ops, pixels)), io.tensor("encoder_latent"));
            assertThat(codes.toIntArray()).as("tokens").containsExactly(io.tensor("tokens").toIntArray());
            Agreement.within(RELATIVE, "quantized", channelsFirst(ops, vqgan.quantized(ops, codes)), io.tensor("quantized"));
            Agreement.within(RELATIVE, "decoded", channelsFirst(ops, vqgan.decode(ops, codes)), io.tensor("decoded"));
        }
    }

    @ParameterizedTest
    @MethodSource("chameleons")
    void encodesAsHuggingFacesChameleon(String device, String folder) {
        Json config = Json.read(GOLDEN.resolve(folder).resolve("config.json"));
        Json map = config.get("vocabulary_map");
        ImageTokens tokens = new ImageTokens(map.fields().stream().collect(Collectors.toMap(f -> f, map::integer)),
                config.positiveInt("vocab_size"), "config.json");
        try (Backend backend = Backends.open(device); MemoryScope scope = backend.openScope("test");
                SafetensorsFile io = SafetensorsFile.open(GOLDEN.resolve(folder).resolve("io.safetensors"))) {
            Vqgan vqgan = VqganCheckpoint.load(backend, scope, GOLDEN.resolve(folder));
            Ops ops = new Ops(backend, scope);
            Tensor pixels = channelsLast(backend, scope, io.tensor("vq.pixels"));
            Agreement.within(RELATIVE, "vq.encoder", channelsFirst(ops, vqgan.encoderOutput(ops, pixels)), io.tensor("vq.encoder"));
            Tensor codes = vqgan.encode(ops, pixels);
            assertThat(codes.toIntArray()).as("vq.tokens").containsExactly(io.tensor("vq.tokens").toIntArray());
            assertThat(tokens.toIds(codes.toIntArray())).as("vq.bpe").containsExactly(io.tensor("vq.bpe").toIntArray());
            assertThat(vqgan.canDecode()).isFalse();
            assertThatThrownBy(() -> vqgan.decode(ops, codes)).isInstanceOf(InvalidInput.class).hasMessageContaining("holds no image decoder");
        }
    }

    /** [batch, channels, height, width] of a file as [batch, height, width, channels] of a device. */
    private static Tensor channelsLast(Backend backend, MemoryScope scope, Tensor stored) {
        Tensor moved = stored.permute(0, 2, 3, 1);
        Tensor out = scope.allocate(DType.F32, moved.shape());
        return out.set(moved.toFloatArray());
    }

    private static Tensor channelsFirst(Ops ops, Tensor x) {
        return ops.contiguous(x.permute(0, 3, 1, 2));
    }

    @ParameterizedTest
    @MethodSource("vqgans")
    void aPictureOfAnotherSizeIsTokenizedTheSameInABatchAndAlone(String device, String folder) {
        try (Backend backend = Backends.open(device); MemoryScope scope = backend.openScope("test")) {
            Vqgan vqgan = VqganCheckpoint.load(backend, scope, GOLDEN.resolve(folder));
            Ops ops = new Ops(backend, scope);
            int reduction = vqgan.config().reduction();
            long[] size = {2, 3L * reduction, 5L * reduction, 3};
            Tensor pixels = scope.allocate(DType.F32, size);
            float[] values = new float[Math.toIntExact(pixels.numel())];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) Math.sin(i * 0.37);
            }
            pixels.set(values);
            Tensor both = vqgan.encode(ops, pixels);
            assertThat(both.shape().toArray()).isEqualTo(new long[] {2, 3, 5});
            Tensor second = vqgan.encode(ops, pixels.slice(0, 1, 2));
            assertThat(second.toIntArray()).containsExactly(both.slice(0, 1, 2).toIntArray());
            assertThat(vqgan.decode(ops, both).shape().toArray()).isEqualTo(size);
            assertThatThrownBy(() -> vqgan.encode(ops, pixels.slice(1, 0, 3L * reduction - 1))).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("vqgans")
    void aSavedModelIsTheSameModel(String device, String folder, @TempDir Path temp) {
        try (Backend backend = Backends.open(device); MemoryScope scope = backend.openScope("test")) {
            Vqgan vqgan = VqganCheckpoint.load(backend, scope, GOLDEN.resolve(folder));
            for (DType dtype : List.of(DType.F32, DType.BF16)) {
                VqganCheckpoint.save(backend, vqgan, temp, dtype);
                Vqgan again = VqganCheckpoint.load(backend, scope, temp);
                assertThat(again.config()).isEqualTo(vqgan.config());
                if (dtype == DType.F32) {
                    assertThat(VqganCheckpoint.fingerprint(again)).isEqualTo(VqganCheckpoint.fingerprint(vqgan));
                } else {
                    assertThat(VqganCheckpoint.fingerprint(again)).isNotEqualTo(VqganCheckpoint.fingerprint(vqgan));
                }
            }
        }
    }
}
