package org.xprompt4j.xprompt.text;

import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Map;
import org.xprompt4j.tensor.InvalidInput;

/**
 * BERT's tokenizer (Devlin et al., 2018): the text is cleaned, lower-cased and freed of accents as its file says, cut at white space, around
 * punctuation and around each Chinese character; a word becomes the longest tokens that it begins with, one after another, those inside a
 * word being written {@code ##ing}; a word that cannot be put together so is {@code [UNK]}. {@code [CLS]} stands before a text and
 * {@code [SEP]} behind it.
 *
 * <p>A text is somebody else's words: {@code [SEP]} written in it is three tokens, not the special one. Safe for use by several threads.
 */
public final class WordPiece {
    /**
     * What a file says, checked: see {@code WordPieceFile}.
     *
     * @param vocabulary token to id
     * @param size highest id plus 1
     * @param prefix of a token inside a word
     * @param unknown id of {@code [UNK]}
     * @param begin id of {@code [CLS]}
     * @param end id of {@code [SEP]}
     * @param longestWord longer words, in characters, are unknown
     * @param longestText most ids of a text, the two at its ends counted
     * @param clean leave out control characters
     * @param chinese cut around Chinese characters
     * @param lower lower case
     * @param strip leave out accents
     */
    record Parts(Map<String, Integer> vocabulary, int size, String prefix, int unknown, int begin, int end, int longestWord, int longestText, boolean clean,
            boolean chinese, boolean lower, boolean strip) {
    }

    private final Parts parts;

    WordPiece(Parts parts) {
        this.parts = parts;
    }

    /**
     * Reads a {@code tokenizer.json}.
     *
     * @throws InvalidInput naming file and field when it is broken, or asks for what this tokenizer does not do
     */
    public static WordPiece read(Path file) {
        return new WordPiece(WordPieceFile.read(file));
    }

    /** Number of ids: the highest one plus 1. */
    public int size() {
        return parts.size();
    }

    /** Most ids of a text, the two at its ends counted; what lies behind is cut off. */
    public int longestText() {
        return parts.longestText();
    }

    /** The id of a token as it is written in the file, -1 when there is none. */
    public int id(String token) {
        return parts.vocabulary().getOrDefault(token, -1);
    }

    /**
     * The ids of a text, at least two and at most {@link #longestText}.
     *
     * @throws InvalidInput when the text has a surrogate without its other half: it is no Unicode
     */
    public int[] encode(String text) {
        TextTokenizer.requireUnicode(text);
        Ids ids = new Ids();
        ids.add(parts.begin());
        String normal = normalised(text);
        int begun = 0; // of a word
        int at = 0;
        while (at < normal.length() && !ids.full()) {
            int c = normal.codePointAt(at);
            int next = at + Character.charCount(c);
            boolean space = isSpace(c);
            if (space || CharacterSplit.isPunctuation(c)) {
                word(normal, begun, at, ids);
                if (!space) {
                    word(normal, at, next, ids);
                }
                begun = next;
            }
            at = next;
        }
        word(normal, begun, at, ids);
        ids.end();
        return ids.all();
    }

    private String normalised(String text) {
        StringBuilder spaced = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (parts.clean() && (c == 0 || c == 0xFFFD || isControl(c))) {
                return;
            }
            if (parts.chinese() && isChinese(c)) {
                spaced.append(' ').appendCodePoint(c).append(' ');
            } else {
                spaced.appendCodePoint(c);
            }
        });
        String out = spaced.toString();
        if (parts.strip()) {
            StringBuilder bare = new StringBuilder(out.length());
            Normalizer.normalize(out, Normalizer.Form.NFD).codePoints().filter(c -> Character.getType(c) != Character.NON_SPACING_MARK)
                    .forEach(bare::appendCodePoint);
            out = bare.toString();
        }
        return parts.lower() ? LowerCase.of(out) : out;
    }

    /** The tokens of one word, or the unknown one. */
    private void word(String text, int from, int to, Ids ids) {
        if (from == to) {
            return;
        }
        int mark = ids.count;
        if (text.codePointCount(from, to) <= parts.longestWord()) {
            int at = from;
            while (at < to) {
                int end = to;
                Integer id = null;
                while (end > at) {
                    String piece = text.substring(at, end);
                    id = parts.vocabulary().get(at == from ? piece : parts.prefix() + piece);
                    if (id != null) {
                        break;
                    }
                    end -= Character.charCount(text.codePointBefore(end));
                }
                if (id == null) {
                    break;
                }
                ids.add(id);
                at = end;
            }
            if (at == to) {
                return;
            }
        }
        ids.count = mark;
        ids.add(parts.unknown());
    }

    private static boolean isSpace(int c) {
        return c == ' ' || c >= 9 && c <= 13 || c == 0x85 || switch (Character.getType(c)) {
            case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }

    private static boolean isControl(int c) {
        return c != '\t' && c != '\n' && c != '\r' && switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.PRIVATE_USE -> true;
            default -> false;
        };
    }

    /** The blocks of ideographs that BERT names; not Hangul, Hiragana or Katakana, which are written with spaces or like them. */
    private static boolean isChinese(int c) {
        return c >= 0x4E00 && c <= 0x9FFF || c >= 0x3400 && c <= 0x4DBF || c >= 0x20000 && c <= 0x2A6DF || c >= 0x2A700 && c <= 0x2B73F
                || c >= 0x2B740 && c <= 0x2B81F || c >= 0x2B820 && c <= 0x2CEAF || c >= 0xF900 && c <= 0xFAFF || c >= 0x2F800 && c <= 0x2FA1F;
    }

    /** Ids of one text being collected; those of a word that turns out to be unknown are taken back. */
    private final class Ids {
        private int[] ids = new int[32];
        private int count;

        void add(int id) {
            if (count == ids.length) {
                ids = Arrays.copyOf(ids, 2 * count);
            }
            ids[count++] = id;
        }

        boolean full() {
            return count >= parts.longestText() - 1;
        }

        void end() {
            count = Math.min(count, parts.longestText() - 1);
            add(parts.end());
        }

        int[] all() {
            return Arrays.copyOf(ids, count);
        }
    }
}
