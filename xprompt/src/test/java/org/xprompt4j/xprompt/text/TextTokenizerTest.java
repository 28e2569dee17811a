package org.xprompt4j.xprompt.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.file.Json;

class TextTokenizerTest {
    private static final List<String> SPECIALS = List.of("<s>", "<pad>", "</s>", "<s>more");
    private static final String TRAINING = "Remove the rain from this image. Remove the red apple from the picture, don't move the pear; it's the 3 apples' turn. "
            + "Make the picture darker. Add 12 clouds to the sky  and a\tline\nbreak. Entferne den Apfel aus dem Bild; é, ü, 日本語 日本. ";

    private static final String SPACE = "\\t-\\r\\u0085\\p{Z}"; // inside a class
    private static final Map<String, Integer> MERGES = new HashMap<>(); // "left right" to id

    @TempDir
    static Path dir;

    private static TextTokenizer tokenizer;

    @BeforeAll
    static void train() {
        TokenizerTrainer trainer = new TokenizerTrainer(SPECIALS);
        trainer.read(TRAINING.repeat(3));
        trainer.train(400, dir.resolve("tokenizer.json"), n -> { });
        tokenizer = TextTokenizer.read(dir.resolve("tokenizer.json"));
        Json file = Json.read(dir.resolve("tokenizer.json"));
        for (Json merge : file.get("model").get("merges").elements()) {
            List<String> pair = merge.asStrings();
            MERGES.put(pair.get(0) + " " + pair.get(1), file.get("model").get("vocab").integer(pair.get(0) + pair.get(1)));
        }
    }

    @Test
    void anyTextComesBack() {
        for (int seed = 0; seed < 300; seed++) {
            String text = randomText(new Philox(seed, 0), 1 + seed % 90);
            assertThat(tokenizer.decode(tokenizer.encode(text))).as("seed %d", seed).isEqualTo(text);
            assertThat(tokenizer.decode(tokenizer.encodePlain(text))).as("seed %d", seed).isEqualTo(text);
        }
    }

