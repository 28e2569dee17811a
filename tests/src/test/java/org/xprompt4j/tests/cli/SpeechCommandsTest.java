package org.xprompt4j.tests.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tensor.file.Json;
import org.xprompt4j.xprompt.picture.PictureReader;

/** What a model with words does: instructions, pictures of words, descriptions, dialogues; and how one without refuses them. */
class SpeechCommandsTest {
    private static final String[] LIVELY = {"--temperature", "2", "--top-p", "0.98", "--repetition-penalty", "1.2"};

    @TempDir
    static Path shared; // the models and pictures that no test changes

    @TempDir
    Path dir;

    private XpCall xp;

    @BeforeAll
    static void aModelAndPictures() {
        TinyModel.writeWithWords(shared.resolve("model"), 1);
        TinyModel.write(shared.resolve("mute"), 1);
        for (String name : new String[] {"before", "after", "query"}) {
            PaintedPhotos.write(shared.resolve(name + ".png"), name.hashCode());
        }
    }

    @BeforeEach
    void call() {
        xp = new XpCall(dir);
    }

    private static String at(String name) {
        return shared.resolve(name).toString();
    }

    private String out(String name) {
        return dir.resolve(name).toString();
    }

    private static List<String> line(String command, String... more) {
        List<String> args = new ArrayList<>(List.of(command, "--model", at("model")));
        args.addAll(List.of(more));
        return args;
    }

    private XpProcess.Result run(List<String> args, String... more) {
        List<String> all = new ArrayList<>(args);
        all.addAll(List.of(more));
        return xp.run(all.toArray(String[]::new)).done();
    }

    private byte[] generated(String name, String... more) throws IOException {
        run(line("generate", more), "--out", out(name), "-q");
        assertThat(PictureReader.read(dir.resolve(name)).width()).isEqualTo(TinyModel.SIDE);
        return Files.readAllBytes(dir.resolve(name));
    }

    private String file(String text) throws IOException {
        return Files.writeString(dir.resolve("d.txt"), text).toString();
    }

    @Test
    void instructionsStandBesideAndInsteadOfExamples() throws IOException {
        String[] darker = {"--input", at("query.png"), "--instruction", "make it darker"};
        byte[] alone = generated("a.png", darker);
        assertThat(generated("b.png", "--input", at("query.png"), "--instruction", " make it darker\n")).as("blanks at the ends").isEqualTo(alone);
        assertThat(generated("c.png", "--input", at("query.png"), "--instruction", "make it brighter")).isNotEqualTo(alone);
        String[] example = {"--example", at("before.png"), at("after.png"), "--input", at("query.png"), "--instruction", "make it darker"};
        byte[] beside = generated("d.png", example);
        assertThat(beside).isNotEqualTo(alone);
        run(line("compress", "--example", at("before.png"), at("after.png"), "--instruction", "make it darker", "--out", out("same.xpc"), "-q"));
        run(line("compress", "--example", at("before.png"), at("after.png"), "--instruction", "what changed", "--out", out("other.xpc"), "-q"));
        byte[] same = generated("e.png", "--prompt", out("same.xpc"), "--input", at("query.png"), "--instruction", "make it darker");
        byte[] other = generated("f.png", "--prompt", out("other.xpc"), "--input", at("query.png"), "--instruction", "make it darker");
        assertThat(same).as("the example says what the query says").isEqualTo(beside);
        assertThat(Files.readAllBytes(Path.of(out("same.xpc")))).as("other words make another prompt").isNotEqualTo(Files.readAllBytes(Path.of(out("other.xpc"))));
        byte[] own = generated("g.png", "--example", at("before.png"), at("after.png"), "--example-instruction", "what changed", "--input", at("query.png"),
                "--instruction", "make it darker");
        assertThat(own).isEqualTo(other);
    }

