package org.xprompt4j.tests.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tensor.file.Json;
import org.xprompt4j.xprompt.picture.PictureReader;

/** {@code xp index}, {@code retrieve} and {@code edit}: what they find, keep and refuse, with a model of random weights. */
class RetrievalCommandsTest {
    private static final int SECONDS = 300; // as XpProcess: a machine with other work starts slowly

    @TempDir
    static Path shared; // the models, photographs and an index that no test changes

    @TempDir
    Path dir;

    private XpCall xp;

    @BeforeAll
    static void modelsAndAnIndex() throws IOException {
        TinyModel.write(shared.resolve("model"), 1);
        TinyModel.write(shared.resolve("other"), 2);
        PaintedPhotos.folder(shared.resolve("photos"));
        new XpCall(shared).run("index", "--synthetic", "80", "--photos", shared.resolve("photos").toString(), "--sprites", "../xprompt/sprites", "--size", "16", "--embedder", "words",
                "--out", shared.resolve("made").toString(), "-q").done();
    }

    @BeforeEach
    void three() throws IOException {
        xp = new XpCall(dir);
        for (int i = 0; i < 6; i++) {
            PaintedPhotos.write(dir.resolve(i + ".png"), i);
        }
        list(line("night", 0, 1, "make it night"), line("sepia", 2, 3, "give it the brown of an old photo"), line("frame", 4, 5, "put a white frame around it"));
    }

    private static String line(String id, int before, int after, String instruction) {
        return "{\"id\": \"" + id + "\", \"before\": \"" + before + ".png\", \"after\": \"" + after + ".png\", \"instruction\": \"" + instruction + "\"}";
    }

    private void list(String... lines) throws IOException {
        Files.writeString(dir.resolve("pairs.jsonl"), String.join("\n", lines) + "\n");
    }

    private String at(String name) {
        return dir.resolve(name).toString();
    }

    private Json index(String... more) {
        List<String> args = new ArrayList<>(List.of("index", dir.toString(), "--embedder", "words", "--out", at("x"), "--json", "-q"));
        args.addAll(List.of(more));
        XpProcess.Result result = xp.run(args.toArray(String[]::new)).done();
        assertThat(result.err()).isEmpty();
        return result.json();
    }

    /** A good call of {@code xp edit} with more options. */
    private List<String> edit(String picture, String words, String... more) {
        List<String> args = new ArrayList<>(List.of("edit", at(picture), words, "--index", at("x"), "--model", shared.resolve("model").toString(), "--out", at("o.png")));
        args.addAll(List.of(more));
        return args;
    }

    private XpProcess.Result run(List<String> args) {
        return xp.run(args.toArray(String[]::new)).done();
    }

    private void counts(Json result, int pairs, int added, int changed, int kept, int removed) {
        assertThat(List.of(result.integer("pairs"), result.integer("added"), result.integer("changed"), result.integer("kept"), result.integer("removed")))
                .containsExactly(pairs, added, changed, kept, removed);
    }

    @Test
    void anIndexFollowsItsList() throws IOException {
        counts(index(), 3, 3, 0, 0, 0);
        counts(index(), 3, 0, 0, 3, 0);
        list(line("night", 0, 1, "make it night"), line("sepia", 2, 3, "age it"));
        counts(index(), 2, 0, 1, 1, 1);
        Json found = xp.run("retrieve", "age it", "--index", at("x"), "--json", "--k", "9").done().json();
        assertThat(found.integer("pairs")).isEqualTo(2);
        assertThat(found.get("hits").elements().stream().map(hit -> hit.string("id"))).containsExactly("sepia", "night");
    }

    @Test
    void theProgramItselfSpeaksAsItShould() {
        XpProcess.Result made = XpProcess.in(dir, "index", ".", "--embedder", "words", "--out", "x", "-q").done();
        assertThat(made.err()).isEmpty(); // no library greets either
        assertThat(made.out()).isEqualTo("3 pairs: 3 new, 0 changed, 0 as they were; 0 taken out\nx\n");
        XpProcess.Result found = XpProcess.in(dir, "retrieve", "night, please", "--index", "x", "--k", "2", "--out", "s.png").done();
        assertThat(found.err()).isEmpty();
        assertThat(found.out()).startsWith("  1  cosine  0.").contains("  night  make it night\n").endsWith("s.png\n");
        assertThat(PictureReader.read(dir.resolve("s.png")).height()).isGreaterThan(300);
        XpProcess.Result edited = XpProcess.in(dir, "edit", "4.png", "make it night", "--index", "x", "--model", shared.resolve("model").toString(), "--out", "o.png").done();
        assertThat(edited.out()).isEqualTo("o.png\n");
        assertThat(edited.err().lines().filter(line -> !line.startsWith("drawing"))).containsExactly("example 1: night, \"make it night\", cosine 1.000",
                "the model has no words: the example's pictures alone say what to do");
    }

