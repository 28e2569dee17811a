package org.xprompt4j.xprompt.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xprompt4j.tensor.InvalidInput;

/** A vocabulary by hand; {@code MiniLmGoldenTest} has BERT's own, where that is here. */
class WordPieceTest {
    private static final String[] TOKENS = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "un", "##aff", "##able", "##a", "aff", "remove", "the", "dog", "cafe", "##s", ",",
        "!", "\u65e5", "\u672c", "\u03c3", "##\u03c3", "[", "]", "sep", "5", "##5", "i"};
    private static final String FILE = """
            {"truncation": {"max_length": 8, "direction": "Right"}, "padding": null,
             "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true},
             "pre_tokenizer": {"type": "BertPreTokenizer"},
             "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}},
               {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "[SEP]", "type_id": 0}}]},
             "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 10, "vocab": {VOCAB}}}"""
            .replace("VOCAB", IntStream.range(0, TOKENS.length).mapToObj(i -> "\"" + TOKENS[i] + "\": " + i).collect(Collectors.joining(", ")));

    @TempDir
    Path dir;

    private static WordPiece of(String file) {
        return new WordPiece(WordPieceFile.parse(file.getBytes(StandardCharsets.UTF_8), "t.json"));
    }

    private static String tokens(String file, String text) {
        return IntStream.of(of(file).encode(text)).mapToObj(id -> TOKENS[id]).collect(Collectors.joining(" "));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            remove the dog               | [CLS] remove the dog [SEP]
            ''                           | [CLS] [SEP]
            Unaffable                    | [CLS] un ##aff ##able [SEP]
            unaffx                       | [CLS] [UNK] [SEP]
            Caf\u00e9s, DOG!             | [CLS] cafe ##s , dog ! [SEP]
            cafe\u0301                   | [CLS] cafe [SEP]
            \u65e5\u672cdog              | [CLS] \u65e5 \u672c dog [SEP]
            \u03a3\u03a3                 | [CLS] \u03c3 ##\u03c3 [SEP]
            d\u0001o\u200bg\ufffd\u00a0i | [CLS] dog i [SEP]
            [SEP]                        | [CLS] [ sep ] [SEP]
            5555555555                   | [CLS] 5 ##5 ##5 ##5 ##5 ##5 [SEP]
            55555555555                  | [CLS] [UNK] [SEP]
            dog dog dog dog dog dog dog  | [CLS] dog dog dog dog dog dog [SEP]
            dog dog dog dog dog unaffable | [CLS] dog dog dog dog dog un [SEP]
            \u0130                       | [CLS] i [SEP]
            """)
    void cutsAsBertDoes(String text, String tokens) {
        assertThat(tokens(FILE, text)).isEqualTo(tokens);
    }

    @Test
    void flagsOfTheNormalizerAreFollowed() {
        assertThat(tokens(FILE.replace("\"lowercase\": true", "\"lowercase\": false"), "dog Dog caf\u00e9")).isEqualTo("[CLS] dog [UNK] [UNK] [SEP]");
        assertThat(tokens(FILE.replace("\"strip_accents\": null", "\"strip_accents\": false"), "caf\u00e9 DOG")).isEqualTo("[CLS] [UNK] dog [SEP]");
        assertThat(tokens(FILE.replace("\"handle_chinese_chars\": true", "\"handle_chinese_chars\": false"), "\u65e5\u672c")).isEqualTo("[CLS] [UNK] [SEP]");
        assertThat(tokens(FILE.replace("\"clean_text\": true", "\"clean_text\": false"), "d\u200bog")).isEqualTo("[CLS] [UNK] [SEP]");
    }

    @Test
    void aFileThatCutsNothingCutsAt256() {
        WordPiece all = of(FILE.replace("{\"max_length\": 8, \"direction\": \"Right\"}", "null"));
        int[] ids = all.encode("dog ".repeat(1000));
        assertThat(ids).hasSize(256);
        assertThat(ids[254]).isEqualTo(all.id("dog"));
        assertThat(ids[255]).isEqualTo(all.id("[SEP]"));
    }

    @Test
    void aLoneSurrogateIsNoText() {
        assertThatThrownBy(() -> of(FILE).encode("a\ud800")).isInstanceOf(InvalidInput.class).hasMessageContaining("lone surrogate");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "WordPiece"                       | "BPE"                              | model must be of type "WordPiece"
            "BertNormalizer"                  | "NFC"                              | normalizer must be of type "BertNormalizer"
            "BertPreTokenizer"                | "Digits"                           | pre_tokenizer must be of type
            "TemplateProcessing"              | "ByteLevel"                        | post_processor must be of type
            {"Sequence": {"id": "A"           | {"SpecialToken": {"id": "A"        | post_processor.single must be a special token
            "the": 10                         | "the": 11                          | id 11 is given twice
            "the": 10                         | "the": -1                          | model.vocab.the must be
            "the": 10                         | "": 10                             | a token has 1 to
            "unk_token": "[UNK]"              | "unk_token": "[WHAT]"              | model asks for the token '[WHAT]'
            "max_input_chars_per_word": 10    | "max_input_chars_per_word": 100000 | model.max_input_chars_per_word must be 1 to
            "max_length": 8                   | "max_length": 2                    | truncation.max_length must be
            """)
    void whatIsWrongIsNamed(String good, String bad, String message) {
        assertThat(FILE).contains(good);
        assertThatThrownBy(() -> of(FILE.replace(good, bad))).isInstanceOf(InvalidInput.class).hasMessageStartingWith("t.json: ")
                .hasMessageContaining(message).hasMessageNotContaining("\n");
    }

    @Test
    void readsAFile() throws IOException {
        WordPiece read = WordPiece.read(Files.writeString(dir.resolve("tokenizer.json"), FILE));
        assertThat(read.size()).isEqualTo(TOKENS.length);
        assertThat(read.longestText()).isEqualTo(8);
        assertThatThrownBy(() -> WordPiece.read(dir.resolve("none.json"))).isInstanceOf(InvalidInput.class).hasMessageContaining("none.json: ");
    }
}
