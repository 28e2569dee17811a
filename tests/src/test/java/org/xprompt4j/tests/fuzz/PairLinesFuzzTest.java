package org.xprompt4j.tests.fuzz;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.xprompt4j.tensor.file.JsonWriter;
import org.xprompt4j.xprompt.retrieval.EditPair;
import org.xprompt4j.xprompt.retrieval.PairLines;
import org.xprompt4j.xprompt.retrieval.PairList;

/** Lists of pairs, a JSON object a line: ids differ and are fit for files, and what is read is written and read again as the same list. */
@Tag("fuzz")
class PairLinesFuzzTest {
    private static final Guard GUARD = new Guard("pairs.jsonl", 1 << 18, 600);

    @FuzzTest
    @DictionaryEntries({"{\"before\": \"a\", ", "\"after\": \"b\", ", "\"instruction\": \"c\"}", "\"id\": \"d\"", "\\u0000", "\\ud83d\\ude00", "\\u001b", "../", "\\\\"})
    void read(byte[] input) {
        GUARD.check(input, () -> PairLines.read(GUARD.file(), false), list -> {
            StringBuilder text = new StringBuilder();
            Set<String> ids = new HashSet<>();
            for (EditPair pair : list.pairs()) {
                if (!ids.add(pair.id()) || !Path.of(pair.id() + ".xpc").getFileName().toString().equals(pair.id() + ".xpc") || pair.instruction().isBlank()) {
                    throw new AssertionError("not a pair: " + pair);
                }
                Map<String, String> line = new LinkedHashMap<>();
                line.put("id", pair.id());
                line.put("before", pair.before().toString());
                line.put("after", pair.after().toString());
                line.put("instruction", pair.instruction());
                text.append(JsonWriter.compact(line)).append('\n');
            }
            PairList again = PairLines.read(GUARD.put("again.jsonl", text.toString().getBytes(StandardCharsets.UTF_8)), false);
            if (!again.pairs().equals(list.pairs()) || again.repeats() != 0) {
                throw new AssertionError(list + " is read again as " + again);
            }
        });
    }
}
