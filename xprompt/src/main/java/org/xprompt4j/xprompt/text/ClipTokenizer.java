package org.xprompt4j.xprompt.text;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.Json;

/**
 * CLIP's byte-pair encoding (Radford et al., 2021) from {@code vocab.json} and {@code merges.txt} (XPROMPT, section 6): the text in form NFC,
 * white space as one space, lower case; pieces are English contractions, runs of letters, single numerals and runs of anything else; the
 * bytes of a piece, the last marked {@code </w>}, are joined by the merges. The start token stands before a text, the end token behind it.
 *
 * <p>A text is somebody else's words: {@code <|endoftext|>} written in it is letters and signs. Safe for use by several threads.
 */
public final class ClipTokenizer {
    /** The name of the vocabulary in a model's folder. */
    public static final String VOCABULARY = "vocab.json";
    /** The name of the merges in a model's folder. */
    public static final String MERGES = "merges.txt";

    private static final String START = "<|startoftext|>";
    private static final String END = "<|endoftext|>";
    private static final String WORD_END = "</w>";
    private static final int MOST_TOKENS = 1 << 20;
    private static final long MOST_BYTES = 1 << 26; // of the merges; CLIP's have half a megabyte
    private static final Pattern PIECE = Pattern.compile("'s|'t|'re|'ve|'m|'ll|'d|\\p{L}+|\\p{N}|[^\\s\\p{L}\\p{N}]+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern SPACE = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

    private final int[] idOfByte = new int[256]; // [byte]
    private final int[] idOfLastByte = new int[256]; // [byte], at the end of a piece
    private final MergeTable merges;
    private final int start;
    private final int end;
    private final int size;

    private ClipTokenizer(Path vocabularyFile, Map<String, Integer> vocabulary, MergeTable merges) {
        this.merges = merges;
        this.start = required(vocabularyFile, vocabulary, START);
        this.end = required(vocabularyFile, vocabulary, END);
        for (int b = 0; b < 256; b++) {
            String character = String.valueOf(ByteAlphabet.character(b));
            idOfByte[b] = required(vocabularyFile, vocabulary, character);
            idOfLastByte[b] = required(vocabularyFile, vocabulary, character + WORD_END);
        }
        this.size = 1 + vocabulary.values().stream().mapToInt(Integer::intValue).max().orElse(-1);
    }

    /**
     * Reads both files of a folder.
     *
     * @throws InvalidInput naming file and field or line
     */
    public static ClipTokenizer read(Path folder) {
        Path file = folder.resolve(VOCABULARY);
        Map<String, Integer> vocabulary = vocabulary(Json.read(file));
        return new ClipTokenizer(file, vocabulary, merges(folder.resolve(MERGES), vocabulary));
    }

    private static Map<String, Integer> vocabulary(Json json) {
        if (json.fields().size() > MOST_TOKENS) {
            throw json.fault(json.fields().size() + " tokens are more than " + MOST_TOKENS);
        }
        Map<String, Integer> vocabulary = new HashMap<>();
        Set<Integer> taken = new HashSet<>();
        for (String token : json.fields()) {
            Json entry = json.get(token);
            int id = (int) entry.asLong(0, MOST_TOKENS - 1);
            if (!taken.add(id)) {
                throw entry.fault("id " + id + " is given twice");
            }
            vocabulary.put(token, id);
        }
        return vocabulary;
    }

    private static MergeTable merges(Path file, Map<String, Integer> vocabulary) {
        List<String> lines = lines(file);
        int first = !lines.isEmpty() && lines.get(0).startsWith("#version") ? 1 : 0;
        if (lines.size() - first > MOST_TOKENS) {
            throw new InvalidInput(file + ": " + lines.size() + " lines are more than " + MOST_TOKENS);
        }
        MergeTable table = new MergeTable(lines.size());
        for (int line = first; line < lines.size(); line++) {
            String[] parts = lines.get(line).split(" ", -1);
            if (parts.length != 2 || parts[0].isEmpty() || parts[1].isEmpty()) {
                throw new InvalidInput(file + ": line " + (line + 1) + " must be two tokens with a space between");
            }
            Integer left = vocabulary.get(parts[0]);
            Integer right = vocabulary.get(parts[1]);
            Integer whole = vocabulary.get(parts[0] + parts[1]);
            if (left == null || right == null || whole == null) {
                throw new InvalidInput(file + ": line " + (line + 1) + " joins what " + VOCABULARY + " lacks: the parts and the whole must be tokens");
            }
            if (!table.add(left, right, line, whole)) {
                throw new InvalidInput(file + ": line " + (line + 1) + " joins a pair a second time");
            }
        }
        return table;
    }

    private static List<String> lines(Path file) {
        try {
            if (Files.isRegularFile(file) && Files.size(file) > MOST_BYTES) {
                throw new InvalidInput(file + ": " + Files.size(file) + " bytes are more than the " + MOST_BYTES + " that merges may have");
            }
            List<String> lines = new ArrayList<>(Files.readAllLines(file, StandardCharsets.UTF_8));
            while (!lines.isEmpty() && lines.getLast().isEmpty()) {
                lines.removeLast();
            }
            return lines;
        } catch (CharacterCodingException e) {
            throw new InvalidInput(file + ": is no UTF-8 text", e);
        } catch (IOException e) {
            throw new InvalidInput(file + ": cannot be read (" + (Files.exists(file) ? String.valueOf(e.getMessage()) : "no such file") + ")", e);
        }
    }

    private static int required(Path file, Map<String, Integer> vocabulary, String token) {
        Integer id = vocabulary.get(token);
        if (id == null) {
            throw new InvalidInput(file + ": token '" + token + "' is missing; CLIP's vocabulary has every byte with and without " + WORD_END
                    + ", and both ends of a text");
        }
        return id;
    }

    /** Number of ids: the highest one plus 1. */
    public int size() {
        return size;
    }

    /** The id of the end token. */
    public int end() {
        return end;
    }

    /**
     * The ids of a text between its ends.
     *
     * @param most ids in all, at least 2; what lies behind is cut off, the end token stays
     * @throws InvalidInput when the text has a surrogate without its other half: it is no Unicode
     */
    public int[] encode(String text, int most) {
        if (most < 2) {
            throw new IllegalArgumentException("a text has at least its two ends, not " + most + " ids");
        }
        TextTokenizer.requireUnicode(text);
        String normal = LowerCase.of(SPACE.matcher(Normalizer.normalize(text, Normalizer.Form.NFC)).replaceAll(" "));
        BytePairs pairs = new BytePairs(merges);
        int[] ids = new int[Math.min(most, 64)];
        int count = 0;
        ids[count++] = start;
        Matcher matcher = PIECE.matcher(normal);
        while (count < most - 1 && matcher.find()) {
            byte[] bytes = matcher.group().getBytes(StandardCharsets.UTF_8);
            int[] symbols = pairs.symbols(bytes.length);
            for (int i = 0; i < bytes.length; i++) {
                symbols[i] = (i + 1 < bytes.length ? idOfByte : idOfLastByte)[bytes[i] & 0xff];
            }
            int joined = Math.min(pairs.join(bytes.length), most - 1 - count);
            if (count + joined >= ids.length) {
                ids = Arrays.copyOf(ids, Math.max(2 * ids.length, count + joined + 1));
            }
            System.arraycopy(pairs.symbols(0), 0, ids, count, joined);
            count += joined;
        }
        if (count == ids.length) {
            ids = Arrays.copyOf(ids, count + 1);
        }
        ids[count++] = end;
        return Arrays.copyOf(ids, count);
    }
}
