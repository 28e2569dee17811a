package org.xprompt4j.xprompt.text;

import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.Json;

/**
 * Reads Hugging Face's {@code tokenizer.json} of a byte-level byte-pair encoding and believes nothing of it: ids that are given
 * twice, merges whose parts or whole are no tokens, fields that ask for something else are refused by name.
 */
final class TokenizerFile {
    private static final int MOST_TOKENS = 1 << 20; // sixteen times Chameleon's
    private static final int LONGEST_TOKEN = 4096; // characters

    private final Json root;
    private final Json model;
    private final Map<String, Integer> vocabulary = new HashMap<>();
    private final Map<Integer, String> tokenOfId = new HashMap<>();

    private TokenizerFile(Json root) {
        this.root = root;
        this.model = root.get("model");
    }

    static TextTokenizer.Parts read(Path file) {
        return new TokenizerFile(Json.read(file)).parts();
    }

    /** The same from a document in memory; {@code source} is what messages call it. */
    static TextTokenizer.Parts parse(byte[] utf8, String source) {
        return new TokenizerFile(Json.parse(utf8, source)).parts();
    }

    private TextTokenizer.Parts parts() {
        requireByteLevelPairs();
        readVocabulary();
        List<AddedToken> added = addedTokens();
        int[] bytes = bytes(); // what is wrong with these tells more than what is wrong with a merge of them
        return new TextTokenizer.Parts(vocabulary, added, merges(), bytes, PreTokenizers.read(root), normalisation());
    }

    private void requireByteLevelPairs() {
        String type = model.string("type", "BPE"); // old files leave it out
        if (!type.equals("BPE")) {
            throw model.get("type").fault("must be \"BPE\"");
        }
        for (String field : List.of("continuing_subword_prefix", "end_of_word_suffix")) {
            if (!model.string(field, "").isEmpty()) {
                throw model.get(field).fault("must be null: byte-level pairs mark no words");
            }
        }
        if (model.flag("ignore_merges", false)) {
            throw model.get("ignore_merges").fault("must be false");
        }
        if (model.number("dropout", 0) != 0) {
            throw model.get("dropout").fault("must be null: the same text must have the same ids");
        }
        Json decoder = root.get("decoder");
        if (decoder.isNull() || !decoder.string("type").equals("ByteLevel")) {
            throw decoder.fault("must be of type \"ByteLevel\"");
        }
    }

    private void readVocabulary() {
        Json vocab = model.get("vocab");
        if (vocab.fields().size() > MOST_TOKENS) {
            throw vocab.fault("" + vocab.fields().size() + " tokens are more than " + MOST_TOKENS);
        }
        for (String token : vocab.fields()) {
            Json entry = vocab.get(token);
            int id = (int) entry.asLong(0, MOST_TOKENS - 1);
            if (token.isEmpty() || token.length() > LONGEST_TOKEN) {
                throw entry.fault("a token has 1 to " + LONGEST_TOKEN + " characters, not " + token.length());
            }
            String other = tokenOfId.put(id, token);
            if (other != null) {
                throw entry.fault("id " + id + " is given twice, to " + quoted(other) + " and to " + quoted(token));
            }
            vocabulary.put(token, id);
        }
    }

    private List<AddedToken> addedTokens() {
        Map<String, AddedToken> added = new LinkedHashMap<>();
        if (!root.has("added_tokens")) {
            return List.of();
        }
        for (Json entry : root.get("added_tokens").elements()) {
            int id = (int) entry.get("id").asLong(0, MOST_TOKENS - 1);
            String content = entry.string("content");
            if (content.isEmpty() || content.length() > LONGEST_TOKEN) {
                throw entry.get("content").fault("must be 1 to " + LONGEST_TOKEN + " characters");
            }
            Integer known = vocabulary.get(content);
            if (known != null && known != id) {
                throw entry.get("id").fault("gives " + quoted(content) + " the id " + id + ", but model.vocab gives it " + known);
            }
            String owner = tokenOfId.putIfAbsent(id, content);
            if (owner != null && !owner.equals(content)) {
                throw entry.get("id").fault("id " + id + " of " + quoted(content) + " belongs to " + quoted(owner));
            }
            AddedToken token = new AddedToken(id, content, entry.flag("single_word", false), entry.flag("lstrip", false), entry.flag("rstrip", false),
                    entry.flag("special", false));
            if (added.put(content, token) != null) {
                throw entry.get("content").fault("" + quoted(content) + " is added twice");
            }
        }
        return List.copyOf(added.values());
    }

