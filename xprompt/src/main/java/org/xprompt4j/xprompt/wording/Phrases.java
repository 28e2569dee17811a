package org.xprompt4j.xprompt.wording;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.data.Split;

/**
 * Ways to say one thing. A template holds alternatives in brackets, which may nest and be empty, and slots in braces:
 * {@code "[please |]make [it|the [picture|photo]] {tone}"}. Every fourth template is kept for tests: no training says it, so that a
 * test asks whether the words were understood, not whether they were learnt by heart.
 */
public final class Phrases {
    private static final int KEPT = 4; // of so many templates the last one

    private sealed interface Piece {
        void write(StringBuilder out, Philox random, Map<String, String> slots);

        void collect(Set<String> slots);
    }

    private record Words(String text) implements Piece {
        @Override
        public void write(StringBuilder out, Philox random, Map<String, String> slots) {
            out.append(text);
        }

        @Override
        public void collect(Set<String> slots) {
            // words ask for nothing
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
                pieces.add(new Words(words.toString()));
                words.setLength(0);
            }
        }

        private IllegalArgumentException fault(String what) {
            return new IllegalArgumentException("template \"" + text + "\": " + what + " at character " + at);
        }
    }
}
