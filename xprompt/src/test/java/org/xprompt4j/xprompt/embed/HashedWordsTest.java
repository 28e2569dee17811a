package org.xprompt4j.xprompt.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.InvalidInput;

class HashedWordsTest {
    private static double cosine(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    @Test
    void sharedWordsAndLettersBringTextsTogether() {
        try (TextEmbedder words = new HashedWords()) {
            float[][] v = words.embed(List.of("make it darker", "Make it   DARKER!", "darken it", "turn the sky to gold", "", "?!", "?!?"));
            for (float[] vector : v) {
                assertThat(vector).hasSize(words.dimension());
                assertThat(cosine(vector, vector)).isEqualTo(1, within(1e-6));
            }
            assertThat(v[1]).isEqualTo(v[0]);
            assertThat(cosine(v[0], v[2])).isBetween(0.3, 0.9);
            assertThat(cosine(v[0], v[3])).isBetween(-0.2, 0.2);
            assertThat(v[5]).isNotEqualTo(v[6]);
        }
    }

    /** An index made yesterday is searched today: the places and signs stay what they are as long as the fingerprint does. */
    @Test
    void theVectorOfAWordStaysWhatItIs() {
        float[] a = new HashedWords().embed(List.of("a"))[0];
        assertThat(a[37]).isEqualTo((float) (0.5 / Math.sqrt(1.25)));
        assertThat(a[301]).isEqualTo((float) (-1 / Math.sqrt(1.25)));
    }

    @Test
    void unknownNamesAreRefused() {
        try (Backend backend = Backends.open("scalar"); TextEmbedder words = TextEmbedders.open("words", backend)) {
            assertThat(words.name()).isEqualTo("words");
            assertThatThrownBy(() -> TextEmbedders.open("wrods", backend)).isInstanceOf(InvalidInput.class).hasMessageContaining("no embedder 'wrods'; known are");
        }
    }
}