    @Test
    void aPictureOfWordsAlone() throws IOException {
        byte[] dark = generated("a.png", "--text", "darker pictures", "--guidance", "3", "--image-guidance", "1.2", "--temperature", "1", "--seed", "3");
        assertThat(generated("b.png", "--text", "darker pictures", "--guidance", "3", "--image-guidance", "1.2", "--temperature", "1", "--seed", "3")).isEqualTo(dark);
        assertThat(generated("c.png", "--text", "the brighter", "--guidance", "3", "--image-guidance", "1.2", "--temperature", "1", "--seed", "3")).isNotEqualTo(dark);
        Json result = run(line("generate", "--text", "it", "--out", out("d.png"), "--json", "-q")).json();
        assertThat(result.string("context")).isEqualTo("none");
    }

    @Test
    void contradictionsAreNamed() {
        String picture = at("query.png");
        String to = out("o.png");
        xp.refuses(line("generate", "--out", to), "--input PICTURE is needed", "--text WORDS");
        for (String[] extra : new String[][] {{"--input", picture}, {"--instruction", "x"}, {"--example", picture, picture}, {"--prompt", "p.xpc"}}) {
            List<String> args = line("generate", "--text", "a cat", "--out", to);
            args.addAll(List.of(extra));
            xp.refuses(args, "--text draws from words alone", "excludes " + "--input");
        }
        xp.refuses(line("generate", "--text", "a cat", "--context", "full", "--out", to), "--context full has nothing to show");
        xp.refuses(line("generate", "--text", " ", "--out", to), "--text is empty");
        xp.refuses(line("generate", "--input", picture, "--instruction", "x".repeat(4001), "--out", to), "--instruction has 4001 characters, may have 4000");
        xp.refuses(line("generate", "--input", picture, "--instruction", "x", "--example-instruction", "y", "--out", to), "--example-instruction", "needs --example");
        xp.refuses(line("generate", "--input", picture, "--prompt", "p", "--instruction", "x", "--example-instruction", "y", "--out", to), "'xp compress --instruction'");
        xp.refuses(line("generate", "--input", picture, "--example", picture, picture, "--example-instruction", "y", "--out", to), "--instruction WORDS");
        xp.refuses(line("generate", "--input", picture, "--instruction", "x", "--context", "full", "--out", to), "a worked example is needed");
        xp.refuses(line("generate", "--input", picture, "--image-guidance", "-1", "--context", "none", "--out", to), "--image-guidance is -1.0, must be 0 (none) to 100");
        xp.refuses(line("compress", "--example", picture, picture, "--instruction", "x", "--instruction", "y", "--out", out("p.xpc")), "2 texts say what 1 examples show");
        xp.refuses(line("describe", picture, "--answer", "x"), "--example BEFORE AFTER and --answer WORDS belong together");
        xp.refuses(line("describe", picture, picture, "--example", picture, picture), "belong together");
        xp.refuses(line("describe", picture, "--example", picture, picture, "--answer", "x"), "give two pictures to compare");
        xp.refuses(line("describe", picture, "--max-tokens", "0"), "--max-tokens is 0, must be 1 to 65536");
        xp.refuses(line("describe", picture, "--top-p", "0"), "--top-p is 0.0");
        xp.refuses(line("describe", at("nowhere.png")), "nowhere.png");
    }

    @Test
    void aModelWithoutWordsRefusesThemInOneLine() throws IOException {
        String[] words = {"this model has no words", "a model trained with words is needed, see 'xp train --help'"};
        String[] model = {"--model", at("mute")};
        xp.refuses(List.of("generate", model[0], model[1], "--input", at("query.png"), "--instruction", "x", "--out", out("o.png")), words);
        xp.refuses(List.of("generate", model[0], model[1], "--text", "x", "--out", out("o.png")), words);
        xp.refuses(List.of("compress", model[0], model[1], "--example", at("before.png"), at("after.png"), "--instruction", "x", "--out", out("o.xpc")), words);
        xp.refuses(List.of("describe", model[0], model[1], at("query.png")), words);
        String dialogue = file("hello");
        xp.refuses(List.of("chat", model[0], model[1], dialogue), words);
        xp.refuses(List.of("chat", model[0], model[1], file("![](" + at("query.png") + ")"), "--mode", "image"), words);
    }

