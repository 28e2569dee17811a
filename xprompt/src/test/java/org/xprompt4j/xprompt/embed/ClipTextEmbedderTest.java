package org.xprompt4j.xprompt.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xprompt4j.nn.Checkpoint;
import org.xprompt4j.nn.text.ClipText;
import org.xprompt4j.nn.text.ClipTextConfig;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.file.SafetensorsWriter;
import org.xprompt4j.xprompt.text.ClipTokenizer;
import org.xprompt4j.xprompt.text.ClipVocabulary;

/** A CLIP of the sizes of the fixture {@code clip-text-tiny}, random weights, and a vocabulary by hand. */
class ClipTextEmbedderTest {
    private static final String CONFIG = """
            {"model_type": "clip_text_model", "vocab_size": 530, "hidden_size": 48, "intermediate_size": 192, "num_hidden_layers": 2,
             "num_attention_heads": 4, "max_position_embeddings": 24, "projection_dim": 32, "layer_norm_eps": 1e-05, "eos_token_id": 529}""";
    private static final List<String> TEXTS = List.of("remove the dog", "", "the red dog!!!", "Remove  the dog", "a much longer text than twenty-two tokens can hold", "the");

    @TempDir
    Path dir;

    @BeforeEach
    void folder() throws IOException {
        Files.writeString(dir.resolve("config.json"), CONFIG);
        ClipVocabulary.write(dir);
        try (Backend backend = Backends.open("scalar"); MemoryScope scope = backend.openScope("model")) {
            ClipText model = new ClipText(ClipTextConfig.read(dir));
            model.initialise(scope, 5);
            SafetensorsWriter writer = new SafetensorsWriter();
            Checkpoint.add(writer, model, backend, scope, DType.F32);
            writer.writeTo(dir.resolve("model.safetensors"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "cpu"})
    void vectorsAreTheModelsOfLength1AndAloneTheSame(String device) {
        try (Backend backend = Backends.open(device); TextEmbedder embedder = TextEmbedders.open("clip=" + dir, backend);
                MemoryScope scope = backend.openScope("model")) {
            assertThat(embedder.name()).isEqualTo("clip");
            assertThat(embedder.dimension()).isEqualTo(32);
            assertThat(embedder.fingerprint()).matches("[0-9a-f]{64}");
            float[][] vectors = embedder.embed(TEXTS);
            ClipText model = ClipText.load(backend, scope, dir);
            Ops ops = new Ops(backend, scope);
            for (int i = 0; i < TEXTS.size(); i++) {
                assertThat(embedder.embed(List.of(TEXTS.get(i)))[0]).as(TEXTS.get(i)).isEqualTo(vectors[i]);
                int[][] ids = {ClipTokenizer.read(dir).encode(TEXTS.get(i), 24)};
                Tensor flat = scope.of(ids[0], 1, ids[0].length); // [batch, seq]
                float[] raw = model.embed(ops, model.hidden(ops, flat), ids).toFloatArray();
                double length = 0;
                double cosine = 0;
                for (int c = 0; c < 32; c++) {
                    length += (double) raw[c] * raw[c];
                    cosine += (double) raw[c] * vectors[i][c];
                }
                assertThat(cosine / Math.sqrt(length)).isCloseTo(1, within(1e-6));
            }
            assertThat(vectors[0]).isEqualTo(vectors[3]).isNotEqualTo(vectors[2]);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "vocab_size": 530             | "vocab_size": 529           | vocab.json: has ids up to 529, config.json allows vocab_size 529
            "eos_token_id": 529           | "eos_token_id": 528         | config.json: eos_token_id is 528
            "max_position_embeddings": 24 | "max_position_embeddings": 1 | max_position_embeddings must be 2 or more
            "hidden_size": 48             | "hidden_size": 52           | has shape
            """)
    void filesThatDoNotFitEachOtherAreRefused(String good, String bad, String message) throws IOException {
        Files.writeString(dir.resolve("config.json"), CONFIG.replace(good, bad).replace("\"eos_token_id\": 529", bad.contains("529") ? "\"eos_token_id\": 528" : "\"eos_token_id\": 529"));
        try (Backend backend = Backends.open("scalar")) {
            assertThatThrownBy(() -> ClipTextEmbedder.open(dir, backend)).isInstanceOf(InvalidInput.class).hasMessageContaining(message);
        }
    }

    @Test
    void otherWeightsHaveAnotherFingerprint() throws IOException {
        try (Backend backend = Backends.open("scalar")) {
            String before;
            try (TextEmbedder embedder = ClipTextEmbedder.open(dir, backend)) {
                before = embedder.fingerprint();
            }
            byte[] bytes = Files.readAllBytes(dir.resolve("model.safetensors"));
            bytes[bytes.length - 1] ^= 1;
            Files.write(dir.resolve("model.safetensors"), bytes);
            try (TextEmbedder embedder = ClipTextEmbedder.open(dir, backend)) {
                assertThat(embedder.fingerprint()).isNotEqualTo(before);
            }
        }
    }

    @Test
    void namesThatAreNoEmbedderAreRefused() {
        try (Backend backend = Backends.open("scalar")) {
            assertThatThrownBy(() -> TextEmbedders.open("bert", backend)).isInstanceOf(InvalidInput.class).hasMessageContaining("no embedder 'bert'; known are ");
            assertThatThrownBy(() -> TextEmbedders.open("clip=", backend)).isInstanceOf(InvalidInput.class).hasMessageContaining("no embedder 'clip='");
            assertThatThrownBy(() -> TextEmbedders.open("clip=" + dir.resolve("none"), backend)).isInstanceOf(InvalidInput.class).hasMessageContaining("is no folder");
        }
    }
}
