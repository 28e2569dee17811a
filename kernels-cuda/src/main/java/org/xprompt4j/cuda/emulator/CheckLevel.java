package org.xprompt4j.cuda.emulator;

/** How much is checked while a kernel runs. */
public enum CheckLevel {
    /** Bounds, alignment, freed memory, barriers, deadlock. */
    FAST,
    /** The same, uninitialised reads and races. */
    CHECK
}
