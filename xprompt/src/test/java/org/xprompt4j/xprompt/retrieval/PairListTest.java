package org.xprompt4j.xprompt.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xprompt4j.tensor.InvalidInput;

class PairListTest {
    @TempDir
    Path dir;

    @BeforeEach
    void pictures() throws IOException {
        for (String name : List.of("a.png", "b.png", "sub/c.png")) {
            put(name, "not looked into");
        }
    }

    private void put(String name, String text) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static String line(String id, String before, String after, String instruction) {
        return "{" + (id == null ? "" : "\"id\": \"" + id + "\", ") + "\"before\": \"" + before + "\", \"after\": \"" + after + "\", \"instruction\": \"" + instruction + "\"}";
    }

    private void refused(String... words) {
        assertThatThrownBy(() -> PairList.read(dir)).isInstanceOf(InvalidInput.class).message().startsWith(dir.toString()).contains(words).hasLineCount(1);
    }

    @Test
    void linesBecomePairs() throws IOException {
        put("pairs.jsonl", line("first", "a.png", "sub/c.png", "  make\\tit \\n night ") + "\r\n\n" + line(null, dir.resolve("b.png").toString(), "a.png", "ünd 😀")
                + "\n" + line(null, dir.resolve("b.png").toString(), "a.png", "ünd 😀"));
        PairList list = PairList.read(dir);
        assertThat(list.repeats()).isEqualTo(1);
        assertThat(list.pairs()).hasSize(2);
        assertThat(list.pairs().get(0)).isEqualTo(new EditPair("first", dir.resolve("a.png"), dir.resolve("sub/c.png"), "make it night"));
        assertThat(list.pairs().get(1).id()).matches("pair-[0-9a-f]{24}");
        assertThat(list.pairs().get(1).instruction()).isEqualTo("ünd 😀");
        assertThat(list.pairs().get(1).before()).isEqualTo(dir.resolve("b.png"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{|line 2: ",
        "[]|line 2: the document must be an object with before, after and instruction",
        "{\"before\": \"a.png\", \"after\": \"b.png\"}|line 2: instruction",
        "{\"before\": 7, \"after\": \"b.png\", \"instruction\": \"x\"}|line 2: before must be a string",
        "{\"before\": \"a.png\", \"after\": \"\", \"instruction\": \"x\"}|line 2: after must be the path of a picture",
        "{\"before\": \"a.png\", \"after\": \"none.png\", \"instruction\": \"x\"}|line 2: after names",
        "{\"before\": \"sub\", \"after\": \"b.png\", \"instruction\": \"x\"}|sub, which is not a file",
        "{\"before\": \"a\\u0000.png\", \"after\": \"b.png\", \"instruction\": \"x\"}|line 2: before is no path",
        "{\"before\": \"a.png\", \"after\": \"b.png\", \"instruction\": \" \"}|line 2: instruction must be words",
        "{\"before\": \"a.png\", \"after\": \"b.png\", \"instruction\": \"a\\u001b[31m\"}|line 2: instruction must be words",
        "{\"before\": \"a.png\", \"after\": \"b.png\", \"instruction\": \"\\ud83d\"}|line 2: ",
        "{\"before\": \"a.png\", \"after\": \"b.png\", \"instruction\": \"x\", \"note\": 1}|line 2: note is not known; known are id, before, after and instruction",
        "{\"before\": \"a.png\", \"before\": \"b.png\"}|line 2: ",
        "{\"id\": \"../x\", \"before\": \"a.png\", \"after\": \"b.png\", \"instruction\": \"x\"}|line 2: id must be 1 to 128 letters",
        "{\"id\": \"one\", \"before\": \"a.png\", \"after\": \"b.png\", \"instruction\": \"y\"}|line 2: id is that of line 1 too",
    })
    void linesThatAreWrong(String second, String words) throws IOException {
        put("pairs.jsonl", line("one", "a.png", "b.png", "x") + "\n" + second + "\n");
        refused("pairs.jsonl", words);
    }

    @Test
    void limitsAndOtherBytes() throws IOException {
        put("pairs.jsonl", "\n\n");
        refused("pairs.jsonl: holds no pair");
        put("pairs.jsonl", line(null, "a.png", "b.png", "x".repeat(2001)));
        refused("line 1: instruction must be words, at most 2000 characters");
        put("pairs.jsonl", "\n" + " ".repeat((1 << 16) + 1));
        refused("line 2: is longer than 65536 bytes");
        Files.write(dir.resolve("pairs.jsonl"), new byte[] {'{', (byte) 0xFF, '}'});
        refused("line 1: ");
        Files.delete(dir.resolve("pairs.jsonl"));
        Files.createDirectory(dir.resolve("pairs.jsonl"));
        refused("pairs.jsonl: is not a file");
    }

    @Test
    void filesBecomePairs() throws IOException {
        refused("holds no pairs, neither pairs.jsonl nor NAME-before.png, NAME-after.png and NAME.txt");
        for (String name : List.of("day-before.png", "day-after.JPG", "sub/un été-before.webp", "sub/un été-after.png", "readme.txt")) {
            put(name, "x");
        }
        put("day.txt", "make it night\n");
        put("sub/un été.txt", "make\nit winter");
        List<EditPair> pairs = PairList.read(dir).pairs();
        assertThat(pairs).hasSize(2);
        assertThat(pairs.get(0)).isEqualTo(new EditPair("day", dir.resolve("day-before.png"), dir.resolve("day-after.JPG"), "make it night"));
        assertThat(pairs.get(1).id()).matches("pair-[0-9a-f]{24}");
        assertThat(pairs.get(1).instruction()).isEqualTo("make it winter");
        put("sub.x-before.png", "x");
        refused("sub.x-before.png: has no sub.x-after picture beside it");
        put("sub.x-after.png", "x");
        refused("sub.x.txt: is missing");
        put("sub.x.txt", "x");
        put("sub/x-before.png", "x");
        put("sub/x-after.png", "x");
        put("sub/x.txt", "x");
        refused("would be called sub.x as");
        Files.delete(dir.resolve("sub/x-after.png"));
        Files.delete(dir.resolve("sub/x-before.png"));
        put("day-after.png", "x");
        refused("day-after", "stands beside day-after");
        Files.delete(dir.resolve("day-after.png"));
        Files.write(dir.resolve("day.txt"), "\u00e9".getBytes(StandardCharsets.ISO_8859_1));
        refused("day.txt: is no text in UTF-8");
        put("day.txt", " ");
        refused("day.txt: must hold words");
        put("day.txt", "x".repeat(20_000));
        refused("day.txt: is longer");
    }

    @Test
    void foldersThatAreNone() {
        assertThatThrownBy(() -> PairList.read(dir.resolve("none"))).isInstanceOf(InvalidInput.class).hasMessageContaining("none: no such folder");
        assertThatThrownBy(() -> PairList.read(dir.resolve("a.png"))).isInstanceOf(InvalidInput.class).hasMessageContaining("a.png: is not a folder");
    }
}