    @Test
    void descriptionsAreTheSameInWordsAndAsJson() {
        List<String> one = line("describe", at("query.png"), "--max-tokens", "20");
        Json caption = run(one, "--json", "-q").json();
        assertThat(caption.string("question")).isEqualTo("what is it?");
        assertThat(caption.integer("tokens")).isBetween(1, 20);
        XpProcess.Result plain = run(one);
        assertThat(plain.out()).isEqualTo(caption.string("text").replaceAll("[\\p{Cntrl}&&[^\\n\\t]]", "?") + "\n");
        assertThat(plain.err()).as("said where it was cut off").isEqualTo(caption.get("ended").toJava().equals(true) ? ""
                : "cut off after 20 tokens; --max-tokens N draws more\n");
        List<String> two = line("describe", at("before.png"), at("after.png"), "--max-tokens", "20", "--json", "-q");
        String difference = run(two).json().string("text");
        assertThat(run(two, "--question", "what is it?").json().string("text")).isNotEqualTo(difference);
        String[] worked = {"--example", at("after.png"), at("query.png"), "--answer", "make it darker"};
        String taught = run(two, worked).json().string("text");
        assertThat(taught).isNotEqualTo(difference);
        List<String> full = new ArrayList<>(two);
        full.addAll(List.of(worked));
        assertThat(run(full, "--context", "full").json().string("text")).isNotEqualTo(taught);
        List<String> drawn = new ArrayList<>(one);
        drawn.addAll(List.of(LIVELY));
        String first = run(drawn, "--seed", "1", "--json").json().string("text");
        assertThat(run(drawn, "--seed", "1", "--json").json().string("text")).isEqualTo(first);
        assertThat(run(drawn, "--seed", "2", "--json").json().string("text")).isNotEqualTo(first);
    }

    @Test
    void aDialogueIsAnsweredWithWordsAndPictures() throws IOException {
        Files.copy(shared.resolve("query.png"), dir.resolve("q.png"));
        String dialogue = file("![the query](q.png)\r\nwhat changed?\r\n---\nit is darker\n\n---\n\n<image: q.png>\n\\---\nmake it brighter\n");
        List<String> chat = line("chat", dialogue, "--out-dir", out("pictures"), "--max-tokens", "80", "-q");
        chat.addAll(List.of(LIVELY));
        for (int seed = 0; seed < 10; seed++) {
            List<Json> parts = run(chat, "--json", "--seed", "" + seed).json().get("parts").elements();
            List<Path> files = parts.stream().filter(part -> part.has("picture")).map(part -> Path.of(part.string("picture"))).toList();
            if (files.isEmpty()) {
                continue;
            }
            List<String> spoken = run(chat, "--seed", "" + seed).out().lines().toList();
            for (int i = 0; i < files.size(); i++) {
                Path again = dir.resolve("pictures/d-answer-" + (files.size() + 1 + i) + ".png"); // those of the first run stay
                assertThat(files.get(i)).isEqualTo(dir.resolve("pictures/d-answer-" + (1 + i) + ".png")).hasSameBinaryContentAs(again);
                assertThat(PictureReader.read(again).width()).isEqualTo(TinyModel.SIDE);
                assertThat(spoken).contains("![](" + again + ")");
            }
            return;
        }
        throw new AssertionError("no picture in ten answers");
    }

