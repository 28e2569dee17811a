package org.xprompt4j.xprompt.inference;

import java.util.List;
import org.xprompt4j.xprompt.prompt.Exchange;

/** What a job sees of the examples. */
public sealed interface Context {
    /** Nothing: the query alone. */
    record None() implements Context {
    }

    /** Every token of the examples. */
    record Full(List<Exchange> examples) implements Context {
    }

    /** Keys and values of the X-Prompt tokens. */
    record Compressed(CompressedPrompt prompt) implements Context {
    }
}
