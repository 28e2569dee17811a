package org.xprompt4j.xprompt.reproduce;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.AtomicFile;
import org.xprompt4j.tensor.file.Json;
import org.xprompt4j.tensor.file.JsonWriter;
import org.xprompt4j.xprompt.text.TextTokenizer;

/** The ids of texts and what they decode to, as a JSON list. */
final class TokenizerReproduction {
    private TokenizerReproduction() {
    }

    static void run(Path folder, Path out) {
        TextTokenizer tokenizer = TextTokenizer.read(folder.resolve(TextTokenizer.FILE));
        List<Map<String, Object>> results = new ArrayList<>();
        for (Json entry : Json.read(folder.resolve("encodings.json")).elements()) {
            String text = entry.string("text");
            try {
                int[] ids = tokenizer.encode(text);
                Map<String, Object> result = new LinkedHashMap<>();
                result.put("text", text);
                result.put("ids", ids);
                result.put("decoded", tokenizer.decode(ids));
                results.add(result);
            } catch (InvalidInput e) {
                throw new InvalidInput(entry.source() + ": " + entry.path() + ": " + e.getMessage(), e);
            }
        }
        AtomicFile.text(out, JsonWriter.pretty(results));
    }
}
