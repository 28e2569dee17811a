package org.xprompt4j.xprompt.prompt;

import org.xprompt4j.tensor.InvalidInput;

/** The three kinds of tokens in an X-Prompt sequence (paper, section 3.1). */
public enum SegmentKind {
    /** In-context example: the worked pair. */
    IE,
    /** X-Prompt tokens: learned, they read the example; their keys and values are all that the job sees of it. */
    XP,
    /** TODO: the query picture and its answer. Blind to IE. */
    TD;

    /** The kind of a name as in files and on the command line. */
    public static SegmentKind of(String name) {
        for (SegmentKind kind : values()) {
            if (kind.name().equals(name)) {
                return kind;
            }
        }
        throw new InvalidInput("segment kind '" + name + "' is not one of IE, XP, TD");
    }
}
