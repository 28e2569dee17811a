package org.xprompt4j.xprompt.text;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.Json;

/** Reads Hugging Face's {@code tokenizer.json} of BERT's WordPiece; ids given twice and fields that ask for something else are refused by name. */
final class WordPieceFile {
    private static final int MOST_TOKENS = 1 << 20;
    private static final int LONGEST_TOKEN = 4096; // characters
    private static final int LONGEST_WORD = 256; // looking for tokens takes its square
    private static final int LONGEST_TEXT = 1 << 16;
    private static final int USUAL_LENGTH = 256; // where the file cuts nothing: what all-MiniLM-L6-v2 was trained with

    private final Json root;
    private final Json model;
    private final Map<String, Integer> vocabulary = new HashMap<>();

    private WordPieceFile(Json root) {
        this.root = root;
        this.model = root.get("model");
    }

    static WordPiece.Parts read(Path file) {
        return new WordPieceFile(Json.read(file)).parts();
    }

    /** The same from a document in memory; {@code source} is what messages call it. */
    static WordPiece.Parts parse(byte[] utf8, String source) {
        return new WordPieceFile(Json.parse(utf8, source)).parts();
    }

    private WordPiece.Parts parts() {
        requireType(model, "WordPiece");
        Json normalizer = root.get("normalizer");
        requireType(normalizer, "BertNormalizer");
        requireType(root.get("pre_tokenizer"), "BertPreTokenizer");
        int size = readVocabulary();
        boolean lower = normalizer.flag("lowercase", true);
        List<String> ends = ends();
        int longestWord = model.integer("max_input_chars_per_word", 100);
        if (longestWord < 1 || longestWord > LONGEST_WORD) {
            throw model.get("max_input_chars_per_word").fault("must be 1 to " + LONGEST_WORD);
        }
        return new WordPiece.Parts(vocabulary, size, model.string("continuing_subword_prefix", "##"), id(model.string("unk_token", "[UNK]"), model), id(ends.get(0), root),
                id(ends.get(1), root), longestWord, longestText(), normalizer.flag("clean_text", true), normalizer.flag("handle_chinese_chars", true), lower,
                normalizer.has("strip_accents") ? normalizer.flag("strip_accents", lower) : lower);
    }

    private static void requireType(Json of, String type) {
        if (of.isNull() || !of.string("type").equals(type)) {
            throw of.fault("must be of type \"" + type + "\"");
        }
    }

    private int readVocabulary() {
        Json vocab = model.get("vocab");
        if (vocab.fields().size() > MOST_TOKENS) {
            throw vocab.fault("" + vocab.fields().size() + " tokens are more than " + MOST_TOKENS);
        }
        Map<Integer, String> owners = new HashMap<>();
        int size = 0;
        for (String token : vocab.fields()) {
            Json entry = vocab.get(token);
            int id = (int) entry.asLong(0, MOST_TOKENS - 1);
            if (token.isEmpty() || token.length() > LONGEST_TOKEN) {
                throw entry.fault("a token has 1 to " + LONGEST_TOKEN + " characters, not " + token.length());
            }
            String other = owners.put(id, token);
            if (other != null) {
                throw entry.fault("id " + id + " is given twice");
            }
            vocabulary.put(token, id);
            size = Math.max(size, id + 1);
        }
        return size;
    }

    /** What stands before and behind a text. */
    private List<String> ends() {
        if (!root.has("post_processor")) {
            throw root.fault("post_processor is missing; a sentence stands between [CLS] and [SEP]");
        }
        Json processor = root.get("post_processor");
        requireType(processor, "TemplateProcessing");
        Json single = processor.get("single");
        List<Json> pieces = single.elements();
        if (pieces.size() != 3 || !pieces.get(0).has("SpecialToken") || !pieces.get(1).has("Sequence") || !pieces.get(2).has("SpecialToken")) {
            throw single.fault("must be a special token, the text, a special token");
        }
        return List.of(pieces.get(0).get("SpecialToken").string("id"), pieces.get(2).get("SpecialToken").string("id"));
    }

    private int id(String token, Json where) {
        Integer id = vocabulary.get(token);
        if (id == null) {
            throw where.fault("asks for the token '" + (token.length() <= 40 ? token : token.substring(0, 37) + "...").replaceAll("\\p{Cntrl}", "?")
                    + "', which model.vocab lacks");
        }
        return id;
    }

    private int longestText() {
        if (!root.has("truncation")) {
            return USUAL_LENGTH;
        }
        Json length = root.get("truncation").get("max_length");
        return (int) length.asLong(3, LONGEST_TEXT);
    }
}
