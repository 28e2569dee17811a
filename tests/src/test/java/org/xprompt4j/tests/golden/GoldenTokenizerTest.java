package org.xprompt4j.tests.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tensor.file.AtomicFile;
import org.xprompt4j.tensor.file.Json;
import org.xprompt4j.tensor.file.JsonWriter;
import org.xprompt4j.xprompt.text.TextTokenizer;

/** Ids and decoded texts against those of Hugging Face's tokenizers. */
class GoldenTokenizerTest {
    private static final Path FOLDER = GoldenFolder.folder("tokenizer");

    @TempDir
    Path dir;

    @Test
    void everyCaseIsExact() {
        TextTokenizer tokenizer = TextTokenizer.read(FOLDER.resolve(TextTokenizer.FILE));
        List<Json> cases = Json.read(FOLDER.resolve("encodings.json")).elements();
        assertThat(cases).hasSizeGreaterThan(200);
        for (Json entry : cases) {
            int[] ids = tokenizer.encode(entry.string("text"));
            assertThat(ids).as(entry.string("text")).isEqualTo(entry.ints("ids"));
            assertThat(tokenizer.decode(ids)).isEqualTo(entry.string("decoded"));
        }
    }

    @Test
    void theTextsAloneReproduceTheFile() {
        Json expected = Json.read(FOLDER.resolve("encodings.json"));
        AtomicFile.text(dir.resolve("encodings.json"), JsonWriter.pretty(
                expected.elements().stream().map(entry -> java.util.Map.of("text", entry.string("text"))).toList()));
        AtomicFile.text(dir.resolve(TextTokenizer.FILE), JsonWriter.pretty(Json.read(FOLDER.resolve(TextTokenizer.FILE))));
        Path out = ReproductionTest.reproduce("cpu", dir, dir.resolve("out.json"));
        assertThat(Json.read(out).toJava()).isEqualTo(expected.toJava());
    }
}
