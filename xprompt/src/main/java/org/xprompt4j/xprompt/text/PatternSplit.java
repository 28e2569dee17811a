package org.xprompt4j.xprompt.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.xprompt4j.tensor.InvalidInput;

/**
 * Cuts at the matches of a regular expression that a file gives. Such an expression may take forever on some text, so the
 * characters that a cut may look at are bounded.
 */
final class PatternSplit implements PreTokenizer {
    private static final long LOOKS_PER_CHARACTER = 2_000; // Chameleon's expressions need below 20
    private static final long FREE_LOOKS = 100_000;

    private final Pattern pattern;
    private final SplitBehaviour behaviour;
    private final boolean invert; // matches and what lies between them change roles
    private final String where; // file and field, for messages

    PatternSplit(Pattern pattern, SplitBehaviour behaviour, boolean invert, String where) {
        this.pattern = pattern;
        this.behaviour = behaviour;
        this.invert = invert;
        this.where = where;
    }

    @Override
    public void cut(String text, int from, int to, Pieces out) {
        SplitBehaviour.Cutter cutter = behaviour.new Cutter(out);
        // A piece stands alone: the expression does not see what lies around it.
        Matcher matcher = pattern.matcher(new Counted(text, from, to, new long[] {FREE_LOOKS + (to - from) * LOOKS_PER_CHARACTER}));
        int begun = from;
        try {
            while (matcher.find()) {
                int start = from + matcher.start();
                int end = from + matcher.end();
                cutter.take(begun, start, invert);
                cutter.take(start, end, !invert);
                begun = end;
            }
        } catch (StackOverflowError e) { // java.util.regex recurses for some groups
            throw new InvalidInput(where + ": the expression is too deep for a text of " + (to - from) + " characters; cut the text into lines", e);
        }
        cutter.take(begun, to, invert);
        cutter.finish(to);
    }

    /** A stretch of text that counts how often it is looked at. */
    private final class Counted implements CharSequence {
        private final String text;
        private final int from;
        private final int to;
        private final long[] left; // [1], shared with its parts

        Counted(String text, int from, int to, long[] left) {
            this.text = text;
            this.from = from;
            this.to = to;
            this.left = left;
        }

        @Override
        public int length() {
            return to - from;
        }

        @Override
        public char charAt(int index) {
            if (--left[0] < 0) {
                throw new InvalidInput(where + ": the expression takes too long on a text of " + length() + " characters");
            }
            return text.charAt(from + index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new Counted(text, from + start, from + end, left);
        }

        @Override
        public String toString() {
            return text.substring(from, to);
        }
    }
}
