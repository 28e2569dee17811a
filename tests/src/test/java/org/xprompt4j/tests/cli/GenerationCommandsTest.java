package org.xprompt4j.tests.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tensor.file.Json;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.picture.PictureReader;

/** The main job in fresh processes with a model of random weights: examples, compressed prompts, samples, measurement, training. */
class GenerationCommandsTest {
    @TempDir
    static Path shared; // the model and pictures that no test changes

    @TempDir
    Path dir;

    @BeforeAll
    static void aModelAndPictures() throws IOException {
        TinyModel.write(shared.resolve("model"), 1);
        for (String name : new String[] {"before", "after", "query"}) {
            PaintedPhotos.write(shared.resolve(name + ".png"), name.hashCode());
        }
        PaintedPhotos.folder(shared.resolve("photos"));
        TinyModel.writeTokenizer(shared.resolve("tokenizer"), 1);
    }

    private static String at(String name) {
        return shared.resolve(name).toString();
    }

    private XpProcess.Result generate(String out, String... more) {
        List<String> args = new ArrayList<>(List.of("generate", "--model", at("model"), "--input", at("query.png"), "--out", out));
        args.addAll(List.of(more));
        return XpProcess.in(dir, args.toArray(String[]::new)).done();
    }

    private byte[] bytes(String file) throws IOException {
        return Files.readAllBytes(dir.resolve(file));
    }

    @Test
    void anExampleAndItsCompressedFileGiveTheSamePicture() throws IOException {
        Json made = XpProcess.in(dir, "compress", "--model", at("model"), "--example", at("before.png"), at("after.png"), "--note", "a note",
                "--out", "p.xpc", "--json", "-q").done().json();
        assertThat(made.integer("xp_tokens")).isEqualTo(3);
        assertThat(made.integer("examples")).isEqualTo(1);
        assertThat(made.string("fingerprint")).matches("[0-9a-f]{64}");
        XpProcess.Result plain = generate("example.png", "--example", at("before.png"), at("after.png"));
        assertThat(plain.out()).isEqualTo("example.png\n");
        XpProcess.Result quiet = generate("prompt.png", "--prompt", "p.xpc", "--json", "--quiet");
        assertThat(quiet.err()).isEmpty();
        assertThat(quiet.json().string("context")).isEqualTo("compressed");
        assertThat(bytes("prompt.png")).isEqualTo(bytes("example.png"));
        Picture answer = PictureReader.read(dir.resolve("prompt.png"));
        assertThat(answer.width()).isEqualTo(TinyModel.SIDE);
        Json known = XpProcess.in(dir, "info", "p.xpc", "--json").done().json();
        assertThat(known.string("kind")).isEqualTo("compressed prompt");
        assertThat(known.get("metadata").string("note")).isEqualTo("a note");
        assertThat(known.get("tensors").elements()).hasSize(4);
    }

    @Test
    void contextsDifferAndSeedsRepeat() throws IOException {
        generate("full.png", "--context", "full", "--example", at("before.png"), at("after.png"));
        generate("none.png", "--context", "none");
        assertThat(bytes("full.png")).isNotEqualTo(bytes("none.png"));
        String[] drawn = {"--example", at("before.png"), at("after.png"), "--temperature", "1", "--top-k", "20", "--top-p", "0.95", "--guidance", "1.5",
            "--samples", "2", "--seed", "7", "-q", "--json"};
        assertThat(generate("a.png", drawn).json().get("out").asStrings()).containsExactly("a-1.png", "a-2.png");
        generate("b.png", drawn);
        assertThat(bytes("b-1.png")).isEqualTo(bytes("a-1.png"));
        assertThat(bytes("b-2.png")).isEqualTo(bytes("a-2.png")).isNotEqualTo(bytes("a-1.png"));
        drawn[14] = "8";
        generate("c.png", drawn);
        assertThat(bytes("c-1.png")).isNotEqualTo(bytes("a-1.png"));
    }

    @Test
    void evaluationWritesWhatItPrints() throws IOException {
        Files.writeString(dir.resolve("suite.json"), "{\"tasks\": [\"negative\", \"haze\"], \"photos\": 3, \"seed\": 1}");
        XpProcess.Result result = XpProcess.in(dir, "eval", "--model", at("model"), "--photos", at("photos"), "--suite", "suite.json", "--out", "e",
                "--json", "--quiet").done();
        assertThat(result.err()).isEmpty();
        Json printed = result.json();
        Json written = Json.read(dir.resolve("e/report.json"));
        assertThat(printed.toJava()).isEqualTo(written.toJava());
        assertThat(printed.get("tasks").elements()).hasSize(2);
        Json haze = printed.get("tasks").elements().get(1);
        assertThat(haze.string("name")).isEqualTo("haze");
        assertThat(haze.get("novel").toJava()).isEqualTo(true);
        assertThat(haze.get("psnr").fields()).containsExactlyInAnyOrder("copy", "none", "full", "compressed", "ceiling");
        assertThat(haze.get("ci95").get("compressed").elements()).hasSize(2);
        assertThat(PictureReader.read(dir.resolve("e/sheet.png")).width()).isGreaterThan(300);
        String table = XpProcess.in(dir, "eval", "--model", at("model"), "--photos", at("photos"), "--suite", "suite.json", "--out", "t", "-q")
                .done().out();
        assertThat(table).contains("haze", "mean, trained", "mean, novel", "tokenizer on plain test photographs");
    }

    @Test
    void infoDescribesTheModel() {
        Json model = XpProcess.in(dir, "info", at("model"), "--json").done().json();
        assertThat(model.string("kind")).isEqualTo("chameleon model folder");
        assertThat(model.integer("parameters")).isGreaterThan(10_000);
        assertThat(XpProcess.in(dir, "info", at("model"), "--all").done().out()).contains("xprompt.embed.weight", "picture_size = 16");
    }

    @Test
    void aTrainingFolderGoesOnAndRefusesOthers() throws IOException {
        Path recipe = Recipes.write(dir.resolve("recipe.json"), shared.resolve("tokenizer"), shared.resolve("photos"), 6);
        XpProcess.Result first = XpProcess.in(dir, "train", "recipe.json", "--out", "run", "--seed", "5", "--stop-after", "0.0001", "--json", "--quiet").done();
        assertThat(first.err()).isEmpty();
        assertThat(first.json().get("finished").toJava()).isEqualTo(false);
        Json second = XpProcess.in(dir, "train", "recipe.json", "--out", "run", "--seed", "5", "--json", "-q").done().json();
        assertThat(second.get("finished").toJava()).isEqualTo(true);
        assertThat(second.integer("step")).isEqualTo(6);
        assertThat(dir.resolve("run/loss.png")).exists();
        assertThat(Files.readAllLines(dir.resolve("run/log.csv"))).hasSize(1 + 6 / 2);
        Json info = XpProcess.in(dir, "info", "run", "--json").done().json();
        assertThat(info.string("kind")).isEqualTo("training folder");
        XpProcess.in(dir, "generate", "--model", "run/model", "--context", "none", "--input", at("query.png"), "--out", "answer.png", "-q").done();
        XpProcess.in(dir, "train", recipe.toString(), "--out", "run").refusedWith("run: was started with another configuration");
    }
}
