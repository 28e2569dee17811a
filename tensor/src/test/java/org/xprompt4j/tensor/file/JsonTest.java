package org.xprompt4j.tensor.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.Philox;

class JsonTest {
    private static Json parse(String text) {
        return Json.parse(text.getBytes(StandardCharsets.UTF_8), "config.json");
    }

    @Test
    void readsEveryKindOfValue() {
        Json json = parse(" {\"a\": [1, -2.5e3, 0, true, false, null], \"b\": {\"c\": \"x\\n\\u00e9\\ud83d\\ude00/\\/\"}, \"\": 9007199254740993} ");
        assertThat(json.get("a").elements()).hasSize(6);
        assertThat(json.get("a").elements().get(1).asDouble()).isEqualTo(-2500);
        assertThat(json.get("a").elements().get(3).asBoolean()).isTrue();
        assertThat(json.get("a").elements().get(5).isNull()).isTrue();
        assertThat(json.get("b").string("c")).isEqualTo("x\n\u00e9\ud83d\ude00//");
        assertThat(json.get("").asLong()).isEqualTo(9007199254740993L);
        assertThat(json.fields()).containsExactly("a", "b", "");
    }

    @Test
    void namesFileAndFieldInEveryComplaint() {
        Json json = parse("{\"hidden_size\": \"x\", \"vq\": {\"mult\": [1, 2.5]}, \"n\": -3, \"big\": 1e999, \"long\": 99999999999999999999}");
        assertThatThrownBy(() -> json.positiveInt("hidden_size")).isInstanceOf(InvalidInput.class)
                .hasMessage("config.json: hidden_size must be a positive integer, is \"x\"");
        assertThatThrownBy(() -> json.positiveInt("n")).hasMessage("config.json: n must be a positive integer, is -3");
        assertThatThrownBy(() -> json.get("vq").ints("mult")).hasMessage("config.json: vq.mult[1] must be an integer, is 2.5");
        assertThatThrownBy(() -> json.get("vq").flag("none")).hasMessage("config.json: vq.none is missing");
        assertThatThrownBy(() -> json.number("big")).hasMessage("config.json: big must be a finite number, is 1e999");
        assertThatThrownBy(() -> json.get("long").asLong()).isInstanceOf(InvalidInput.class).hasMessageContaining("config.json: long must be an integer");
        assertThatThrownBy(() -> json.get("vq").asString()).hasMessage("config.json: vq must be a string, is an object");
        assertThat(json.positiveInt("absent", 7)).isEqualTo(7);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{\"a\":1,\"a\":2}|line 1, column 8 (byte 7): field \"a\" appears twice",
        "{\"a\":1,\"\\u0061\":2}|appears twice",
        "{\"a\":1,}|column 8 (byte 7): expected a field name in quotes, found '}'",
        "[1,]|expected a value, found ']'",
        "[1 2]|expected ',' or ']', found '2'",
        "{\"a\" 1}|expected ':' after field \"a\", found '1'",
        "{a:1}|expected a field name",
        "[01]|may not start with 0",
        "[-]|expected a digit",
        "[1.]|expected a digit",
        "[.5]|expected a value",
        "[1e]|expected a digit",
        "[+1]|expected a value",
        "[NaN]|expected a value, found 'N'",
        "[nul]|expected a value",
        "[Infinity]|expected a value",
        "{} x|nothing may follow the document, found 'x'",
        "[1] // c|nothing may follow",
        "[\"abc|string that starts here has no end",
        "[\"\\x\"]|unknown escape",
        "[\"\\u12g4\"]|four hexadecimal digits",
        "[\"\\ud800\"]|high surrogate without its low one",
        "[\"\\udc00\"]|lone low surrogate",
        "[|expected a value, found the end of the document",
        "%|expected a value, found '%'",
    })
    void refusesWhatIsNotJson(String text, String message) {
        assertThatThrownBy(() -> parse(text)).isInstanceOf(InvalidInput.class).hasMessageStartingWith("config.json: line ").hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n"})
    void refusesAnEmptyDocument(String text) {
        assertThatThrownBy(() -> parse(text)).isInstanceOf(InvalidInput.class).hasMessageContaining("the end of the document");
    }

    @Test
    void saysLineAndColumn() {
        assertThatThrownBy(() -> parse("{\n  \"a\": 1,\n  \"b\": ?\n}")).hasMessage("config.json: line 3, column 8 (byte 19): expected a value, found '?'");
    }

    @Test
    void refusesControlCharactersAndBrokenUtf8() {
        assertThatThrownBy(() -> parse("[\"a\tb\"]")).hasMessageContaining("control character 0x9");
        for (byte[] bad : new byte[][] {{'"', (byte) 0xff, '"'}, {'"', (byte) 0xc3, '"'}, {'"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"'},
                {'"', (byte) 0xc0, (byte) 0x80, '"'}}) {
            assertThatThrownBy(() -> Json.parse(bad, "f")).isInstanceOf(InvalidInput.class).hasMessageContaining("not UTF-8");
        }
        assertThatThrownBy(() -> Json.parse(new byte[] {(byte) 0xef, (byte) 0xbb, (byte) 0xbf, '1'}, "f")).hasMessageContaining("byte order mark");
    }

    @Test
    void boundsDepthAndLengths() {
        assertThat(parse("[".repeat(64) + "]".repeat(64)).isArray()).isTrue();
        assertThatThrownBy(() -> parse("[".repeat(65) + "]".repeat(65))).hasMessageContaining("deeper than 64");
        assertThatThrownBy(() -> parse("[".repeat(5_000_000))).hasMessageContaining("deeper than 64");
        assertThatThrownBy(() -> parse("[" + "1".repeat(401) + "]")).hasMessageContaining("a number of 401 characters");
        assertThatThrownBy(() -> parse("[" + "0,".repeat(Json.MAX_VALUES) + "0]")).hasMessageContaining("more than 4000000 values");
    }

    @Test
    void readsFilesAndNamesMissingOnes(@TempDir Path dir) throws Exception {
        Path file = dir.resolve("c.json");
        Files.writeString(file, "{\"a\": [");
        assertThatThrownBy(() -> Json.read(file)).isInstanceOf(InvalidInput.class).hasMessageStartingWith(file + ": line 1");
        assertThatThrownBy(() -> Json.read(dir.resolve("none"))).isInstanceOf(InvalidInput.class).hasMessage(dir.resolve("none") + ": no such file");
        assertThatThrownBy(() -> Json.read(dir)).isInstanceOf(InvalidInput.class);
    }

    @Test
    void whatIsWrittenIsReadBack() {
        long seed = 20261123;
        for (int round = 0; round < 300; round++) {
            Object value = randomValue(new Philox(seed, round), 4);
            for (String text : List.of(JsonWriter.compact(value), JsonWriter.pretty(value))) {
                assertThat(parse(text).toJava()).as("seed %d round %d: %s", seed, round, text).isEqualTo(value);
            }
        }
    }

    @Test
    void randomBytesGiveAValueOrInvalidInput() {
        long seed = 7;
        String alphabet = "{}[]\",:\\ud800 eE+-.0123 truefalsn\n\u00e9";
        for (int round = 0; round < 20_000; round++) {
            Philox random = new Philox(seed, round);
            StringBuilder text = new StringBuilder(round % 2 == 0 ? "" : "{\"a\":[1,{\"b\":\"\\u0041\"}]}");
            for (int i = 0; i < 8; i++) {
                text.insert(random.nextInt(text.length() + 1), alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                Object value = parse(text.toString()).toJava();
                assertThat(parse(JsonWriter.compact(value)).toJava()).as("seed %d round %d", seed, round).isEqualTo(value);
            } catch (InvalidInput expected) {
                assertThat(expected).hasMessageStartingWith("config.json: ");
            }
        }
    }

    private static Object randomValue(Philox random, int depth) {
        int kind = random.nextInt(depth == 0 ? 5 : 7);
        return switch (kind) {
            case 0 -> null;
            case 1 -> random.nextInt(2) == 0;
            case 2 -> (long) random.nextInt();
            case 3 -> (double) random.nextGaussian() * 1e-7;
            case 4 -> randomString(random);
            case 5 -> {
                List<Object> list = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    list.add(randomValue(random, depth - 1));
                }
                yield list;
            }
            default -> {
                Map<String, Object> map = new LinkedHashMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    map.put(randomString(random), randomValue(random, depth - 1));
                }
                yield map;
            }
        };
    }

    private static String randomString(Philox random) {
        StringBuilder out = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            int code = random.nextInt(random.nextInt(2) == 0 ? 0x80 : 0x11000);
            out.appendCodePoint(code >= 0xd800 && code < 0xe000 ? 0xe000 : code);
        }
        return out.toString();
    }
}
