package org.xprompt4j.nn.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;

class ClipTextTest {
    private static final String CONFIG = """
            {"model_type": "clip_text_model", "vocab_size": 50, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2,
             "num_attention_heads": 2, "max_position_embeddings": 7, "projection_dim": 6, "layer_norm_eps": 1e-05, "eos_token_id": 9}""";

    @TempDir
    Path dir;

    private ClipTextConfig config(String json) throws IOException {
        Files.writeString(dir.resolve("config.json"), json);
        return ClipTextConfig.read(dir);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "hidden_size": 16        | "hidden_size": 15           | num_attention_heads must divide hidden_size 15, is 2
            "clip_text_model"        | "clip"                      | model_type must be "clip_text_model"
            "eos_token_id": 9        | "eos_token_id": 50          | eos_token_id must be an id of the 50
            "eos_token_id": 9        | "hidden_act": "gelu"        | hidden_act must be "quick_gelu"
            "projection_dim": 6      | "projection_dim": 0         | projection_dim must be
            1e-05                    | 0                           | layer_norm_eps must be between 0 and 1
            """)
    void fieldsThatMakeNoModelAreNamed(String good, String bad, String message) {
        assertThatThrownBy(() -> config(CONFIG.replace(good, bad))).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("config.json: " + message).hasMessageNotContaining("\n");
    }

    /** What stands behind the end of a text cannot change its vector, and texts in one batch do not see each other. */
    @Test
    void paddingAndNeighboursChangeNothing() throws IOException {
        ClipTextConfig config = config(CONFIG);
        int[][] texts = {{3, 4, 9, 0, 0, 0}, {3, 4, 9, 7, 9, 8}, {5, 9, 1, 1, 1, 1}};
        try (Backend backend = Backends.open("scalar"); MemoryScope scope = backend.openScope("test")) {
            ClipText model = new ClipText(config);
            model.initialise(scope, 3);
            float[] together = embed(model, backend, scope, texts);
            for (int row = 0; row < texts.length; row++) {
                assertThat(embed(model, backend, scope, new int[][] {texts[row]})).isEqualTo(java.util.Arrays.copyOfRange(together, 6 * row, 6 * row + 6));
            }
            assertThat(java.util.Arrays.copyOfRange(together, 0, 6)).isEqualTo(java.util.Arrays.copyOfRange(together, 6, 12))
                    .isNotEqualTo(java.util.Arrays.copyOfRange(together, 12, 18));
            assertThatThrownBy(() -> embed(model, backend, scope, new int[][] {{1, 2}})).isInstanceOf(InvalidInput.class).hasMessageContaining("no end token 9");
            assertThatThrownBy(() -> embed(model, backend, scope, new int[][] {new int[8]})).isInstanceOf(InvalidInput.class).hasMessageContaining("longer than the 7");
        }
    }

    private static float[] embed(ClipText model, Backend backend, MemoryScope scope, int[][] texts) {
        Ops ops = new Ops(backend, scope);
        Tensor ids = scope.of(java.util.Arrays.stream(texts).flatMapToInt(java.util.Arrays::stream).toArray(), texts.length, texts[0].length);
        return model.embed(ops, model.hidden(ops, ids), texts).toFloatArray();
    }
}
