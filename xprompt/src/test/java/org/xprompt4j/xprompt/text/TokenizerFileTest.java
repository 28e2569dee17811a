package org.xprompt4j.xprompt.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.LinkedHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.JsonWriter;

class TokenizerFileTest {
    /** A file with the 256 bytes, "ab" and one added token. */
    private static String good() {
        Map<String, Object> vocab = new LinkedHashMap<>();
        vocab.put("<s>", 0);
        for (int b = 0; b < 256; b++) {
            vocab.put(String.valueOf(ByteAlphabet.character(b)), vocab.size());
        }
        vocab.put("ab", vocab.size());
        return "{\"added_tokens\": [{\"id\": 0, \"content\": \"<s>\", \"special\": true}], \"normalizer\": null,"
                + "\"pre_tokenizer\": {\"type\": \"ByteLevel\", \"add_prefix_space\": false}, \"decoder\": {\"type\": \"ByteLevel\"},"
                + "\"model\": {\"type\": \"BPE\", \"vocab\": " + JsonWriter.compact(vocab) + ", \"merges\": [[\"a\", \"b\"]]}}";
    }

    private static TextTokenizer read(String json) {
        return new TextTokenizer(TokenizerFile.parse(json.getBytes(StandardCharsets.UTF_8), "tokenizer.json"));
    }

    @Test
    void aGoodFileIsRead() {
        assertThat(read(good()).encode("<s>abc")).containsExactly(0, 257, 1 + 'c');
        assertThat(read(good().replace("[\"a\", \"b\"]", "\"a b\"")).encode("ab")).containsExactly(257);
    }

