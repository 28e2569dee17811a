package org.xprompt4j.xprompt.text;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.xprompt4j.tensor.file.AtomicFile;
import org.xprompt4j.tensor.file.JsonWriter;

/**
 * Trains a byte-level tokenizer on texts and writes it as {@code tokenizer.json}: first the special tokens, then the 256 bytes, then
 * what was learnt, most frequent first. Texts are cut as Chameleon's are: digits one by one, then words with the space before them.
 *
 * <p>The same texts in any order give the same file.
 */
public final class TokenizerTrainer {
    private final List<String> specials;
    private final PreTokenizer cutter = PreTokenizer.sequence(List.of(new CharacterSplit(CharacterSplit::isNumber, SplitBehaviour.ISOLATED), new WordSplit()));
    private final AddedTokens added;
    private final Pieces pieces = new Pieces();
    private final Map<String, Long> counts = new HashMap<>(); // of pieces
    private long characters;

    /**
     * A trainer that has read nothing.
     *
     * @param specials tokens that stand at the first ids and are never cut; they are no part of any word
     */
    public TokenizerTrainer(List<String> specials) {
        this.specials = List.copyOf(specials);
        if (new java.util.HashSet<>(specials).size() < specials.size()) {
            throw new IllegalArgumentException("special tokens must differ, are " + specials);
        }
        this.added = new AddedTokens(addedTokens());
    }

    private List<AddedToken> addedTokens() {
        List<AddedToken> out = new ArrayList<>();
        for (String special : specials) {
            out.add(AddedToken.special(out.size(), special));
        }
        return out;
    }

    /** Counts the words of a text. */
    public void read(String text) {
        characters += text.length();
        added.split(text, new AddedTokens.Listener() {
            @Override
            public void text(int from, int to) {
                pieces.clear();
                cutter.cut(text, from, to, pieces);
                for (int i = 0; i < pieces.count(); i++) {
                    counts.merge(text.substring(pieces.start(i), pieces.end(i)), 1L, Long::sum);
                }
            }

            @Override
            public void token(AddedToken token) {
                // stands alone
            }
        });
    }

    /** Characters read so far. */
    public long characters() {
        return characters;
    }

    /** Different words read so far. */
    public int words() {
        return counts.size();
    }

    /**
     * What a training learnt.
     *
     * @param tokens size of the vocabulary
     * @param merges number of merges
     * @param rarest how often the last pair stood in the texts
     */
    public record Result(int tokens, int merges, long rarest) {
    }

    /**
     * Learns a vocabulary and writes it, whole or not at all.
     *
     * @param size ids in all; fewer when the texts do not hold enough pairs that stand twice
     * @param listener told of the number of ids so far
     */
    public Result train(int size, Path file, IntConsumer listener) {
        Learnt learnt = learn(size, listener);
        AtomicFile.text(file, learnt.json());
        return learnt.result();
    }

    /**
     * A vocabulary that was learnt.
     *
     * @param json the {@code tokenizer.json}
     * @param result its sizes
     */
    public record Learnt(String json, Result result) {
    }

    /** The same without a file. */
    public Learnt learn(int size, IntConsumer listener) {
        int bytes = specials.size();
        if (size < bytes + 256) {
            throw new IllegalArgumentException("a vocabulary of " + bytes + " special tokens and 256 bytes has at least " + (bytes + 256) + " ids, not " + size);
        }
        Map<List<Integer>, Long> words = new HashMap<>();
        counts.forEach((piece, count) -> {
            List<Integer> symbols = new ArrayList<>();
            for (byte b : piece.getBytes(StandardCharsets.UTF_8)) {
                symbols.add(bytes + (b & 0xff));
            }
            words.put(symbols, count);
        });
        List<String> start = new ArrayList<>(specials); // by id
        for (int b = 0; b < 256; b++) {
            start.add(String.valueOf(ByteAlphabet.character(b)));
        }
        PairTraining training = new PairTraining(start, words);
        List<PairTraining.Merge> merges = training.learn(size, 2, listener);
        List<String> tokens = training.tokens();
        List<List<String>> pairs = merges.stream().map(merge -> List.of(tokens.get(merge.left()), tokens.get(merge.right()))).toList();
        return new Learnt(JsonWriter.pretty(document(tokens, pairs)),
                new Result(tokens.size(), merges.size(), merges.isEmpty() ? 0 : merges.getLast().count()));
    }

    private Map<String, Object> document(List<String> tokens, List<List<String>> merges) {
        Map<String, Object> vocab = new LinkedHashMap<>();
        tokens.forEach(token -> vocab.put(token, vocab.size()));
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("type", "BPE");
        model.put("dropout", null);
        model.put("unk_token", null);
        model.put("continuing_subword_prefix", null);
        model.put("end_of_word_suffix", null);
        model.put("fuse_unk", false);
        model.put("byte_fallback", false);
        model.put("ignore_merges", false);
        model.put("vocab", vocab);
        model.put("merges", merges);
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("version", "1.0");
        document.put("truncation", null);
        document.put("padding", null);
        document.put("added_tokens", addedTokens().stream().map(TokenizerTrainer::entry).toList());
        document.put("normalizer", null);
        document.put("pre_tokenizer", inOrder("type", "Sequence", "pretokenizers", List.of(
                inOrder("type", "Digits", "individual_digits", true), byteLevel(false))));
        document.put("post_processor", null);
        document.put("decoder", byteLevel(true));
        document.put("model", model);
        return document;
    }

    private static Map<String, Object> entry(AddedToken token) {
        return inOrder("id", token.id(), "content", token.content(), "single_word", false, "lstrip", false, "rstrip", false, "normalized", false,
                "special", true);
    }

    private static Map<String, Object> byteLevel(boolean prefix) {
        return inOrder("type", "ByteLevel", "add_prefix_space", prefix, "trim_offsets", true, "use_regex", true);
    }

    /** A map in the order of its arguments. */
    private static Map<String, Object> inOrder(Object... fields) {
        Map<String, Object> out = new LinkedHashMap<>();
        for (int i = 0; i < fields.length; i += 2) {
            out.put((String) fields[i], fields[i + 1]);
        }
        return out;
    }
}
