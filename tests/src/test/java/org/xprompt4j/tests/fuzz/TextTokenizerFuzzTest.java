package org.xprompt4j.tests.fuzz;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.xprompt.text.TextTokenizer;

/**
 * Text tokenizers and texts: an input is a {@code tokenizer.json}, a zero byte, and a text in UTF-8, in which a byte that is no UTF-8 stands for a
 * lone surrogate. A file that is read must encode any Unicode to tokens that it has, the same each time; a well-formed one of all bytes must give
 * the text back; a text with lone surrogates is refused by both.
 */
@Tag("fuzz")
class TextTokenizerFuzzTest {
    static final String WELL_FORMED = wellFormed();

    private static final Guard GUARD = new Guard(TextTokenizer.FILE, 20 << 20, 1200); // an id may be a million, and has its place in a table
    private static final TextTokenizer SOUND = TextTokenizer.parse(WELL_FORMED, "sound");

    @FuzzTest
    @DictionaryEntries({"\"vocab\":{", "\"merges\":[", "[\"a\",\"b\"]", "\"a b\"", "\"added_tokens\":[", "\"id\":", "\"content\":\"<s>\"", "\"special\":true",
        "\"lstrip\":true", "\"single_word\":true", "\"unk_token\":\"u\"", "\"byte_fallback\":true", "\"normalizer\":{\"type\":\"NFKC\"}", "\"type\":\"Split\"",
        "\"pattern\":{\"Regex\":\"", "\"behavior\":\"MergedWithNext\"", "\"invert\":true", "\"type\":\"Digits\"", "\"type\":\"Punctuation\"",
        "\"type\":\"WhitespaceSplit\"", "1048575", "<s>", "\\u0120"})
    void encode(byte[] input) {
        int end = 0;
        while (end < input.length && input[end] != 0) {
            end++;
        }
        String text = text(Arrays.copyOfRange(input, Math.min(end + 1, input.length), input.length));
        GUARD.check(Arrays.copyOf(input, end), () -> TextTokenizer.read(GUARD.file()), tokenizer -> requireTokens(tokenizer, text));
        if (isUnicode(text)) {
            requireBack(SOUND.encode(text), text);
            requireBack(SOUND.encodePlain(text), text);
        } else {
            requireRefused(() -> SOUND.encode(text));
            requireRefused(() -> SOUND.encodePlain(text));
        }
    }

    private static void requireTokens(TextTokenizer tokenizer, String text) {
        if (!isUnicode(text)) {
            requireRefused(() -> tokenizer.encodePlain(text));
            return;
        }
        int[] ids;
        try {
            ids = tokenizer.encode(text);
        } catch (InvalidInput e) {
            if (!e.getMessage().startsWith(GUARD.file().toString())) { // an expression of the file that takes too long on this text
                throw new AssertionError("a text is refused without naming the tokenizer: " + e.getMessage(), e);
            }
            return;
        }
        if (!Arrays.stream(ids).allMatch(tokenizer::isToken)) {
            throw new AssertionError("'" + text + "' has ids that are no tokens: " + Arrays.toString(ids));
        }
        if (!Arrays.equals(ids, tokenizer.encode(text))) {
            throw new AssertionError("'" + text + "' has other ids the second time");
        }
        tokenizer.decode(ids);
    }

    private static void requireBack(int[] ids, String text) {
        String back = SOUND.decode(ids);
        if (!back.equals(text)) {
            throw new AssertionError("'" + text + "' comes back as '" + back + "'");
        }
    }

    private static void requireRefused(Runnable encoding) {
        try {
            encoding.run();
        } catch (InvalidInput e) {
            if (!e.getMessage().contains("lone surrogate")) {
                throw new AssertionError("lone surrogates are refused as: " + e.getMessage(), e);
            }
            return;
        }
        throw new AssertionError("a lone surrogate has ids");
    }

    private static boolean isUnicode(String text) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    private static String text(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length + 1);
        for (CoderResult result = decoder.decode(in, out, true); result.isMalformed(); result = decoder.decode(in, out, true)) {
            out.put((char) (0xD800 + ((in.get() << 4) & 0x7ff))); // halves of both kinds
        }
        return out.flip().toString();
    }

    /** A tokenizer of all bytes with some merges and added tokens, and Chameleon's cuts. */
    private static String wellFormed() {
        StringBuilder vocab = new StringBuilder("\"<s>\":0,\"</s>\":1");
        int id = 2;
        char other = 0x100; // GPT-2's alphabet: bytes that do not print have characters from here on
        for (int b = 0; b < 256; b++) {
            boolean itself = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
            vocab.append(String.format(",\"\\u%04x\":%d", (int) (itself ? (char) b : other++), id++));
        }
        for (String pair : new String[] {"ab", "abc", "\u0120a", "\u00c3\u00a9", "aa", "aaaa"}) {
            vocab.append(",\"").append(pair).append("\":").append(id++);
        }
        return """
                {"added_tokens":[{"id":0,"content":"<s>","special":true},{"id":1,"content":"</s>","special":true}],
                 "normalizer":null,"pre_tokenizer":{"type":"Sequence","pretokenizers":[
                  {"type":"Split","pattern":{"Regex":"(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z"},"behavior":"Isolated","invert":false},
                  {"type":"Split","pattern":{"Regex":"([\\t\\n]|    |  )"},"behavior":"Isolated","invert":false},
                  {"type":"Digits","individual_digits":true},{"type":"Punctuation","behavior":"Isolated"},
                  {"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}]},
                 "decoder":{"type":"ByteLevel"},
                 "model":{"type":"BPE","vocab":{%s},"merges":[["a","b"],["ab","c"],["\u0120","a"],["\u00c3","\u00a9"],["a","a"],["aa","aa"]]}}
                """.formatted(vocab);
    }
}
