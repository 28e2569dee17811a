package org.xprompt4j.bench.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.xprompt4j.xprompt.text.TextTokenizer;

/** Both ways of cutting run and differ; the words that are meant to be distinct are. */
class EncodeForkTest {
    private static Path repository() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("tests/pom.xml"))) {
            folder = folder.getParent();
        }
        return folder;
    }

    @Test
    void everyTextIsEncodedInBothWays() {
        Map<String, TextTokenizer> tokenizers = EncodeFork.tokenizers(repository().resolve("tests/src/test/resources/golden/tokenizer/tokenizer.json"));
        Map<String, String> texts = EncodeFork.texts(repository().resolve("bench"));
        assertThat(tokenizers).containsOnlyKeys("as the file says", "chameleon");
        assertThat(tokenizers.get("chameleon").encodePlain("(a  b)")).as("two spaces and a bracket stand alone")
                .hasSizeGreaterThan(tokenizers.get("as the file says").encodePlain("(a").length);
        String[] words = texts.get("distinct words").split(" ");
        assertThat(Arrays.stream(words).distinct().count()).isEqualTo(words.length).isEqualTo(150_000);
        for (TextTokenizer tokenizer : tokenizers.values()) {
            Map<String, Object> line = EncodeFork.measure(tokenizer, texts.get("prose"), 1);
            assertThat((double) line.get("megabytes_per_second")).isPositive();
            assertThat((int) line.get("tokens")).isGreaterThan(1000);
        }
    }
}
