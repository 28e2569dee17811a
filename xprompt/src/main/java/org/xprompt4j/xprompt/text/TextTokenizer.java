package org.xprompt4j.xprompt.text;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.xprompt4j.tensor.InvalidInput;

/**
 * Byte-level byte-pair encoding as Chameleon uses it (XPROMPT, section 3): added tokens are taken out of the text, what lies between is
 * cut into pieces, each piece becomes its UTF-8 bytes, and these are joined by the merges. Any text without lone surrogates has ids,
 * and {@link #decode} gives it back.
 *
 * <pre>{@code
 * TextTokenizer tokenizer = TextTokenizer.read(folder.resolve(TextTokenizer.FILE));
 * int[] ids = tokenizer.encode("Remove the rain.");
 * String text = tokenizer.decode(ids);
 * }</pre>
 *
 * Nothing is added at the ends of a text; who wants {@code <s>} puts its id there. Safe for use by several threads.
 */
public final class TextTokenizer {
    /** Its name in a model's folder. */
    public static final String FILE = "tokenizer.json";

    private static final int CACHE_SLOTS = 1 << 15;
    private static final int LONGEST_CACHED = 32; // characters; longer pieces seldom come again

    /** A piece that was joined before. Immutable, so that threads may share it without locks. */
    private record Joined(String piece, int[] ids) {
    }

    private final Map<String, Integer> idOfToken;
    private final byte[][] bytesOfId; // [vocab], null for ids without a token
    private final boolean[] special; // [vocab]
    private final int[] idOfByte; // [256]
    private final MergeTable merges;
    private final AddedTokens added;
    private final PreTokenizer cutter;
    private final Normalizer.Form form; // null for text as it is
    private final Joined[] cache = new Joined[CACHE_SLOTS];

    /**
     * What a file says, checked: see {@code TokenizerFile}.
     *
     * @param vocabulary token, written in {@code ByteAlphabet}, to id
     * @param added tokens that are recognised as they are written
     * @param merges pairs of ids to one id, by rank
     * @param idOfByte [256] ids of the single bytes
     * @param cutter cuts the text between added tokens
     * @param form Unicode form of the text between added tokens; null for text as it is
     */
    record Parts(Map<String, Integer> vocabulary, List<AddedToken> added, MergeTable merges, int[] idOfByte, PreTokenizer cutter,
            Normalizer.Form form) {
    }

    TextTokenizer(Parts parts) {
        this.idOfToken = new HashMap<>(parts.vocabulary());
        this.merges = parts.merges();
        this.idOfByte = parts.idOfByte();
        this.cutter = parts.cutter();
        this.form = parts.form();
        this.added = new AddedTokens(parts.added());
        parts.added().forEach(token -> idOfToken.put(token.content(), token.id()));
        int size = 1 + idOfToken.values().stream().mapToInt(Integer::intValue).max().orElse(-1);
        this.bytesOfId = new byte[size][];
        this.special = new boolean[size];
        idOfToken.forEach((token, id) -> bytesOfId[id] = ByteAlphabet.read(token));
        for (AddedToken token : parts.added()) {
            bytesOfId[token.id()] = token.content().getBytes(StandardCharsets.UTF_8);
            special[token.id()] |= token.special();
        }
    }

    /**
     * Reads a {@code tokenizer.json}.
     *
     * @throws InvalidInput naming file and field when it is broken, or asks for what this tokenizer does not do
     */
    public static TextTokenizer read(Path file) {
        return new TextTokenizer(TokenizerFile.read(file));
    }

    /**
     * Reads a {@code tokenizer.json} that is in memory.
     *
     * @param source what messages call it
     * @throws InvalidInput as {@link #read}
     */
    public static TextTokenizer parse(String json, String source) {
        return new TextTokenizer(TokenizerFile.parse(json.getBytes(StandardCharsets.UTF_8), source));
    }

    /** All tokens as they are written in the file, with their ids. */
    public Map<String, Integer> vocabulary() {
        return Map.copyOf(idOfToken);
    }

    /** Number of ids: the highest one plus 1. */
    public int size() {
        return bytesOfId.length;
    }

    /** The id of a token as it is written in the file, -1 when there is none. */
    public int id(String token) {
        return idOfToken.getOrDefault(token, -1);
    }

    /** True for an id that people do not read: {@code <s>}, {@code <image>}. */
    public boolean isSpecial(int id) {
        return id >= 0 && id < special.length && special[id];
    }

    /** True when the id stands for a token. */
    public boolean isToken(int id) {
        return id >= 0 && id < bytesOfId.length && bytesOfId[id] != null;
    }

