package org.xprompt4j.tests.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tensor.file.Json;
import org.xprompt4j.xprompt.picture.PictureReader;

/** {@code xp eval --words}: what it writes, prints and refuses, with a model of random weights. */
class WordsEvaluationCommandTest {
    private static final String SPRITES = Path.of("../xprompt/sprites").toAbsolutePath().normalize().toString();

    @TempDir
    static Path shared; // models and photographs, which no test changes

    @TempDir
    Path dir;

    private XpCall xp;

    @BeforeAll
    static void modelsAndPhotographs() throws IOException {
        TinyModel.write(shared.resolve("mute"), 1);
        TinyModel.writeWithWords(shared.resolve("model"), 1);
        PaintedPhotos.folder(shared.resolve("photos"));
    }

    @BeforeEach
    void call() {
        xp = new XpCall(dir);
    }

    private List<String> eval(String model, String... more) {
        List<String> args = new ArrayList<>(List.of("eval", "--model", shared.resolve(model).toString(), "--photos", shared.resolve("photos").toString(),
                "--out", dir.resolve("e").toString()));
        args.addAll(List.of(more));
        return args;
    }

    private XpProcess.Result words(String... more) {
        List<String> args = eval("model", "--words", "--sprites", SPRITES, "--embedder", "words", "--queries", "1", "--pool", "20", "--scenes", "1");
        args.addAll(List.of(more));
        return xp.run(args.toArray(String[]::new)).done();
    }

    @Test
    void tablesFiguresAndPicturesAreWritten() {
        XpProcess.Result result = words("--json", "-q");
        assertThat(result.err()).isEmpty();
        Json written = Json.read(dir.resolve("e/report.json"));
        assertThat(result.json().toJava()).isEqualTo(written.toJava());
        assertThat(written.get("settings").integer("pool")).isEqualTo(20);
        for (String sheet : List.of("editing", "descriptions", "scenes", "captions")) {
            assertThat(PictureReader.read(dir.resolve("e/" + sheet + ".png")).height()).as(sheet).isGreaterThan(600);
        }
        XpProcess.Result told = words();
        assertThat(told.err()).contains("editing", "describing", "drawing scenes");
        List<String> lines = told.out().lines().toList();
        assertThat(lines.getFirst()).isEqualTo("| edits, PSNR, dB | copy of the input | text alone | retrieved example alone | retrieved example and text | "
                + "random example and text | ceiling (tokenizer) | example of the right task |");
        assertThat(lines.get(1)).isEqualTo("| --- | --- | --- | --- | --- | --- | --- | --- |");
        assertThat(told.out()).contains("| **trained tone tasks** (2) |", "| **sprite edits** (6) |", "| **novel tasks** (", "VQGAN-dir", "VQGAN-sim", "edit PSNR",
                "| all tasks (", "| two colours |", "| whole |", "report.json").doesNotContain("CLIP", "null", "NaN");
        lines.stream().filter(line -> line.startsWith("|")).forEach(line -> assertThat(line).as("every row of a table ends").endsWith("|"));
    }

    @Test
    void whatDoesNotGoTogetherIsRefused() {
        xp.refuses(eval("mute", "--words", "--sprites", SPRITES, "--embedder", "words"), "--words", "tokenizer.json", "--model");
        for (String option : List.of("--pool", "--queries", "--scenes", "--embedder", "--sprites")) {
            xp.refuses(eval("model", option, "7"), option, "--words");
        }
        xp.refuses(eval("model", "--words", "--suite", "s.json"), "--suite", "--words");
        xp.refuses(eval("model", "--words", "--pool", "1"), "--pool", "2");
        xp.refuses(eval("model", "--words", "--queries", "0"), "--queries");
        xp.refuses(eval("model", "--words", "--scenes", "-1"), "--scenes");
        xp.refuses(eval("model", "--words", "--sprites", dir.toString()), "sprites", "xp data sprites");
        xp.refuses(eval("model", "--words", "--sprites", SPRITES, "--embedder", "clap"), "clap", "minilm");
    }
}
