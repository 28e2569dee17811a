package org.xprompt4j.xprompt.text;

/**
 * A token that is recognised in the text as it is written, before anything is cut: {@code <s>}, {@code <image>}.
 *
 * @param id vocabulary id
 * @param content how it is written
 * @param singleWord not recognised inside a word
 * @param takesLeft takes white space before it
 * @param takesRight takes white space behind it
 * @param special not part of what people read
 */
public record AddedToken(int id, String content, boolean singleWord, boolean takesLeft, boolean takesRight, boolean special) {
    /** Refuses an empty one. */
    public AddedToken {
        if (id < 0 || content.isEmpty()) {
            throw new IllegalArgumentException("an added token needs an id and a content, got " + id + " and '" + content + "'");
        }
    }

    /** A special token that is recognised anywhere. */
    public static AddedToken special(int id, String content) {
        return new AddedToken(id, content, false, false, false, true);
    }
}
