package org.xprompt4j.xprompt.training;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.xprompt4j.tensor.Philox;

/** What a batch asks for. */
public enum Asked {
    /** A picture made from a picture, as an example shows or words say. */
    EDIT(PromptTrainingConfig.Words::edit),
    /** Words: what changed between two pictures. */
    DIFFERENCE(PromptTrainingConfig.Words::difference),
    /** Words: what a scene shows. */
    CAPTION(PromptTrainingConfig.Words::caption),
    /** The picture of a scene, from words. */
    SCENE(PromptTrainingConfig.Words::scene);

    private final ToDoubleFunction<PromptTrainingConfig.Words> share;

    Asked(ToDoubleFunction<PromptTrainingConfig.Words> share) {
        this.share = share;
    }

    /** Its name in logs: {@code edit}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** All that a recipe asks for, in order. */
    static List<Asked> of(PromptTrainingConfig.Words words) {
        return Arrays.stream(values()).filter(asked -> asked.share.applyAsDouble(words) > 0).toList();
    }

    /** Draws one by its share. */
    static Asked draw(PromptTrainingConfig.Words words, Philox random) {
        List<Asked> possible = of(words);
        double sum = possible.stream().mapToDouble(asked -> asked.share.applyAsDouble(words)).sum();
        double at = random.nextFloat() * sum;
        for (Asked asked : possible) {
            at -= asked.share.applyAsDouble(words);
            if (at < 0) {
                return asked;
            }
        }
        return possible.getLast();
    }
}
