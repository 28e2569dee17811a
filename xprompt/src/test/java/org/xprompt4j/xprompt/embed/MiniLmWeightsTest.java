package org.xprompt4j.xprompt.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Shape;
import org.xprompt4j.xprompt.onnx.OnnxBytes;
import org.xprompt4j.xprompt.onnx.OnnxFile;

class MiniLmWeightsTest {
    @TempDir
    Path dir;

    /** Matrices of layers are found by number and turned; the rest keeps name and order. */
    @Test
    void matricesAreTurned() throws IOException {
        Path path = Files.write(dir.resolve("m.onnx"), OnnxBytes.model(
                OnnxBytes.tensor("onnx::MatMul_899", new long[] {3, 2}, 1, 2, 3, 4, 5, 6), // layer 1: 898 query, 899 key
                OnnxBytes.tensor("onnx::MatMul_897", new long[] {1, 2}, 7, 8), // layer 0, down
                OnnxBytes.tensor("encoder.layer.1.attention.self.key.bias", new long[] {2}, 9, 10),
                OnnxBytes.tensor("encoder.layer.1.output.LayerNorm.weight", new long[] {2}, 11, 12),
                OnnxBytes.tensor("embeddings.word_embeddings.weight", new long[] {2, 1}, 13, 14)));
        try (OnnxFile file = OnnxFile.open(path)) {
            MiniLmWeights weights = new MiniLmWeights(file);
            assertThat(weights.numbers("encoder.layer.1.attention.self.key.weight", Shape.of(2, 3))).containsExactly(1, 3, 5, 2, 4, 6);
            assertThat(weights.numbers("encoder.layer.0.output.dense.weight", Shape.of(2, 1))).containsExactly(7, 8);
            assertThat(weights.numbers("encoder.layer.1.attention.self.key.bias", Shape.of(2))).containsExactly(9, 10);
            assertThat(weights.numbers("encoder.layer.1.output.LayerNorm.weight", Shape.of(2))).containsExactly(11, 12);
            assertThat(weights.numbers("embeddings.word_embeddings.weight", Shape.of(2, 1))).containsExactly(13, 14);
            assertThatThrownBy(() -> weights.numbers("encoder.layer.1.attention.self.value.weight", Shape.of(2, 2))).isInstanceOf(InvalidInput.class)
                    .hasMessageContaining("'onnx::MatMul_902' is missing");
        }
    }
}
