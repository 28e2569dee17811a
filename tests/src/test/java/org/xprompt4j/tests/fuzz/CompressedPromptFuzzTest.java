package org.xprompt4j.tests.fuzz;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.file.ContentHash;
import org.xprompt4j.tensor.file.SafetensorsFile;
import org.xprompt4j.tests.cli.TinyModel;
import org.xprompt4j.xprompt.inference.CompressedPrompt;
import org.xprompt4j.xprompt.inference.XPromptModel;

/**
 * Compressed prompts. In the inputs 64 zeros stand for the fingerprint of the model and 64 letters f for the hash of the
 * content; both are put right before the file is read, so that what lies behind these checks is reached.
 */
@Tag("fuzz")
class CompressedPromptFuzzTest {
    static final String FINGERPRINT = "0".repeat(64);
    static final String HASH = "f".repeat(64);
    private static final Guard GUARD = new Guard("a.xpc", 1 << 18, 400);
    private static final XPromptModel MODEL = XPromptModel.open(TinyModel.write(GUARD.folder().resolve("model"), 1), "cpu");

    @FuzzTest
    @DictionaryEntries({"\"layers.0.key\":", "\"layers.1.value\":", "\"next_position\":\"", "\"format_version\":\"2\"", "\"BF16\"", "\"F16\"",
        "\"shape\":[2,3,8]", "content_sha256", "\"note\":\""})
    void read(byte[] input) {
        byte[] named = replaced(input, FINGERPRINT, MODEL.fingerprint());
        byte[] whole = replaced(named, HASH, hash(named));
        try (MemoryScope scope = MODEL.backend().openScope("fuzz")) {
            long before = scope.bytes();
            GUARD.check(whole, () -> MODEL.read(GUARD.file(), scope), prompt -> {
                Path again = GUARD.folder().resolve("b.xpc");
                prompt.writeTo(again);
                requireEqual(prompt, MODEL.read(again, scope));
            });
            if (before != 0) {
                throw new AssertionError("a new scope holds " + before + " bytes");
            }
        }
    }

    private static void requireEqual(CompressedPrompt a, CompressedPrompt b) {
        if (a.nextPosition() != b.nextPosition() || !a.note().equals(b.note()) || !a.fingerprint().equals(b.fingerprint())) {
            throw new AssertionError("a prompt changed when it was written");
        }
        for (int i = 0; i < a.layers().size(); i++) {
            Contents.requireEqual("keys", a.layers().get(i).keys(), b.layers().get(i).keys());
            Contents.requireEqual("values", a.layers().get(i).values(), b.layers().get(i).values());
        }
    }

    /** The hash as the format defines it, worked out here a second time; any text where the file is too broken to have one. */
    private static String hash(byte[] input) {
        GUARD.put("hashed.xpc", input);
        try (SafetensorsFile file = SafetensorsFile.open(GUARD.folder().resolve("hashed.xpc"))) {
            Map<String, String> metadata = file.metadata();
            String position = metadata.getOrDefault("next_position", "");
            ContentHash hash = new ContentHash().text(metadata.getOrDefault("fingerprint", "") + "\n" + position.replaceFirst("^0+(?=[0-9])", "") + "\n"
                    + metadata.getOrDefault("note", "") + "\n");
            for (int i = 0; file.contains("layers." + i + ".key") && file.contains("layers." + i + ".value"); i++) {
                hash.tensor(file.tensor("layers." + i + ".key")).tensor(file.tensor("layers." + i + ".value"));
            }
            return hash.hex();
        } catch (InvalidInput e) {
            return HASH;
        }
    }

    private static byte[] replaced(byte[] input, String from, String to) {
        String text = new String(input, StandardCharsets.ISO_8859_1);
        return text.replace(from, to).getBytes(StandardCharsets.ISO_8859_1);
    }
}
