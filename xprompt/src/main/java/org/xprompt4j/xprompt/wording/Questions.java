package org.xprompt4j.xprompt.wording;

/** What a model with words is asked when an answer in words is wanted: the same in training and at use. */
public final class Questions {
    /** Behind two pictures. */
    public static final String DIFFERENCE = "what changed?";
    /** Behind one picture. */
    public static final String CAPTION = "what is it?";

    private Questions() {
    }
}