    @ParameterizedTest(name = "{2}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "type": "BPE"                     | "type": "Unigram"                        | model.type must be "BPE"
            [["a", "b"]]                      | [["a", "zz"]]                            | model.merges[0] joins 'zz', which model.vocab lacks
            [["a", "b"]]                      | [["a", "c"]]                             | model.merges[0] joins 'a' and 'c' to 'ac', which model.vocab lacks
            [["a", "b"]]                      | [["a", "b"], ["a", "b"]]                 | model.merges[1] joins 'a' and 'b' a second time
            [["a", "b"]]                      | [["a"]]                                  | model.merges[0] must be two tokens
            [["a", "b"]]                      | ["a  b"]                                 | model.merges[0] must be two tokens
            [["a", "b"]]                      | [7]                                      | model.merges[0]
            "ab":257                          | "ab":256                                 | id 256 is given twice
            "ab":257                          | "ab":-1                                  | model.vocab.ab must be an integer from 0
            "ab":257                          | "ab":99999999                            | model.vocab.ab must be an integer from 0
            "a":98,                           |                                          | byte 0x61, written 'a', has no token
            {"id": 0, "content": "<s>"        | {"id": 5, "content": "<s>"               | gives '<s>' the id 5, but model.vocab gives it 0
            {"id": 0, "content": "<s>"        | {"id": 98, "content": "<x>"              | id 98 of '<x>' belongs to 'a'
            {"id": 0, "content": "<s>"        | {"id": 300, "content": ""                | must be 1 to
            "add_prefix_space": false         | "add_prefix_space": true                 | must say "add_prefix_space": false
            {"type": "ByteLevel", "add_prefix_space": false} | {"type": "Digits"}        | must be "ByteLevel", as the last of the chain
            {"type": "ByteLevel", "add_prefix_space": false} | {"type": "Sequence", "pretokenizers": []} | must be 1 to 32 stages
            {"type": "ByteLevel", "add_prefix_space": false} | null                      | pre_tokenizer must be a chain that ends with ByteLevel
            "decoder": {"type": "ByteLevel"}  | "decoder": null                          | decoder must be of type "ByteLevel"
            "normalizer": null                | "normalizer": {"type": "Lowercase"}      | normalizer.type must be NFC, NFD, NFKC or NFKD
            "merges"                          | "end_of_word_suffix": "</w>", "merges"   | end_of_word_suffix must be null
            "merges"                          | "dropout": 0.1, "merges"                 | dropout must be null
            "merges"                          | "marges"                                 | model.merges is missing
            """)
    void aBrokenFileIsRefusedByField(String good, String broken, String message) {
        String text = good();
        assertThat(text).contains(good);
        String changed = text.replace(good, broken == null ? "" : broken);
        assertThatThrownBy(() -> read(changed)).isInstanceOf(InvalidInput.class)
                .hasMessageStartingWith("tokenizer.json").hasMessageContaining(message).hasMessageNotContaining("\n");
    }

    private static String withCut(String stage) {
        return good().replace("{\"type\": \"ByteLevel\", \"add_prefix_space\": false}",
                "{\"type\": \"Sequence\", \"pretokenizers\": [" + stage + ", {\"type\": \"ByteLevel\", \"add_prefix_space\": false}]}");
    }

    @Test
    void anExpressionThatTakesForeverIsStopped() {
        TextTokenizer tokenizer = read(withCut("{\"type\": \"Split\", \"pattern\": {\"Regex\": \"(a*)(a*)(a*)(a*)(a*)(a*)\\\\6!\"}, \"behavior\": \"Isolated\"}"));
        assertThat(tokenizer.encode("aaa!")).hasSize(4);
        assertThatThrownBy(() -> tokenizer.encode("a".repeat(60))).isInstanceOf(InvalidInput.class).hasMessageContaining("pattern.Regex: the expression takes too long");
        TextTokenizer deep = read(withCut("{\"type\": \"Split\", \"pattern\": {\"Regex\": \"(a|b)*c\"}, \"behavior\": \"Removed\"}"));
        assertThatThrownBy(() -> deep.encode("ab".repeat(200_000))).isInstanceOf(InvalidInput.class).hasMessageContaining("too deep for a text of 400000 characters");
        assertThatThrownBy(() -> read(withCut("{\"type\": \"Split\", \"pattern\": {\"Regex\": \"(a\"}, \"behavior\": \"Isolated\"}")))
                .isInstanceOf(InvalidInput.class).hasMessageContaining("is no regular expression");
    }

    @Test
    void behavioursAreThoseOfHuggingFace() {
        assertThat(cut("Isolated")).isEqualTo(List.of("-", "a", "-", "-", "b", "-"));
        assertThat(cut("Removed")).isEqualTo(List.of("a", "b"));
        assertThat(cut("Contiguous")).isEqualTo(List.of("-", "a", "--", "b", "-"));
        assertThat(cut("MergedWithPrevious")).isEqualTo(List.of("-", "a-", "-", "b-"));
        assertThat(cut("MergedWithNext")).isEqualTo(List.of("-a", "-", "-b", "-"));
    }

    private static List<String> cut(String behaviour) {
        String text = "-a--b-";
        Pieces pieces = new Pieces();
        new CharacterSplit(c -> c == '-', SplitBehaviour.of(behaviour)).cut(text, 0, text.length(), pieces);
        return java.util.stream.IntStream.range(0, pieces.count()).mapToObj(i -> text.substring(pieces.start(i), pieces.end(i))).toList();
    }

    @Test
    void chameleonsChainIsRead() {
        String chain = """
                {"type": "Split", "pattern": {"Regex": "<sentinel:[0-9]+>"}, "behavior": "Isolated", "invert": false},
                {"type": "Split", "pattern": {"Regex": "(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z"}, "behavior": "Isolated", "invert": false},
                {"type": "Split", "pattern": {"Regex": "([\\\\t\\\\n]|    |  )"}, "behavior": "Isolated", "invert": false},
                {"type": "Digits", "individual_digits": true},
                {"type": "Punctuation", "behavior": "Isolated"}""";
        TextTokenizer tokenizer = read(withCut(chain));
        String text = "512x512: ab <sentinel:12> IMGIMGABZ\t(x)    y";
        assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
        assertThat(tokenizer.encode("ab12")).containsExactly(257, 1 + '1', 1 + '2');
    }
}
