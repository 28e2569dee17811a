package org.xprompt4j.xprompt.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xprompt4j.tensor.InvalidInput;

class ClipTokenizerTest {
    private static final int START = 528;
    private static final int END = 529;

    @TempDir
    Path dir;

    @BeforeEach
    void files() throws IOException {
        ClipVocabulary.write(dir);
    }

    /** Ids between the ends are those of Hugging Face's tokenizers 0.23 with the same vocabulary. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Remove the dog                                  | 518 514 520
            '  REMOVE\n\tthe   red Dog!!! '                 | 518 514 521 520 524
            it's 100 re                                     | 527 39 371 305 304 304 114 357
            caf\u00e9 cafe\u0301 \u00e9                     | 99 97 102 526 99 97 102 526 526
            \u03a3\u0391\u03a3 \u0130                       | 207 131 206 177 207 387 361 204 391
            dog's they'll \u65e5\u672c \ud83d\udc4d!?x      | 520 39 371 513 101 377 39 108 364 230 151 165 230 156 428 240 159 145 141 33 319 376
            x\u00a0y\u3000z 5\u00b2                         | 376 377 378 309 194 434
            ''                                              | ''
            """)
    void idsAreTheReferences(String text, String expected) {
        int[] ids = ClipTokenizer.read(dir).encode(text, 77);
        int[] inside = expected.isEmpty() ? new int[0] : Arrays.stream(expected.split(" ")).mapToInt(Integer::parseInt).toArray();
        assertThat(Arrays.copyOfRange(ids, 1, ids.length - 1)).isEqualTo(inside);
        assertThat(ids[0]).isEqualTo(START);
        assertThat(ids[ids.length - 1]).isEqualTo(END);
    }

    @Test
    void aLongTextIsCutAndStillEnds() {
        ClipTokenizer tokenizer = ClipTokenizer.read(dir);
        assertThat(tokenizer.encode("dog remove the", 4)).containsExactly(START, 520, 518, END);
        assertThat(tokenizer.encode("dog", 2)).containsExactly(START, END);
        int[] ids = tokenizer.encode("the ".repeat(500), 77);
        assertThat(ids).hasSize(77).endsWith(514, END);
        assertThat(tokenizer.encode("the ".repeat(62), 77)).hasSize(64);
        assertThat(Arrays.stream(tokenizer.encode("<|endoftext|>", 77)).filter(id -> id == END).count()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            vocab.json ; "#":35                 ; "?#":35               ; token '#' is missing
            vocab.json ; "<|endoftext|>"        ; "<|end|>"             ; token '<|endoftext|>' is missing
            vocab.json ; "<|endoftext|>":529    ; "<|endoftext|>":528   ; id 528 is given twice
            merges.txt ; r e                    ; r  e                  ; line 2 must be two tokens
            merges.txt ; t h                    ; r e                   ; line 3 joins a pair a second time
            merges.txt ; t h                    ; t q                   ; line 3 joins what vocab.json lacks
            """)
    void whatIsWrongIsNamed(String file, String good, String bad, String message) throws IOException {
        String text = Files.readString(dir.resolve(file));
        assertThat(text).contains(good);
        Files.writeString(dir.resolve(file), text.replaceFirst(java.util.regex.Pattern.quote(good), java.util.regex.Matcher.quoteReplacement(bad)));
        assertThatThrownBy(() -> ClipTokenizer.read(dir)).isInstanceOf(InvalidInput.class).hasMessageContaining(file).hasMessageContaining(message);
    }

    @Test
    void missingFilesAreNamed() throws IOException {
        Files.delete(dir.resolve("merges.txt"));
        assertThatThrownBy(() -> ClipTokenizer.read(dir)).isInstanceOf(InvalidInput.class).hasMessageContaining("merges.txt: cannot be read (no such file)");
        Files.write(dir.resolve("merges.txt"), new byte[] {(byte) 0xff, 0x20});
        assertThatThrownBy(() -> ClipTokenizer.read(dir)).isInstanceOf(InvalidInput.class).hasMessageContaining("merges.txt: is no UTF-8");
    }
}
