package org.xprompt4j.xprompt.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.file.SafetensorsFile;
import org.xprompt4j.tensor.file.SafetensorsWriter;
import org.xprompt4j.xprompt.TinyModel;
import org.xprompt4j.xprompt.prompt.Arrangement;

class CompressedPromptTest {
    private static final Shape ENTRY = Shape.of(2, 8); // kvHeads, headDim
    private static final int LAYERS = 2;

    @TempDir
    private Path folder;
    private TinyModel tiny;
    private XPromptModel model;
    private MemoryScope scope;
    private Path file;
    private CompressedPrompt prompt;

    @BeforeEach
    void writePrompt() {
        tiny = new TinyModel(1, Arrangement.SHARED);
        model = tiny.model();
        scope = tiny.backend.openScope("test");
        file = folder.resolve("a.xpc");
        prompt = model.compressCoded(List.of(List.of(TinyModel.pair(0))), "darker", scope).getFirst();
        prompt.writeTo(file);
    }

    @AfterEach
    void close() {
        scope.close();
        model.close();
        tiny.close();
    }

    @Test
    void readAgainItIsTheSameBitForBit() {
        CompressedPrompt read = model.read(file);
        assertThat(read.note()).isEqualTo("darker");
        assertThat(read.nextPosition()).isEqualTo(1 + 2 * 18 + 3).isEqualTo(prompt.nextPosition());
        assertThat(read.tokens()).isEqualTo(3);
        for (int layer = 0; layer < LAYERS; layer++) {
            assertThat(read.layers().get(layer).keys().toFloatArray()).containsExactly(prompt.layers().get(layer).keys().toFloatArray());
            assertThat(read.layers().get(layer).values().toFloatArray()).containsExactly(prompt.layers().get(layer).values().toFloatArray());
        }
        GenerationOptions options = new GenerationOptions(1, 0, 1, 1, 3);
        assertThat(answer(read, options)).isDeepEqualTo(answer(prompt, options));
    }

    private int[][] answer(CompressedPrompt from, GenerationOptions options) {
        return model.answer(List.of(AnswerDecoder.Job.of(new Context.Compressed(from), TinyModel.codes(9), 0)), options, (code, of) -> { });
    }

    @Test
    void theFileHoldsHeadsFirst() {
        try (SafetensorsFile stored = SafetensorsFile.open(file)) {
            assertThat(stored.tensor("layers.1.key").shape()).isEqualTo(Shape.of(2, 3, 8));
            float[] inFile = stored.tensor("layers.1.key").toFloatArray();
            float[] inMemory = prompt.layers().get(1).keys().toFloatArray(); // [tokens, kvHeads, headDim]
            assertThat(Arrays.copyOfRange(inFile, 24, 32)).containsExactly(Arrays.copyOfRange(inMemory, 8, 16));
            assertThat(stored.metadata()).containsKeys("format", "format_version", "fingerprint", "next_position", "note", "content_sha256");
        }
    }

    @Test
    void anyChangedByteIsFound() throws IOException {
        byte[] good = Files.readAllBytes(file);
        long held = scope.bytes();
        for (int at = 0; at < good.length; at += at < good.length - 400 ? 7 : 1) {
            byte[] bad = good.clone();
            bad[at] ^= 1;
            Files.write(file, bad);
            refused("a.xpc");
        }
        edited(Map.of("note", "brighter"), Map.of());
        refused("a.xpc: content_sha256:");
        edited(Map.of("content_sha256", ""), Map.of());
        refused("a.xpc: content_sha256:", "compress the examples again");
        assertThatThrownBy(() -> CompressedPrompt.read(file, tiny.backend, scope, LAYERS, ENTRY, model.fingerprint())).isInstanceOf(InvalidInput.class);
        assertThat(scope.bytes()).as("bytes that refused files left behind").isEqualTo(held);
    }

