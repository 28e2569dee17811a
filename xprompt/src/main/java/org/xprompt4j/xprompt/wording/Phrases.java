package org.xprompt4j.xprompt.wording;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.data.Split;

/**
 * Ways to say one thing. A template holds alternatives in brackets, which may nest and be empty, and slots in braces:
 * {@code "[please |]make [it|the [picture|photo]] {tone}"}. Every fourth template is kept for tests: no training says it, so that a
 * test asks whether the words were understood, not whether they were learnt by heart.
 */
public final class Phrases {
    private static final int KEPT = 4; // of so many templates the last one
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+");

    private sealed interface Piece {
        void write(StringBuilder out, Philox random, Map<String, String> slots);

        void collect(Set<String> slots);

        /**
         * Goes on with a comparison: {@code costs[i]} is the least number of faults with which the phrase so far stands for the first i
         * words of what was said.
         */
        int[] against(int[] costs, List<String> said, Map<String, Set<List<String>>> values);
    }

    private record Words(String text, List<String> words) implements Piece {
        @Override
        public void write(StringBuilder out, Philox random, Map<String, String> slots) {
            out.append(text);
        }

        @Override
        public void collect(Set<String> slots) {
            // words ask for nothing
        }

        @Override
        public int[] against(int[] costs, List<String> said, Map<String, Set<List<String>>> values) {
            return follow(costs, said, words);
        }
    }

    private record Slot(String name) implements Piece {
        @Override
        public void write(StringBuilder out, Philox random, Map<String, String> slots) {
            String value = slots.get(name);
            if (value == null) {
                throw new IllegalArgumentException("slot {" + name + "} has no value among " + slots.keySet());
            }
            out.append(value);
        }

        @Override
        public void collect(Set<String> slots) {
            slots.add(name);
        }

        @Override
        public int[] against(int[] costs, List<String> said, Map<String, Set<List<String>>> values) {
            int[] least = null;
            for (List<String> value : values.get(name)) {
                least = smaller(least, follow(costs, said, value));
            }
            return least;
        }
    }

    private record Series(List<Piece> pieces) implements Piece {
        @Override
        public void write(StringBuilder out, Philox random, Map<String, String> slots) {
            pieces.forEach(piece -> piece.write(out, random, slots));
        }

        @Override
        public void collect(Set<String> slots) {
            pieces.forEach(piece -> piece.collect(slots));
        }

        @Override
        public int[] against(int[] costs, List<String> said, Map<String, Set<List<String>>> values) {
            int[] on = costs;
            for (Piece piece : pieces) {
                on = piece.against(on, said, values);
            }
            return on;
        }
    }

    private record Choice(List<Piece> alternatives) implements Piece {
        @Override
        public void write(StringBuilder out, Philox random, Map<String, String> slots) {
            alternatives.get(random.nextInt(alternatives.size())).write(out, random, slots);
        }

        @Override
        public void collect(Set<String> slots) {
            alternatives.forEach(piece -> piece.collect(slots));
        }

        @Override
        public int[] against(int[] costs, List<String> said, Map<String, Set<List<String>>> values) {
            int[] least = null;
            for (Piece piece : alternatives) {
                least = smaller(least, piece.against(costs, said, values));
            }
            return least;
        }
    }

    private final List<Piece> templates;

    private Phrases(List<Piece> templates) {
        this.templates = templates;
    }

    /**
     * The grammar of some templates.
     *
     * @throws IllegalArgumentException when brackets or braces do not match
     */
    public static Phrases of(String... templates) {
        if (templates.length == 0) {
            throw new IllegalArgumentException("a grammar needs a template");
        }
        List<Piece> parsed = new ArrayList<>();
        for (String template : templates) {
            Parser parser = new Parser(template);
            parsed.add(parser.series(true));
        }
        return new Phrases(List.copyOf(parsed));
    }

    /** A phrase for a split: training and validation use other templates than tests where there are at least four. */
    public String draw(Philox random, Map<String, String> slots, Split split) {
        int kept = templates.size() / KEPT;
        int first = split == Split.TEST && kept > 0 ? templates.size() - kept : 0;
        int count = kept == 0 ? templates.size() : split == Split.TEST ? kept : templates.size() - kept;
        StringBuilder out = new StringBuilder();
        templates.get(first + random.nextInt(count)).write(out, random, slots);
        return out.toString().replaceAll(" {2,}", " ").strip();
    }

    /** Names of all slots. */
    public Set<String> slots() {
        Set<String> names = new LinkedHashSet<>();
        templates.forEach(piece -> piece.collect(names));
        return names;
    }

    /** The words of a text in lower case: runs of letters and digits. */
    public static List<String> words(String text) {
        return WORD.matcher(text.toLowerCase(Locale.ROOT)).results().map(MatchResult::group).toList();
    }

    /**
     * How many words must at least be changed, added or left out to make a text one of these phrases, of whatever split.
     *
     * @param said words as {@link #words} gives them
     * @param values what may stand in each slot, at least one value each
     */
    public int distance(List<String> said, Map<String, Set<List<String>>> values) {
        int[] nothing = IntStream.rangeClosed(0, said.size()).toArray(); // before the phrase begins all that was said is too much
        return templates.stream().mapToInt(template -> template.against(nothing, said, values)[said.size()]).min().orElseThrow();
    }

    /** The rows of Levenshtein's table that some words add. */
    private static int[] follow(int[] costs, List<String> said, List<String> words) {
        int[] row = costs;
        for (String word : words) {
            int[] next = new int[row.length];
            next[0] = row[0] + 1;
            for (int i = 1; i < next.length; i++) {
                int changed = row[i - 1] + (said.get(i - 1).equals(word) ? 0 : 1);
                next[i] = Math.min(changed, 1 + Math.min(row[i], next[i - 1]));
            }
            row = next;
        }
        return row;
    }

    private static int[] smaller(int[] a, int[] b) {
        return a == null ? b : IntStream.range(0, a.length).map(i -> Math.min(a[i], b[i])).toArray();
    }

    private static final class Parser {
        private final String text;
        private int at;

        Parser(String text) {
            this.text = text;
        }

        Piece series(boolean outermost) {
            List<Piece> pieces = new ArrayList<>();
            StringBuilder words = new StringBuilder();
            while (at < text.length()) {
                char c = text.charAt(at);
                if (!outermost && (c == '|' || c == ']')) {
                    break;
                }
                at++;
                switch (c) {
                    case '[' -> {
                        flush(words, pieces);
                        pieces.add(choice());
                    }
                    case '{' -> {
                        flush(words, pieces);
                        int end = text.indexOf('}', at);
                        if (end <= at) {
                            throw fault("a slot without its end or name");
                        }
                        pieces.add(new Slot(text.substring(at, end)));
                        at = end + 1;
                    }
                    case ']', '|', '}' -> throw fault("'" + c + "' without its beginning");
                    default -> words.append(c);
                }
            }
            flush(words, pieces);
            return new Series(List.copyOf(pieces));
        }

        private Piece choice() {
            List<Piece> alternatives = new ArrayList<>();
            do {
                alternatives.add(series(false));
                if (at >= text.length()) {
                    throw fault("'[' without its end");
                }
            } while (text.charAt(at++) == '|');
            return new Choice(List.copyOf(alternatives));
        }

        private static void flush(StringBuilder words, List<Piece> pieces) {
            if (!words.isEmpty()) {
                pieces.add(new Words(words.toString(), words(words.toString())));
                words.setLength(0);
            }
        }

        private IllegalArgumentException fault(String what) {
            return new IllegalArgumentException("template \"" + text + "\": " + what + " at character " + at);
        }
    }
}
