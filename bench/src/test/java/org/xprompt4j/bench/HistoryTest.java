package org.xprompt4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tensor.file.Json;

/** Lines are appended, and each says where and when. */
class HistoryTest {
    @TempDir
    Path dir;

    @Test
    void linesSayWhereAndWhen() throws IOException {
        Path file = dir.resolve("made/history.jsonl");
        History.of(file.toString()).append("jmh", Map.of("op", "matmul.forward"));
        History.of(file.toString()).append("openblas", Map.of("m", 512));
        History.of("none").append("jmh", Map.of("op", "nowhere"));
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(2);
        Json first = Json.parse(lines.getFirst().getBytes(StandardCharsets.UTF_8), "first line");
        assertThat(first.fields()).contains("tool", "date", "commit", "device", "jdk", "flags", "op");
        assertThat(first.string("device")).contains(" cores");
        assertThat(first.string("jdk")).startsWith("25");
    }
}
