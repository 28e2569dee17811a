package org.xprompt4j.xprompt.evaluation;

import java.util.List;
import java.util.Locale;

/** What answers an edit that is asked for in words: the columns of the table. */
public enum EditColumn {
    /** The input itself. */
    COPY("copy of the input"),
    /** The model, told what to do. */
    TEXT("text alone"),
    /** The model, shown the example that was found by the words, without them. */
    RETRIEVED("retrieved example alone"),
    /** The model, shown that example with its words and told what to do: the paper's retrieval-augmented editing. */
    RETRIEVED_TEXT("retrieved example and text"),
    /** The same with any example of the pool. */
    RANDOM_TEXT("random example and text"),
    /** The right answer as the tokenizer gives it back. */
    CEILING("ceiling (tokenizer)");

    /** Those that the model draws. */
    static final List<EditColumn> DRAWN = List.of(TEXT, RETRIEVED, RETRIEVED_TEXT, RANDOM_TEXT);

    private final String title;

    EditColumn(String title) {
        this.title = title;
    }

    /** As tables call it. */
    public String title() {
        return title;
    }

    /** As {@code report.json} calls it. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
