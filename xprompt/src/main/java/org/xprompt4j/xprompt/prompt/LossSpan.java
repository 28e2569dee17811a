package org.xprompt4j.xprompt.prompt;

/** Which tokens of a training sequence are targets. XP tokens never are. */
public enum LossSpan {
    /** The answer: its begin-of-image, codes, end-of-image and the closing separator. */
    ANSWER,
    /** All of TD, the query included; the last XP position predicts the first TD token (the product of the paper's equation). */
    JOB,
    /** The answer and, at its own place, the example's output picture: two answers to learn from in one sequence. */
    OUTPUTS
}
