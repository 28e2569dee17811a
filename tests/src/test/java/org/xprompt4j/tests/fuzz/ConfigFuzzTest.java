package org.xprompt4j.tests.fuzz;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.xprompt4j.nn.chameleon.ChameleonConfig;
import org.xprompt4j.nn.chameleon.ImageTokens;
import org.xprompt4j.tensor.file.Json;
import org.xprompt4j.tensor.file.JsonWriter;
import org.xprompt4j.vqvae.VqganConfig;
import org.xprompt4j.xprompt.inference.XPromptConfig;

/** The configurations of a model folder: each document is tried as all of them; what is read is written and read again. */
@Tag("fuzz")
class ConfigFuzzTest {
    private static final Guard GUARD = new Guard(XPromptConfig.FILE, 1 << 18, 600);
    private static final int VOCABULARY = 64;

    @FuzzTest
    @DictionaryEntries({"\"model_type\":\"chameleon\"", "\"vocab_size\":", "\"hidden_size\":", "\"num_attention_heads\":", "\"vocabulary_map\":{",
        "IMGIMGAZ", "\"rope_parameters\":{", "\"vq_config\":{", "\"ddconfig\":{", "\"ch_mult\":[", "\"channel_multiplier\":[", "\"norm_groups\":",
        "\"xp_ids\":[", "\"picture_size\":", "\"arrangement\":\"SHARED\"", "\"trained_tasks\":[", "16777216", "4096"})
    void read(byte[] input) {
        String source = GUARD.file().toString();
        GUARD.check(input, source, () -> ChameleonConfig.of(Json.parse(input, source)), config -> {
            ChameleonConfig again = ChameleonConfig.of(json(config.toJson("float32")));
            requireEqual(config.withOtherFields(Map.of()), again.withOtherFields(Map.of()));
        });
        GUARD.check(input, source, () -> ImageTokens.of(ChameleonConfig.of(Json.parse(input, source)), source), tokens -> {
            for (int code = 0; code < tokens.codes(); code++) {
                if (tokens.code(tokens.id(code)) != code) {
                    throw new AssertionError("code " + code + " comes back as " + tokens.code(tokens.id(code)));
                }
            }
        });
        GUARD.check(input, source, () -> VqganConfig.read(Json.parse(input, source)), config -> {
            requireEqual(config, VqganConfig.read(json(config.toJson())));
            if (config.outChannels() == 3) {
                requireEqual(config, VqganConfig.read(json(Map.of("vq_config", config.toHuggingFaceJson()))));
            }
        });
        GUARD.check(input, () -> XPromptConfig.read(GUARD.folder(), VOCABULARY), config -> {
            config.write(GUARD.folder());
            XPromptConfig again = XPromptConfig.read(GUARD.folder(), VOCABULARY);
            if (!Arrays.equals(config.xpIds(), again.xpIds()) || config.arrangement() != again.arrangement()
                    || config.pictureSize() != again.pictureSize() || !config.trainedTasks().equals(again.trainedTasks())
                    || !config.novelTasks().equals(again.novelTasks())) {
                throw new AssertionError(config + " is read again as " + again);
            }
        });
    }

    private static Json json(Map<String, Object> fields) {
        return Json.parse(JsonWriter.pretty(fields).getBytes(StandardCharsets.UTF_8), "again");
    }

    private static void requireEqual(Object before, Object after) {
        if (!before.equals(after)) {
            throw new AssertionError(before + " is read again as " + after);
        }
    }
}