    @Test
    void anotherModelRefusesIt() {
        assertThatThrownBy(() -> CompressedPrompt.read(file, tiny.backend, scope, LAYERS, ENTRY, "somebody else"))
                .isInstanceOf(InvalidInput.class).hasMessageContainingAll("a.xpc", "fingerprint", "another model", "compress the examples again");
    }

    @Test
    void truncatedAndForeignFilesAreRefused() throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        for (int length : new int[] {0, 7, 100, bytes.length - 1}) {
            Files.write(file, Arrays.copyOf(bytes, length));
            refused("a.xpc");
        }
        Files.write(file, Arrays.copyOf(bytes, bytes.length + 1));
        refused("a.xpc");
        Files.delete(file);
        refused("a.xpc");
    }

    @Test
    void editedMetadataIsRefusedByField() {
        edited(Map.of("format", "something"), Map.of());
        refused("a.xpc: format:", "not a compressed prompt");
        edited(Map.of("format_version", "1"), Map.of());
        refused("a.xpc: format_version:", "is 1", "reads 2");
        edited(Map.of("fingerprint", "0123456789abcdef"), Map.of());
        refused("a.xpc: fingerprint:", "0123456789ab");
        for (String position : new String[] {"", "-4", "1e3", "99999999", "3"}) {
            edited(Map.of("next_position", position), Map.of());
            refused("a.xpc: next_position:", "is " + position);
        }
    }

    @Test
    void wrongTensorsAreRefusedByName() {
        Tensor good = scope.of(new float[2 * 3 * 8], 2, 3, 8);
        Map<String, Tensor> missing = new LinkedHashMap<>();
        missing.put("layers.1.value", null);
        edited(Map.of(), missing);
        refused("a.xpc: layers.1.value:", "is missing");
        edited(Map.of(), Map.of("layers.2.key", good));
        refused("a.xpc: layers:", "5 tensors");
        edited(Map.of(), Map.of("layers.1.key", scope.of(new float[2 * 4 * 8], 2, 4, 8)));
        refused("a.xpc: layers.1.key:", "must be [2, tokens, 8]");
        edited(Map.of(), Map.of("layers.0.key", scope.of(new float[3 * 2 * 8], 3, 2, 8)));
        refused("a.xpc: layers.0.key:");
        edited(Map.of(), Map.of("layers.0.value", scope.of(new int[2 * 3 * 8], 2, 3, 8)));
        refused("a.xpc: layers.0.value:", "floats");
        float[] infinite = new float[2 * 3 * 8];
        infinite[17] = Float.POSITIVE_INFINITY;
        edited(Map.of(), Map.of("layers.1.key", scope.of(infinite, 2, 3, 8)));
        refused("a.xpc: layers.1.key:", "not finite");
    }

    /** Writes the prompt again with other metadata and tensors; null leaves one out. */
    private void edited(Map<String, String> metadata, Map<String, Tensor> tensors) {
        prompt.writeTo(file);
        SafetensorsWriter writer = new SafetensorsWriter();
        Map<String, Tensor> all = new LinkedHashMap<>();
        try (MemoryScope kept = tiny.backend.openScope("edit"); SafetensorsFile stored = SafetensorsFile.open(file)) {
            stored.metadata().forEach((key, value) -> writer.metadata(key, metadata.getOrDefault(key, value)));
            for (String name : stored.names()) {
                Tensor from = stored.tensor(name);
                all.put(name, kept.of(from.toFloatArray(), from.shape().toArray()));
            }
            all.putAll(tensors);
            all.values().removeIf(tensor -> tensor == null);
            all.forEach(writer::add);
            writer.writeTo(file);
        }
    }

    private void refused(String... words) {
        assertThatThrownBy(() -> model.read(file)).isInstanceOf(InvalidInput.class).hasMessageContainingAll(words)
                .satisfies(fault -> assertThat(fault.getMessage().lines()).hasSize(1));
    }
}
