package org.xprompt4j.tests.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.xprompt.embed.MiniLmEmbedder;
import org.xprompt4j.xprompt.models.ModelStore;
import org.xprompt4j.xprompt.models.PublicModel;
import org.xprompt4j.xprompt.text.WordPiece;

/** The public all-MiniLM-L6-v2 against ONNX runtime and Hugging Face's tokenizers; skipped, with the command that fetches it, where it is not here. */
class MiniLmGoldenTest {
    private static Path folder;

    @BeforeAll
    static void model() {
        ModelStore store = System.getenv(ModelStore.VARIABLE) != null ? ModelStore.usual() : new ModelStore(Path.of("../models"));
        if (!store.holds(PublicModel.MINILM)) {
            String reason = "skipped: MiniLM's golden numbers; its weights are not in " + store.place(PublicModel.MINILM) + ", fetch them with: xp models get minilm";
            System.out.println(reason);
            Assumptions.abort(reason);
        }
        folder = store.place(PublicModel.MINILM);
    }

    private static double cosine(float[] a, float[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> (double) a[i] * b[i]).sum();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "scalar"})
    void vectorsAreThoseOfOnnxRuntime(String device) {
        List<String> texts = List.of("remove the dog", "take away the puppy", "delete the dog from the picture", "make it night", "add a red apple");
        try (Backend backend = Backends.open(device); MiniLmEmbedder embedder = MiniLmEmbedder.open(folder, backend)) {
            float[][] vectors = embedder.embed(texts);
            double[] begins = {-.02351511, .09950841, .09209605, .04983851};
            for (int i = 0; i < begins.length; i++) {
                assertThat((double) vectors[0][i]).as("number %d", i).isCloseTo(begins[i], within(5e-7));
            }
            double[] cosines = {1, .7691, .7865, .1939, .0462};
            for (int i = 0; i < cosines.length; i++) {
                assertThat(cosine(vectors[0], vectors[i])).as(texts.get(i)).isCloseTo(cosines[i], within(5.1e-5));
                assertThat(embedder.embed(List.of(texts.get(i)))[0]).as("alone: %s", texts.get(i)).isEqualTo(vectors[i]);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            remove the dog                          | 6366 1996 3899
            Caf\u00e9-au-lait, d\u00e9j\u00e0  vu!  | 7668 1011 8740 1011 21110 2102 1010 2139 3900 24728 999
            \u65e5\u672c\u8a9e text, \u3072\u3089\u304b\u306a | 1864 1876 1950 3793 1010 1673 30211 30177 30193
            unaffable Unaffable                     | 14477 20961 3468 14477 20961 3468
            I'm 100% \u0000sure\u200b\u00a0now      | 1045 1005 1049 2531 1003 2469 2085
            \u0391\u03a3 \u039f\u0394\u039f\u03a3 \u0130stanbul | 1155 29733 1169 29722 29730 29733 9960
            supercalifragilisticexpialidocious \u20ac5 | 3565 9289 10128 29181 24411 4588 10288 19312 21273 10085 6313 1574 2629
            \ud83d\udc4d\ud83c\udffd nice           | 100 3835
            \ud55c\uad6d\uc5b4 \ud14d\uc2a4\ud2b8   | 1469 30006 30021 29991 30014 30020 29999 30008 1467 30009 30020 29997 30017 30003 30017
            e\u0301te                               | 3802 2063
            """)
    void idsAreThoseOfTheReference(String text, String inside) {
        WordPiece tokenizer = WordPiece.read(folder.resolve(MiniLmEmbedder.TOKENIZER));
        assertThat(IntStream.of(tokenizer.encode(text)).mapToObj(Integer::toString).toList()).isEqualTo(List.of(("101 " + inside + " 102").split(" ")));
    }

    @Test
    void aLongTextIsCutWhereTheFileSays() {
        assertThat(WordPiece.read(folder.resolve(MiniLmEmbedder.TOKENIZER)).encode("dog ".repeat(300))).hasSize(128);
    }
}