    @Test
    void anEditIsWhatItsExampleGenerates() throws IOException {
        index();
        Json edited = run(edit("4.png", "make it night", "--json", "-q", "--seed", "3", "--temperature", "1")).json();
        assertThat(edited.get("example").string("id")).isEqualTo("night");
        assertThat(edited.get("example").string("instruction")).isEqualTo("make it night");
        assertThat(edited.get("example").number("cosine")).isBetween(0.999, 1.0);
        assertThat(edited.flag("words")).isFalse();
        assertThat(edited.flag("prompt_kept")).isFalse();
        xp.run("generate", "--model", shared.resolve("model").toString(), "--example", at("0.png"), at("1.png"), "--input", at("4.png"), "--seed", "3",
                "--temperature", "1", "--out", at("g.png"), "-q").done();
        assertThat(dir.resolve("o.png")).hasSameBinaryContentAs(dir.resolve("g.png"));
        assertThat(run(edit("4.png", "make it night", "--json", "-q")).json().flag("prompt_kept")).isTrue();
        Json second = run(edit("4.png", "make it night", "--json", "-q", "--example-rank", "2", "--samples", "2")).json();
        assertThat(second.get("example").integer("rank")).isEqualTo(2);
        assertThat(second.get("example").string("id")).isEqualTo("sepia"); // frame shows picture 4
        assertThat(second.get("out").asStrings()).containsExactly(at("o-1.png"), at("o-2.png"));
    }

    @Test
    void thePictureItselfIsNeverTheExample() {
        index();
        for (String own : List.of("0.png", "1.png")) {
            Json edited = run(edit(own, "make it night", "--json", "-q")).json();
            assertThat(edited.get("example").string("id")).isNotEqualTo("night");
        }
        xp.refuses(edit("0.png", "make it night", "--example-rank", "3"), "--example-rank is 3", "has 2 pairs that do not show");
    }

    @Test
    void aKeptPromptIsUsedOnlyWhereItFits() throws IOException {
        index();
        Path prompt = Path.of(run(edit("4.png", "make it night", "--json", "-q")).json().string("prompt"));
        byte[] good = Files.readAllBytes(prompt);
        byte[] answer = Files.readAllBytes(dir.resolve("o.png"));
        for (int at : new int[] {0, good.length / 2, good.length - 1}) {
            byte[] bad = good.clone();
            bad[at] ^= 0x55;
            Files.write(prompt, bad);
            againAsGood(prompt, good, answer, prompt.toString());
        }
        Files.write(prompt, Arrays.copyOf(good, good.length / 2));
        againAsGood(prompt, good, answer, prompt.toString());
        Path other = Path.of(run(edit("5.png", "old brown photo", "--json", "-q")).json().string("prompt"));
        assertThat(other).isNotEqualTo(prompt);
        Files.copy(other, prompt, StandardCopyOption.REPLACE_EXISTING);
        againAsGood(prompt, good, answer, "is of other pictures or words");

        List<String> byAnother = edit("4.png", "make it night", "--json", "-q");
        byAnother.set(byAnother.indexOf("--model") + 1, shared.resolve("other").toString());
        Json foreign = run(byAnother).json();
        Path theirs = Path.of(foreign.string("prompt"));
        assertThat(theirs.getFileName()).isEqualTo(prompt.getFileName());
        assertThat(theirs).isNotEqualTo(prompt);
        Files.copy(theirs, prompt, StandardCopyOption.REPLACE_EXISTING);
        againAsGood(prompt, good, answer, "fingerprint");
    }

    private void againAsGood(Path prompt, byte[] good, byte[] answer, String said) throws IOException {
        XpProcess.Result result = run(edit("4.png", "make it night"));
        assertThat(result.err().lines().filter(line -> line.contains(said))).as(result.err()).hasSize(1);
        assertThat(Files.readAllBytes(prompt)).isEqualTo(good);
        assertThat(Files.readAllBytes(dir.resolve("o.png"))).isEqualTo(answer);
    }

    @Test
    void builtInTasksMakeAnIndex() throws IOException {
        Path pairs = shared.resolve("made/pairs");
        String night = Files.readAllLines(pairs.resolve("pairs.jsonl")).stream().filter(line -> line.contains("\"night-0\"")).findFirst().orElseThrow();
        String instruction = Json.parse(night.getBytes(StandardCharsets.UTF_8), "night").string("instruction");
        Json found = xp.run("retrieve", instruction, "--index", shared.resolve("made").toString(), "--k", "1", "--json").done().json();
        assertThat(found.integer("pairs")).isEqualTo(80);
        assertThat(found.get("hits").elements().getFirst().string("id")).startsWith("night-");
        assertThat(pairs.resolve("night-0-before.png")).exists();
    }

