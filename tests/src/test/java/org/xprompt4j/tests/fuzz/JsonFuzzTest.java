package org.xprompt4j.tests.fuzz;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.xprompt4j.tensor.file.Json;
import org.xprompt4j.tensor.file.JsonWriter;

/** JSON: what is read is written, compact and indented, and read again as the same document. */
@Tag("fuzz")
class JsonFuzzTest {
    private static final Guard GUARD = new Guard("a.json", 1 << 16, 250);

    @FuzzTest
    @DictionaryEntries({"true", "false", "null", "\\u0000", "\\ud83d\\ude00", "1e308", "-0.0", "[[[[[[[[", "{\"a\":"})
    void parse(byte[] input) {
        GUARD.check(input, "a.json", () -> Json.parse(input, "a.json"), json -> {
            String compact = JsonWriter.compact(json);
            for (String text : new String[] {compact, JsonWriter.pretty(json)}) {
                Json again = Json.parse(text.getBytes(StandardCharsets.UTF_8), "again");
                if (!JsonWriter.compact(again).equals(compact)) {
                    throw new AssertionError(text + " is read as " + again);
                }
            }
        });
    }
}