    private MergeTable merges() {
        List<Json> entries = model.get("merges").elements();
        if (entries.size() > MOST_TOKENS) {
            throw model.get("merges").fault("" + entries.size() + " merges are more than " + MOST_TOKENS);
        }
        MergeTable table = new MergeTable(entries.size());
        for (int rank = 0; rank < entries.size(); rank++) {
            Json entry = entries.get(rank);
            List<String> parts = pair(entry);
            int left = idOf(parts.get(0), entry);
            int right = idOf(parts.get(1), entry);
            Integer whole = vocabulary.get(parts.get(0) + parts.get(1));
            if (whole == null) {
                throw entry.fault("joins " + quoted(parts.get(0)) + " and " + quoted(parts.get(1)) + " to "
                        + quoted(parts.get(0) + parts.get(1)) + ", which model.vocab lacks");
            }
            if (!table.add(left, right, rank, whole)) {
                throw entry.fault("joins " + quoted(parts.get(0)) + " and " + quoted(parts.get(1)) + " a second time");
            }
        }
        return table;
    }

    /** A merge as two strings, or as one with a space between. */
    private static List<String> pair(Json entry) {
        List<String> parts = new ArrayList<>();
        if (entry.isString()) {
            String text = entry.asString();
            int space = text.indexOf(' ');
            if (space > 0 && space == text.lastIndexOf(' ') && space + 1 < text.length()) {
                parts.add(text.substring(0, space));
                parts.add(text.substring(space + 1));
            }
        } else {
            parts.addAll(entry.asStrings());
        }
        if (parts.size() != 2) {
            throw entry.fault("must be two tokens, [\"a\", \"b\"] or \"a b\"");
        }
        return parts;
    }

    private int idOf(String token, Json entry) {
        Integer id = vocabulary.get(token);
        if (id == null) {
            throw entry.fault("joins " + quoted(token) + ", which model.vocab lacks");
        }
        return id;
    }

    /** Ids of the single bytes; where the vocabulary lacks one, {@code <0xNN>} if bytes may fall back, or the unknown token. */
    private int[] bytes() {
        boolean fallback = model.flag("byte_fallback", false);
        String unknown = model.string("unk_token", null);
        int[] ids = new int[256];
        for (int b = 0; b < 256; b++) {
            Integer id = vocabulary.get(String.valueOf(ByteAlphabet.character(b)));
            if (id == null && fallback) {
                id = vocabulary.get(String.format("<0x%02X>", b));
            }
            if (id == null && unknown != null) {
                id = vocabulary.get(unknown);
            }
            boolean inUtf8 = b < 0xC0 || b >= 0xC2 && b <= 0xF4;
            if (id == null && inUtf8) {
                throw model.get("vocab").fault("byte 0x" + String.format("%02X", b) + ", written "
                        + quoted(String.valueOf(ByteAlphabet.character(b))) + ", has no token; a byte-level vocabulary has one for every byte");
            }
            ids[b] = id == null ? -1 : id; // bytes that no UTF-8 contains are never asked for
        }
        return ids;
    }

    private Normalizer.Form normalisation() {
        if (!root.has("normalizer")) {
            return null;
        }
        Json type = root.get("normalizer").get("type");
        return switch (type.asString()) {
            case "NFC" -> Normalizer.Form.NFC;
            case "NFD" -> Normalizer.Form.NFD;
            case "NFKC" -> Normalizer.Form.NFKC;
            case "NFKD" -> Normalizer.Form.NFKD;
            default -> throw type.fault("must be NFC, NFD, NFKC or NFKD");
        };
    }

    private static String quoted(String token) {
        return "'" + (token.length() <= 40 ? token : token.substring(0, 37) + "...").replaceAll("\\p{Cntrl}", "?") + "'";
    }
}