    @Test
    void killedItGoesOn() throws IOException, InterruptedException {
        int count = 60_000;
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lines.add(line("p" + i, 0, 1, "edit number " + i));
        }
        list(lines.toArray(String[]::new));
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx1g", "--add-modules", "jdk.incubator.vector",
                "-cp", System.getProperty("java.class.path"), "org.xprompt4j.xprompt.cli.Main", "index", ".", "--embedder", "words", "--out", "x", "-q")
                .directory(dir.toFile()).redirectErrorStream(true).redirectOutput(dir.resolve("said").toFile()).start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!committed()) {
            assertThat(process.isAlive() && System.nanoTime() < deadline).as("working; it said: %s", Files.readString(dir.resolve("said"))).isTrue();
            Thread.sleep(2);
        }
        process.destroyForcibly().waitFor();
        xp.refuses(List.of("retrieve", "edit", "--index", at("x")), "half made", "start the same 'xp index' again");
        Json done = index();
        assertThat(done.integer("pairs")).isEqualTo(count);
        assertThat(done.integer("kept")).isBetween(8192, count - 1);
        assertThat(done.integer("added")).isEqualTo(count - done.integer("kept"));
        Json found = xp.run("retrieve", "edit number 59999", "--index", at("x"), "--k", "1", "--json").done().json();
        assertThat(found.get("hits").elements().getFirst().string("id")).isEqualTo("p59999");
    }

    private boolean committed() throws IOException {
        if (!Files.isDirectory(dir.resolve("x/lucene"))) {
            return false;
        }
        try (Stream<Path> files = Files.list(dir.resolve("x/lucene"))) {
            return files.anyMatch(file -> file.getFileName().toString().startsWith("segments_"));
        }
    }

    @Test
    void badInputsAreOneLine() throws IOException {
        index();
        xp.refuses(List.of("index", dir.toString(), "--embedder", "wrods", "--out", at("y")), "there is no embedder 'wrods'", "words");
        xp.refuses(List.of("index", "--embedder", "words", "--out", at("y")), "either DIR, a folder of pairs, or --synthetic N");
        xp.refuses(List.of("index", dir.toString(), "--synthetic", "3", "--embedder", "words", "--out", at("y")), "either DIR");
        xp.refuses(List.of("index", "--synthetic", "0", "--embedder", "words", "--out", at("y")), "--synthetic must be 1 to");
        xp.refuses(List.of("index", "--synthetic", "1", "--size", "4", "--embedder", "words", "--out", at("y")), "--size must be 8 to");
        xp.refuses(List.of("index", at("0.png"), "--embedder", "words", "--out", at("y")), "0.png: is not a folder");
        xp.refuses(List.of("index", dir.toString(), "--embedder", "words", "--out", at("0.png")), "0.png");
        xp.refuses(List.of("retrieve", "x", "--index", at("none")), "none: there is no such index", "xp index");
        xp.refuses(List.of("retrieve", "x", "--index", dir.toString()), "is no index, index.json is missing");
        xp.refuses(List.of("retrieve", " ", "--index", at("x")), "the instruction must be words");
        xp.refuses(List.of("retrieve", "x", "--index", at("x"), "--k", "0"), "--k must be 1 to 1000");
        xp.refuses(edit("4.png", "x", "--example-rank", "0"), "--example-rank must be 1 to");
        xp.refuses(edit("4.png", "x", "--example-rank", "4"), "--example-rank is 4", "has 2 pairs");
        xp.refuses(edit("4.png", "x", "--samples", "0"), "--samples must be 1 to 256");
        xp.refuses(edit("none.png", "x"), "none.png: there is no such file");
        xp.refuses(edit("pairs.jsonl", "x"), "pairs.jsonl: is not a picture");
        PaintedPhotos.write(dir.resolve("1.png"), 77);
        xp.refuses(edit("4.png", "make it night", "-q"), "1.png: is not the picture that was indexed; start the same 'xp index' again");
        Files.delete(dir.resolve("0.png"));
        xp.refuses(edit("4.png", "make it night", "-q"), "0.png: the index names this picture, but it is not there");
        list("{\"before\": \"1.png\", \"after\": \"2.png\"}");
        xp.refuses(List.of("index", dir.toString(), "--embedder", "words", "--out", at("x")), "pairs.jsonl, line 1: instruction");
        Path info = dir.resolve("x/index.json");
        Files.writeString(info, Files.readString(info).replace("\"words\"", "\"minilm\""));
        list(line("night", 2, 1, "make it night"));
        xp.refuses(List.of("index", dir.toString(), "--embedder", "words", "--out", at("x")), "index.json: embedder: the index was made by 'minilm', not by 'words'");
        Files.writeString(info, Files.readString(info).replace("\"minilm\"", "\"clip\""));
        xp.refuses(List.of("retrieve", "x", "--index", at("x")), "index.json: embedder: the index was made by 'clip'; name it with --embedder");
        xp.refuses(List.of("retrieve", "x", "--index", at("x"), "--embedder", "words"), "the index was made by 'clip', not by 'words'");
        Files.writeString(info, Files.readString(info).replace("\"clip\"", "\"words\"").replace("hashed-words-1", "hashed-words-0"));
        xp.refuses(List.of("retrieve", "x", "--index", at("x")), "index.json: fingerprint: the index was made by 'words' with other weights");
    }
}