    /** Bytes of an id's text; a copy. */
    byte[] bytes(int id) {
        if (!isToken(id)) {
            throw new IllegalArgumentException("id " + id + " is no token of a vocabulary of " + size());
        }
        return bytesOfId[id].clone();
    }

    /**
     * The ids of a text; added tokens written in it are recognised.
     *
     * @throws InvalidInput when the text has a surrogate without its other half: it is no Unicode
     */
    public int[] encode(String text) {
        requireUnicode(text);
        Encoding encoding = new Encoding();
        added.split(text, new AddedTokens.Listener() {
            @Override
            public void text(int from, int to) {
                encoding.text(text, from, to);
            }

            @Override
            public void token(AddedToken token) {
                encoding.add(token.id());
            }
        });
        return encoding.ids();
    }

    /** The same for a text of somebody else's, in which {@code <s>} is three letters: no added token is recognised. */
    public int[] encodePlain(String text) {
        requireUnicode(text);
        Encoding encoding = new Encoding();
        encoding.text(text, 0, text.length());
        return encoding.ids();
    }

    static void requireUnicode(String text) {
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (Character.isSurrogate(c)) {
                boolean pair = Character.isHighSurrogate(c) && at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1));
                if (!pair) {
                    throw new InvalidInput(String.format("text: a lone surrogate U+%04X at character %d is no Unicode; remove it", (int) c, at));
                }
                at++;
            }
        }
    }

    /** The text of ids, special tokens as they are written; bytes that are no UTF-8 become U+FFFD. */
    public String decode(int[] ids) {
        TextStream stream = stream(true);
        StringBuilder out = new StringBuilder();
        for (int id : ids) {
            out.append(stream.append(id));
        }
        return out.append(stream.finish()).toString();
    }

    /** The text of ids that come one by one. */
    public TextStream stream(boolean withSpecials) {
        return new TextStream(this, withSpecials);
    }

    /** Ids of one text being collected. */
    private final class Encoding {
        private final BytePairs pairs = new BytePairs(merges);
        private final Pieces pieces = new Pieces();
        private int[] ids = new int[64];
        private int count;

        void add(int id) {
            if (count == ids.length) {
                ids = Arrays.copyOf(ids, 2 * count);
            }
            ids[count++] = id;
        }

        void text(String whole, int from, int to) {
            String text = form == null ? whole : Normalizer.normalize(whole.substring(from, to), form);
            int shift = form == null ? 0 : from;
            pieces.clear();
            cutter.cut(text, from - shift, form == null ? to : text.length(), pieces);
            for (int i = 0; i < pieces.count(); i++) {
                piece(text, pieces.start(i), pieces.end(i));
            }
        }

        private void piece(String text, int from, int to) {
            if (to - from > LONGEST_CACHED) {
                int left = join(text, from, to);
                for (int i = 0; i < left; i++) {
                    add(pairs.symbols(0)[i]);
                }
                return;
            }
            int slot = slot(text, from, to);
            Joined known = cache[slot];
            if (known == null || known.piece.length() != to - from || !text.startsWith(known.piece, from)) {
                int left = join(text, from, to); // may move the symbols
                known = new Joined(text.substring(from, to), Arrays.copyOf(pairs.symbols(0), left));
                cache[slot] = known;
            }
            for (int id : known.ids) {
                add(id);
            }
        }

        /** Joins a piece; the ids are the first symbols. */
        private int join(String text, int from, int to) {
            int[] symbols = pairs.symbols(3 * (to - from)); // UTF-8 has at most three bytes for a char
            int n = 0;
            for (int at = from; at < to; at++) {
                int c = text.charAt(at);
                if (c < 0x80) {
                    symbols[n++] = idOfByte[c];
                    continue;
                }
                if (c < 0x800) {
                    symbols[n++] = idOfByte[0xC0 | c >> 6];
                } else if (!Character.isHighSurrogate((char) c)) {
                    symbols[n++] = idOfByte[0xE0 | c >> 12];
                    symbols[n++] = idOfByte[0x80 | c >> 6 & 0x3F];
                } else {
                    c = Character.toCodePoint((char) c, text.charAt(++at));
                    symbols[n++] = idOfByte[0xF0 | c >> 18];
                    symbols[n++] = idOfByte[0x80 | c >> 12 & 0x3F];
                    symbols[n++] = idOfByte[0x80 | c >> 6 & 0x3F];
                }
                symbols[n++] = idOfByte[0x80 | c & 0x3F];
            }
            return pairs.join(n);
        }

        private static int slot(String text, int from, int to) {
            int hash = to - from;
            for (int at = from; at < to; at++) {
                hash = 31 * hash + text.charAt(at);
            }
            return (hash ^ hash >>> 15) & CACHE_SLOTS - 1;
        }

        int[] ids() {
            return Arrays.copyOf(ids, count);
        }
    }
}
