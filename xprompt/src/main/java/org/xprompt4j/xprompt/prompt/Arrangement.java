package org.xprompt4j.xprompt.prompt;

/** Where the XP tokens stand when there are several examples. */
public enum Arrangement {
    /** IE₁ … IE_k, then one XP block that reads them all. */
    SHARED,
    /** IE₁ XP₁ … IE_k XP_k: examples are compressed separately and compose; TD sees all XP. */
    BLOCKS
}