    @Test
    void modesLimitTheAnswerAndStandardInputIsRead() throws IOException {
        List<String> text = line("chat", file("make it darker"), "--mode", "text", "--max-tokens", "60", "--json", "-q");
        text.addAll(List.of(LIVELY));
        assertThat(run(text).json().get("parts").elements()).allMatch(part -> part.has("text"));
        InputStream before = System.in;
        try {
            System.setIn(new ByteArrayInputStream("make it darker\n".getBytes(StandardCharsets.UTF_8)));
            Json picture = run(line("chat", "-", "--mode", "image", "--out-dir", out("p"), "--json", "-q")).json();
            assertThat(picture.get("parts").elements()).hasSize(1);
            assertThat(picture.get("parts").elements().getFirst().string("picture")).isEqualTo(dir.resolve("p/chat-answer-1.png").toString());
            assertThat(picture.integer("tokens")).isEqualTo(18);
            byte[] drawn = Files.readAllBytes(dir.resolve("p/chat-answer-1.png"));
            assertThat(drawn).as("the picture of xp generate").isEqualTo(generated("g.png", "--text", "make it darker"));
            run(line("chat", file("make it darker\n![](" + at("query.png") + ")"), "--mode", "image", "--out-dir", out("p"), "-q"));
            assertThat(Files.readAllBytes(dir.resolve("p/d-answer-1.png"))).as("words before the picture, as everywhere")
                    .isEqualTo(generated("h.png", "--input", at("query.png"), "--instruction", "make it darker"));
            System.setIn(new ByteArrayInputStream("\uFEFFmake it darker".getBytes(StandardCharsets.UTF_8)));
            assertThat(run(line("chat", "-", "--mode", "image", "--out-dir", out("p"))).out()).isEqualTo("![](" + dir.resolve("p/chat-answer-2.png") + ")\n");
            assertThat(Files.readAllBytes(dir.resolve("p/chat-answer-2.png"))).as("the same seed").isEqualTo(drawn);
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void brokenDialoguesAreNamedByFileAndLine() throws IOException {
        Files.copy(shared.resolve("query.png"), dir.resolve("q.png"));
        Files.writeString(dir.resolve("broken.png"), "no picture");
        String name = dir.resolve("d.txt").toString();
        record Case(String text, String... words) {
        }
        for (Case one : List.of(
                new Case("", "line 1 is empty"),
                new Case("a\n---\n\n---\nb", "line 4 is empty", "remove a '---'"),
                new Case("a\n---\nb\n---\n", "line 5 is empty"),
                new Case("a\n---\nb", "has 2 turns", "must be odd"),
                new Case("look:\n![](none.png)\n", "line 2: none.png: no such picture"),
                new Case("![]()", "line 1 names no picture"),
                new Case("a\n<image: broken.png>", "line 2: ", "broken.png"),
                new Case("darker ".repeat(2000) + "xyz ".repeat(2000), "of the model's 4,096 positions", "shorten the prompt"),
                new Case("![](q.png)\n".repeat(300), "shows 300 pictures of 18 tokens each", "4,096"),
                new Case("x".repeat((1 << 20) + 1), "more than 1 MB"))) {
            List<String> words = new ArrayList<>(List.of(one.words()));
            if (!one.words()[0].startsWith("of the model")) {
                words.add(name + ": ");
            }
            xp.refuses(line("chat", file(one.text())), words.toArray(String[]::new));
        }
        byte[] latin = "good\nna\u00EFve".getBytes(StandardCharsets.ISO_8859_1);
        Files.write(dir.resolve("d.txt"), latin);
        xp.refuses(line("chat", name), name + ": line 2 is no UTF-8 (byte 7, 0xEF)", "save the file as UTF-8");
        Files.write(dir.resolve("d.txt"), new byte[] {'a', (byte) 0xED, (byte) 0xA0, (byte) 0x80}); // a lone surrogate in the manner of UTF-8
        xp.refuses(line("chat", name), "line 1 is no UTF-8");
        xp.refuses(line("chat", out("nowhere.txt")), "nowhere.txt: no such file");
        xp.refuses(line("chat", file("hello"), "--picture-temperature", "-1"), "--picture-temperature is -1.0");
        xp.refuses(line("chat", file("hello"), "--out-dir", out("q.png")), "q.png: cannot be written");
    }
}
