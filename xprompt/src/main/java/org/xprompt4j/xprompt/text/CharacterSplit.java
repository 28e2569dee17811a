package org.xprompt4j.xprompt.text;

import java.util.function.IntPredicate;

/** Cuts at characters of a class: digits, punctuation. */
final class CharacterSplit implements PreTokenizer {
    private final IntPredicate splits; // of a code point
    private final SplitBehaviour behaviour;

    CharacterSplit(IntPredicate splits, SplitBehaviour behaviour) {
        this.splits = splits;
        this.behaviour = behaviour;
    }

    /** Numbers of any script, as Unicode's categories Nd, Nl and No have them. */
    static boolean isNumber(int c) {
        return switch (Character.getType(c)) {
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true;
            default -> false;
        };
    }

    /** ASCII's punctuation and symbols, and Unicode's categories P. */
    static boolean isPunctuation(int c) {
        if (c < 128) {
            return c >= '!' && c <= '/' || c >= ':' && c <= '@' || c >= '[' && c <= '`' || c >= '{' && c <= '~';
        }
        return switch (Character.getType(c)) {
            case Character.CONNECTOR_PUNCTUATION, Character.DASH_PUNCTUATION, Character.START_PUNCTUATION, Character.END_PUNCTUATION,
                    Character.INITIAL_QUOTE_PUNCTUATION, Character.FINAL_QUOTE_PUNCTUATION, Character.OTHER_PUNCTUATION -> true;
            default -> false;
        };
    }

    @Override
    public void cut(String text, int from, int to, Pieces out) {
        SplitBehaviour.Cutter cutter = behaviour.new Cutter(out);
        int begun = from;
        for (int at = from; at < to;) {
            int c = text.codePointAt(at);
            int next = at + Character.charCount(c);
            if (splits.test(c)) {
                cutter.take(begun, at, false);
                cutter.take(at, next, true);
                begun = next;
            }
            at = next;
        }
        cutter.take(begun, to, false);
        cutter.finish(to);
    }
}
