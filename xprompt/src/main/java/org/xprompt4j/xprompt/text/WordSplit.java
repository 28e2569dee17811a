package org.xprompt4j.xprompt.text;

/**
 * GPT-2's cut into words, each with the space before it:
 * {@code 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+}, as a scanner instead of an expression.
 */
final class WordSplit implements PreTokenizer {
    private static final int SPACE = 0;
    private static final int LETTER = 1;
    private static final int NUMBER = 2;
    private static final int OTHER = 3;
    private static final byte[] ASCII = new byte[128]; // [character], its class

    static {
        for (int c = 0; c < 128; c++) {
            ASCII[c] = (byte) (c == ' ' || c >= 9 && c <= 13 ? SPACE : c >= '0' && c <= '9' ? NUMBER
                    : c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' ? LETTER : OTHER);
        }
    }

    private static int kind(int c) {
        if (c < 128) {
            return ASCII[c];
        }
        return switch (Character.getType(c)) {
            case Character.UPPERCASE_LETTER, Character.LOWERCASE_LETTER, Character.TITLECASE_LETTER, Character.MODIFIER_LETTER,
                    Character.OTHER_LETTER -> LETTER;
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> NUMBER;
            case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> SPACE;
            default -> c == 0x85 ? SPACE : OTHER;
        };
    }

    @Override
    public void cut(String text, int from, int to, Pieces out) {
        for (int at = from; at < to;) {
            int end = wordEnd(text, at, to);
            out.add(at, end);
            at = end;
        }
    }

    private static int wordEnd(String text, int at, int to) {
        int suffix = contraction(text, at, to);
        if (suffix > 0) {
            return at + suffix;
        }
        int c = text.codePointAt(at);
        int kind = kind(c);
        int next = at + Character.charCount(c);
        if (kind != SPACE) {
            return runEnd(text, next, to, kind);
        }
        if (c == ' ' && next < to) {
            int following = kind(text.codePointAt(next));
            if (following != SPACE) { // one space belongs to the word behind it
                return runEnd(text, next, to, following);
            }
        }
        int end = runEnd(text, next, to, SPACE);
        if (end == to) {
            return end;
        }
        int last = end - Character.charCount(text.codePointBefore(end));
        return last > at ? last : end; // the last space is left to the word, unless it is the only one
    }

    private static int runEnd(String text, int at, int to, int kind) {
        while (at < to) {
            int c = text.codePointAt(at);
            if (kind(c) != kind) {
                break;
            }
            at += Character.charCount(c);
        }
        return at;
    }

    /** Length of an English contraction that begins here, 0 for none. */
    private static int contraction(String text, int at, int to) {
        if (text.charAt(at) != '\'' || at + 1 >= to) {
            return 0;
        }
        char first = text.charAt(at + 1);
        if (first == 's' || first == 't' || first == 'm' || first == 'd') {
            return 2;
        }
        if (at + 2 < to) {
            char second = text.charAt(at + 2);
            if (first == 'r' && second == 'e' || first == 'v' && second == 'e' || first == 'l' && second == 'l') {
                return 3;
            }
        }
        return 0;
    }
}
