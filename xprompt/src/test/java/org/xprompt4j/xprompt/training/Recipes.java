package org.xprompt4j.xprompt.training;

import java.util.Map;
import org.xprompt4j.xprompt.TinyModel;
import org.xprompt4j.xprompt.prompt.Arrangement;
import org.xprompt4j.xprompt.prompt.LossSpan;

/** Recipes of a size for tests. */
final class Recipes {
    static final int STEPS = 7;

    private Recipes() {
    }

    /** Muon and AdamW, dropout, all three context modes; a row of the log every 3 steps, a state every 2. */
    static PromptTrainingConfig tiny(String tokenizer, String photos, float rate, Map<String, Double> tasks) {
        return new PromptTrainingConfig(tokenizer, photos, TinyModel.SIDE, 3,
                new PromptTrainingConfig.Model(2, 16, 2, 1, 24, 2, false, false, 0.1f, true),
                new PromptTrainingConfig.Batch(4, 2, 1, 0.6, 0.2, 0.2, Arrangement.SHARED, LossSpan.ANSWER, 0.5, 0.5),
                new PromptTrainingConfig.Optimiser(STEPS, 1, rate, 0.02f, 0.1f, 0.9f, 0.95f, 0.01f, 1, 1e-5f, STEPS),
                tasks, PromptTrainingConfig.Words.NONE, new PromptTrainingConfig.Every(3, 3, 2), "");
    }
}
