package org.xprompt4j.xprompt.retrieval;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.xprompt4j.xprompt.data.Sha256;

/**
 * A picture before and after an edit, and the words that asked for it.
 *
 * @param id names the pair in an index: letters, digits, dots, dashes, underscores
 * @param before picture file
 * @param after picture file
 * @param instruction what was asked for: one line
 */
public record EditPair(String id, Path before, Path after, String instruction) {
    /** Longest instruction, in characters. */
    public static final int MOST_WORDS = 2000;

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");
    private static final int DIGITS = 24; // of a hash: chance never gives two of them

    /** True for a text that may name a pair, and with it a file of the index. */
    static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    /** A name for what has none, or none that fits. */
    static String idOf(String... what) {
        return "pair-" + Sha256.hex(String.join("\n", what).getBytes(StandardCharsets.UTF_8)).substring(0, DIGITS);
    }

    /**
     * An instruction as indexes hold it: stripped, white space of any kind and length made one space.
     *
     * @return null when the text is empty, too long, holds control characters or is no text
     */
    static String instruction(String text) {
        String line = text.replaceAll("[\\s\\u00A0\\u2028\\u2029]+", " ").strip();
        if (line.isEmpty() || line.length() > MOST_WORDS || line.chars().anyMatch(Character::isISOControl)) {
            return null;
        }
        return StandardCharsets.UTF_8.newEncoder().canEncode(line) ? line : null; // half of a pair of characters is no text
    }
}