    /** Words of the training, spaces of many kinds, letters of many scripts, numbers, controls, characters beyond U+FFFF. */
    private static String randomText(Philox random, int parts) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < parts; i++) {
            switch (random.nextInt(9)) {
                case 0 -> out.append(TRAINING, 0, random.nextInt(60));
                case 1 -> out.append(" \t\n\r\u00a0\u2003\u3000\u0085".charAt(random.nextInt(8)));
                case 2 -> out.appendCodePoint(0x4e00 + random.nextInt(0x5000));
                case 3 -> out.appendCodePoint(0x1f300 + random.nextInt(0x500));
                case 4 -> out.append(random.nextInt(100_000));
                case 5 -> out.appendCodePoint(0x80 + random.nextInt(0x700));
                case 6 -> out.append((char) random.nextInt(0x20));
                case 7 -> out.append(SPECIALS.get(random.nextInt(SPECIALS.size())));
                default -> {
                    int c = random.nextInt(0x110000);
                    out.appendCodePoint(c >= 0xD800 && c < 0xE000 ? ' ' : c);
                }
            }
        }
        return out.toString();
    }

    /** The scanner against the regular expression that it stands for. */
    @Test
    void wordsAreThoseOfTheExpression() {
        Pattern pattern = Pattern.compile("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^" + SPACE + "\\p{L}\\p{N}]+|[" + SPACE + "]+(?![^" + SPACE + "])|[" + SPACE + "]+");
        for (int seed = 0; seed < 400; seed++) {
            String text = randomText(new Philox(seed, 1), 1 + seed % 40) + "don't we'll I'm they're 'tis x'y 'd";
            List<String> expected = new ArrayList<>();
            for (Matcher matcher = pattern.matcher(text); matcher.find();) {
                expected.add(matcher.group());
            }
            Pieces pieces = new Pieces();
            new WordSplit().cut(text, 0, text.length(), pieces);
            List<String> actual = new ArrayList<>();
            for (int i = 0; i < pieces.count(); i++) {
                actual.add(text.substring(pieces.start(i), pieces.end(i)));
            }
            assertThat(actual).as("seed %d", seed).isEqualTo(expected);
        }
    }

    /** Short pieces look at all pairs, long ones keep a heap: both must join alike. */
    @Test
    void longPiecesAreJoinedAsShortOnes() {
        String[] letters = {"e", "th", "r", "the", "re", "p", "a"};
        for (int seed = 0; seed < 100; seed++) {
            Philox random = new Philox(seed, 2);
            StringBuilder word = new StringBuilder();
            while (word.length() < 200) {
                word.append(letters[random.nextInt(letters.length)]);
            }
            int[] whole = tokenizer.encodePlain(word.toString());
            assertThat(whole).as("seed %d", seed).isEqualTo(joinedNaively(word.toString()));
        }
    }

    /** All pairs looked at again after each join. */
    private static int[] joinedNaively(String word) {
        List<String> tokens = new ArrayList<>(Arrays.asList(word.split("")));
        while (true) {
            int best = Integer.MAX_VALUE;
            for (int i = 0; i + 1 < tokens.size(); i++) {
                int id = tokenizer.id(tokens.get(i) + tokens.get(i + 1));
                best = id >= 0 && id < best && isMerge(tokens.get(i), tokens.get(i + 1), id) ? id : best;
            }
            if (best == Integer.MAX_VALUE) {
                return tokens.stream().mapToInt(tokenizer::id).toArray();
            }
            for (int i = 0; i + 1 < tokens.size(); i++) {
                if (tokenizer.id(tokens.get(i) + tokens.get(i + 1)) == best && isMerge(tokens.get(i), tokens.get(i + 1), best)) {
                    tokens.set(i, tokens.get(i) + tokens.remove(i + 1));
                    break;
                }
            }
        }
    }

    /** Merges of a trained file have the order of their ids. */
    private static boolean isMerge(String left, String right, int id) {
        return MERGES.getOrDefault(left + " " + right, -1) == id;
    }

    /** In a tokenizer that saw no text yet: buffers grow, and what was joined before is found again. */
    @Test
    void wordsOfAnyLengthComeBack() {
        for (int length = 1; length < 200; length++) {
            TextTokenizer fresh = TextTokenizer.read(dir.resolve("tokenizer.json"));
            String text = ("e" + "xyzwvq".repeat(40)).substring(0, length);
            assertThat(fresh.decode(fresh.encode(text))).isEqualTo(text);
            assertThat(fresh.encode(text)).isEqualTo(fresh.encode(text));
        }
    }

    @Test
    void aMegabyteOfOneLetterTakesNoTime() {
        long begun = System.nanoTime();
        int[] ids = tokenizer.encode("e".repeat(1 << 20));
        assertThat((System.nanoTime() - begun) / 1e9).as("seconds").isLessThan(20); // a quadratic join takes hours
        assertThat(tokenizer.decode(ids)).hasSize(1 << 20);
    }

    @Test
    void theLongestAddedTokenWins() {
        assertThat(tokenizer.encode("<s>more<s>x</s>")).containsExactly(3, 0, tokenizer.id("x"), 2);
        assertThat(tokenizer.encodePlain("<s>")).doesNotContain(0);
        assertThat(tokenizer.isSpecial(0)).isTrue();
        assertThat(tokenizer.isSpecial(tokenizer.id("x"))).isFalse();
    }

    @Test
    void aLoneSurrogateIsNoText() {
        for (String text : List.of("a\ud800", "\udc00b", "x\ud800\ud800\udc00")) {
            assertThatThrownBy(() -> tokenizer.encode(text)).isInstanceOf(InvalidInput.class).hasMessageContaining("lone surrogate").hasMessageNotContaining("\n");
        }
    }

    @Test
    void charactersAppearWhenTheirLastByteIsThere() {
        String text = "日本 😀 é<s>!";
        TextStream stream = tokenizer.stream(true);
        StringBuilder out = new StringBuilder();
        for (int id : tokenizer.encode(text)) {
            String more = stream.append(id);
            assertThat(more).doesNotContain("\ufffd");
            out.append(more);
        }
        assertThat(out.append(stream.finish())).hasToString(text);
        TextStream unfinished = tokenizer.stream(false);
        assertThat(unfinished.append(tokenizer.id(ByteAlphabet.write(new byte[] {(byte) 0xE6})))).isEmpty();
        assertThat(unfinished.append(0)).as("a special token that is left out").isEmpty();
        assertThat(unfinished.finish()).isEqualTo("\ufffd");
        assertThatThrownBy(() -> stream.append(tokenizer.size())).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("no token");
    }

    @Test
    void everyByteHasItsCharacter() {
        byte[] all = new byte[256];
        for (int b = 0; b < 256; b++) {
            all[b] = (byte) b;
        }
        String written = ByteAlphabet.write(all);
        assertThat(written.chars().distinct()).hasSize(256);
        assertThat(ByteAlphabet.read(written)).isEqualTo(all);
        assertThat(ByteAlphabet.character(' ')).isEqualTo('Ġ');
        assertThat(ByteAlphabet.character('\n')).isEqualTo('Ċ');
        assertThat(ByteAlphabet.read("日")).as("no letter of the alphabet").isEqualTo("日".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void severalThreadsGetTheSameIds() {
        int[] expected = tokenizer.encode(TRAINING);
        assertThat(IntStream.range(0, 64).parallel().mapToObj(i -> tokenizer.encode(TRAINING)).toList())
                .allSatisfy(ids -> assertThat(ids).isEqualTo(expected));
    }
}
