package org.xprompt4j.nn.chameleon;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Tensor;

/**
 * Which vocabulary ids are picture codes and which frame a picture, read from {@code vocabulary_map}. Code n is the token
 * {@code IMGIMG…Z} whose letters spell n in decimal, A for 0 to J for 9; the ids may lie anywhere, in any order.
 */
public final class ImageTokens {
    /** Beginning of a sequence, id 0 in Chameleon. */
    public static final String BOS = "<s>";
    /** Padding. */
    public static final String PAD = "<pad>";
    /** End of an answer. */
    public static final String EOS = "</s>";
    /** Begin of image. */
    public static final String BOI = "<racm3:break>";
    /** End of image. */
    public static final String EOI = "<eoss>";
    /** End of a turn. */
    public static final String SEP = "<reserved08706>";

    private static final String PREFIX = "IMGIMG";
    private static final float SUPPRESSED = -Float.MAX_VALUE; // what Hugging Face writes, the lowest finite float32

    private record Range(int from, int to) {
    }

    private final Map<String, Integer> vocabulary;
    private final String where; // the file that holds the map, for messages
    private final int[] idOfCode; // [codes]
    private final Map<Integer, Integer> codeOfId; // no array: vocab_size is a claim, which no entry of the map has to fill
    private final List<Range> ranges; // runs of consecutive image ids, ascending

    /**
     * Reads the map.
     *
     * @param where the file that holds it, for messages
     * @throws InvalidInput when there are no image tokens, a code is missing, doubled or outside the vocabulary
     */
    public ImageTokens(Map<String, Integer> vocabulary, int vocabSize, String where) {
        this.vocabulary = Map.copyOf(vocabulary);
        this.where = where;
        Map<Integer, Integer> found = new HashMap<>(); // code to id
        codeOfId = new HashMap<>();
        vocabulary.forEach((name, id) -> {
            int code = codeOf(name);
            if (code >= 0) {
                if (id < 0 || id >= vocabSize) {
                    throw new InvalidInput(where + ": vocabulary_map gives '" + name + "' the id " + id + ", outside a vocabulary of " + vocabSize);
                }
                if (found.put(code, id) != null || codeOfId.put(id, code) != null) {
                    throw new InvalidInput(where + ": vocabulary_map gives image code " + code + " or id " + id + " twice");
                }
            }
        });
        if (found.isEmpty()) {
            throw new InvalidInput(where + ": vocabulary_map names no image tokens (IMGIMG…Z); this checkpoint cannot work with pictures");
        }
        idOfCode = new int[found.size()];
        for (int code = 0; code < idOfCode.length; code++) {
            Integer id = found.get(code);
            if (id == null) {
                throw new InvalidInput(where + ": vocabulary_map names " + idOfCode.length + " image codes but not code " + code);
            }
            idOfCode[code] = id;
        }
        ranges = runs();
    }

    /** The image tokens of a model's configuration that came from no file. */
    public static ImageTokens of(ChameleonConfig config) {
        return of(config, ChameleonConfig.FILE);
    }

    /** The image tokens of a model's configuration; {@code where} is its file, for messages. */
    public static ImageTokens of(ChameleonConfig config, String where) {
        return new ImageTokens(config.vocabularyMap(), config.vocabSize(), where);
    }

    /** The name of a code in a vocabulary: 27 is {@code IMGIMGCHZ}. */
    public static String name(int code) {
        StringBuilder name = new StringBuilder(PREFIX);
        for (char digit : Integer.toString(code).toCharArray()) {
            name.append((char) ('A' + digit - '0'));
        }
        return name.append('Z').toString();
    }

    /** The code that a name spells, -1 when it is no image token. */
    private static int codeOf(String name) {
        int digits = name.length() - PREFIX.length() - 1;
        if (!name.startsWith(PREFIX) || !name.endsWith("Z") || digits < 1 || digits > 9) {
            return -1;
        }
        int code = 0;
        for (int i = PREFIX.length(); i < name.length() - 1; i++) {
            int digit = name.charAt(i) - 'A';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            code = 10 * code + digit;
        }
        return code;
    }

    private List<Range> runs() {
        int[] ids = idOfCode.clone();
        Arrays.sort(ids);
        List<Range> out = new ArrayList<>();
        int from = 0;
        for (int i = 1; i <= ids.length; i++) {
            if (i == ids.length || ids[i] != ids[i - 1] + 1) {
                out.add(new Range(ids[from], ids[i - 1] + 1));
                from = i;
            }
        }
        return List.copyOf(out);
    }

    /** Number of picture codes. */
    public int codes() {
        return idOfCode.length;
    }

    /** Vocabulary id of a code. */
    public int id(int code) {
        return idOfCode[code];
    }

    /** Code of a vocabulary id, -1 when the id is no picture code. */
    public int code(int id) {
        return codeOfId.getOrDefault(id, -1);
    }

    /** Vocabulary ids of codes. */
    public int[] toIds(int[] codes) {
        int[] ids = new int[codes.length];
        for (int i = 0; i < codes.length; i++) {
            ids[i] = id(codes[i]);
        }
        return ids;
    }

    /** Codes of vocabulary ids, all of which must be picture codes. */
    public int[] toCodes(int[] ids) {
        int[] codes = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            codes[i] = code(ids[i]);
            if (codes[i] < 0) {
                throw new IllegalArgumentException("id " + ids[i] + " at index " + i + " is no picture code");
            }
        }
        return codes;
    }

    /** True when the image ids are one run without gaps, as sampling over a range needs. */
    public boolean isContiguous() {
        return ranges.size() == 1;
    }

    /** The lowest image id. */
    public int firstId() {
        return ranges.getFirst().from();
    }

    /** The id of a token by name. */
    public OptionalInt find(String name) {
        Integer id = vocabulary.get(name);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /**
     * The id of a token that must be there, such as {@link #BOI}.
     *
     * @throws InvalidInput when the vocabulary lacks it
     */
    public int require(String name) {
        return find(name).orElseThrow(() -> new InvalidInput(where + ": vocabulary_map lacks the token '" + name + "'"));
    }

    /** The id of a free token {@code <reservedNNNNN>}. */
    public OptionalInt reserved(int number) {
        return find(String.format(Locale.ROOT, "<reserved%05d>", number));
    }

    /** Sets the logits [..., vocab] of all image ids to the lowest finite value, so that only text is drawn. */
    public void suppress(Backend backend, Tensor logits) {
        Tensor rows = logits.reshape(-1, logits.dim(-1));
        for (Range range : ranges) {
            backend.fill(rows.slice(1, range.from(), range.to()), SUPPRESSED);
        }
    }
}
