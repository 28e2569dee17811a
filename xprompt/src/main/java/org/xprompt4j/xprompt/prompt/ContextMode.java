package org.xprompt4j.xprompt.prompt;

/** How much of the example the job sees: the three columns of the paper's Table 4. */
public enum ContextMode {
    /** TD alone. */
    NONE,
    /** IE and TD, plain causal: every token of the example stays in the cache. */
    FULL,
    /** IE, XP and TD under the compression mask. */
    COMPRESSED
}
