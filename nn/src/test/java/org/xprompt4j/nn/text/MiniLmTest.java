package org.xprompt4j.nn.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Shape;

class MiniLmTest {
    private static final MiniLmConfig CONFIG = new MiniLmConfig(40, 24, 52, 3, 4, 11, 2, 1e-12f);
    private static final int[][] TEXTS = {{1, 17, 3, 39, 2}, {1, 5, 2}, {1, 17, 3, 38, 2}, {1, 2}, {1, 9, 9, 30, 31, 32, 33, 8, 7, 6, 2}};

    private final Map<String, float[]> weights = new HashMap<>(); // by full name

    /** Numbers of a size that lets attention, GELU's bend and the norms' weights matter. */
    private float[] weight(String name, Shape shape) {
        return weights.computeIfAbsent(name, key -> {
            Philox random = new Philox(7, weights.size());
            float[] out = new float[(int) shape.numel()];
            for (int i = 0; i < out.length; i++) {
                out[i] = (float) ((random.nextFloat() - 0.5) * (name.endsWith("bias") ? 0.6 : 1.1)) + (name.endsWith("LayerNorm.weight") ? 1 : 0);
            }
            return out;
        });
    }

    private static float[][] embed(MiniLm model, Backend backend, int[]... texts) {
        try (MemoryScope scope = backend.openScope("call")) {
            return model.embed(new Ops(backend, scope), texts);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "cpu"})
    void agreesWithPlainLoops(String device) {
        try (Backend backend = Backends.open(device); MemoryScope scope = backend.openScope("model")) {
            MiniLm model = new MiniLm(CONFIG);
            model.load(scope, this::weight);
            PlainMiniLm plain = new PlainMiniLm(CONFIG, weights);
            for (int[] text : TEXTS) {
                float[] vector = embed(model, backend, text)[0];
                double[] expected = plain.embed(text);
                for (int c = 0; c < expected.length; c++) {
                    assertThat((double) vector[c]).as("%s: number %d of a text of %d", device, c, text.length).isCloseTo(expected[c], within(2e-6));
                }
            }
        }
    }

    /** Every bit of a row is the same alone, with others, and wherever it stands among them. */
    @ParameterizedTest
    @ValueSource(strings = {"scalar", "cpu"})
    void neighboursChangeNothing(String device) {
        try (Backend backend = Backends.open(device); MemoryScope scope = backend.openScope("model")) {
            MiniLm model = new MiniLm(CONFIG);
            model.load(scope, this::weight);
            float[] first = embed(model, backend, TEXTS[0])[0];
            float[] second = embed(model, backend, TEXTS[2])[0];
            assertThat(first).isNotEqualTo(second);
            float[][] together = embed(model, backend, TEXTS[2], TEXTS[0], TEXTS[2], TEXTS[2], TEXTS[0], TEXTS[2], TEXTS[0], TEXTS[0], TEXTS[0],
                    TEXTS[2], TEXTS[2], TEXTS[2]);
            String order = "babbabaaabbb";
            for (int row = 0; row < order.length(); row++) {
                assertThat(together[row]).as("row %d", row).isEqualTo(order.charAt(row) == 'a' ? first : second);
            }
        }
    }

    @Test
    void textsThatDoNotFitAreRefused() {
        try (Backend backend = Backends.open("scalar"); MemoryScope scope = backend.openScope("model")) {
            MiniLm model = new MiniLm(CONFIG);
            model.load(scope, this::weight);
            assertThatThrownBy(() -> embed(model, backend, new int[12])).isInstanceOf(InvalidInput.class).hasMessageContaining("1 to 11 tokens, not 12");
            assertThatThrownBy(() -> embed(model, backend, new int[0])).isInstanceOf(InvalidInput.class).hasMessageContaining("not 0");
            assertThatThrownBy(() -> embed(model, backend, new int[] {1, 40})).isInstanceOf(InvalidInput.class).hasMessageContaining("token id 40");
            assertThatThrownBy(() -> embed(model, backend, TEXTS[0], TEXTS[1])).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("texts of one length");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0  | 24 | 4 | 1e-12 | vocabSize must be 1 to
            40 | 25 | 4 | 1e-12 | heads must divide hidden 25, is 4
            40 | 24 | 4 | 0     | eps must be between 0 and 1
            """)
    void sizesThatMakeNoModelAreNamed(int vocab, int hidden, int heads, float eps, String message) {
        assertThatThrownBy(() -> new MiniLmConfig(vocab, hidden, 52, 3, heads, 11, 2, eps)).isInstanceOf(InvalidInput.class).hasMessageContaining(message);
    }

    @Test
    void thePublicModelHasItsNumberOfWeights() {
        assertThat(new MiniLm(MiniLmConfig.L6).parameterCount()).isEqualTo(22_565_376);
    }
}
