package org.xprompt4j.tests.fuzz;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.xprompt4j.xprompt.config.ConfigFile;
import org.xprompt4j.xprompt.evaluation.Suite;
import org.xprompt4j.xprompt.training.PromptTrainingConfig;
import org.xprompt4j.xprompt.training.TokenizerConfig;

/** Recipes of trainings and suites of measurement: each document is tried as all three; what is read is written and read again. */
@Tag("fuzz")
class RecipeFuzzTest {
    private static final Guard GUARD = new Guard("recipe.json", 1 << 19, 600);
    private static final List<Class<?>> KINDS = List.of(Suite.class, PromptTrainingConfig.class, TokenizerConfig.class);

    @FuzzTest
    @DictionaryEntries({"\"tasks\": {", "\"tasks\": [", "\"photos\": ", "\"seed\": ", "null", "\"NaN\"", "\"Infinity\"", "1e999", "\"every\": {",
        "\"optimiser\": {", "\"batch\": {", "\"model\": {", "\"normGroups\": 0", "\"arrangement\": \"SHARED\"", "//", "#"})
    void read(byte[] input) {
        for (Class<?> kind : KINDS) {
            GUARD.check(input, () -> ConfigFile.read(GUARD.file(), kind), record -> {
                Object again = ConfigFile.parse(ConfigFile.write(record), "again", kind);
                if (!record.equals(again)) {
                    throw new AssertionError(record + " is read again as " + again);
                }
            });
        }
    }
}
