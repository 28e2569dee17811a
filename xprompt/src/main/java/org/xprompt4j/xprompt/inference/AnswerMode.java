package org.xprompt4j.xprompt.inference;

/** What a model may answer with, as Meta's release of Chameleon limits it. */
public enum AnswerMode {
    /** Words alone. */
    TEXT,
    /** One picture alone. */
    IMAGE,
    /** Words, and pictures where the model begins one. */
    MIXED
}
