package org.xprompt4j.tests.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Backends;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.vqvae.VqganCheckpoint;
import org.xprompt4j.xprompt.inference.PictureTokenizer;
import org.xprompt4j.xprompt.metric.Psnr;
import org.xprompt4j.xprompt.picture.CentreCrop;
import org.xprompt4j.xprompt.picture.Picture;
import org.xprompt4j.xprompt.picture.PictureReader;

/** {@code xp tokenize}, {@code detokenize} and {@code train-tokenizer} in fresh processes. */
class TokenizerCommandsTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden").toAbsolutePath();
    private static final Path PHOTOS = Path.of("../xprompt/photos").toAbsolutePath().normalize();
    private static final String VQGAN = GOLDEN.resolve("vqgan-tiny").toString();
    private static final String RECIPE = """
            {
              "startFrom": "", "photos": "PHOTOS", "pictureSize": 16, "batch": 2, "tasks": {"gamma": 1}, "taskShare": 0.5, "heldOut": 2,
              "every": {"check": 3, "save": 4, "saveMinutes": 5}, "bfloat16": false,
              "recipe": {
                "model": {"resolution": 16, "inChannels": 3, "outChannels": 3, "channels": 8, "multipliers": [1, 2], "resBlocks": 1,
                          "attentionResolutions": [], "latentChannels": 4, "codes": 32, "codeDim": 4, "normGroups": 2,
                          "normalizeCodes": false, "patchPath": true},
                "seed": 1, "steps": STEPS, "keepCodes": false,
                "optimiser": {"peakRate": 0.002, "floorRate": 0.0001, "warmupSteps": 2, "beta1": 0.9, "beta2": 0.99, "weightDecay": 0.01, "clip": 1},
                "loss": {"absolute": 1, "squared": 1, "scales": [1], "gradient": 0, "commitment": 1},
                "codebook": {"startPatches": 500, "startIterations": 3, "continuousSteps": 0, "decay": 0.9, "lateDecay": 0.98, "lateFrom": 0.7,
                             "replaceEvery": 2, "replaceBelow": 0.1, "replaceUntil": 0.9},
                "adversary": {"weight": 0, "startStep": 0, "channels": 32, "layers": 1, "rate": 0.001}
              }
            }
            """;

    @TempDir
    Path dir;

    private static Path photo() throws IOException {
        try (Stream<Path> files = Files.list(PHOTOS)) {
            return files.filter(f -> f.toString().endsWith(".jpg")).sorted().findFirst().orElseThrow();
        }
    }

    private String recipe(String name, int steps) throws IOException {
        Files.writeString(dir.resolve(name), RECIPE.replace("PHOTOS", PHOTOS.toString()).replace("STEPS", Integer.toString(steps)));
        return name;
    }

    @Test
    void picturesGoToCodesAndBackAsTheModelSays() throws IOException {
        Path photo = photo();
        String printed = XpProcess.in(dir, "tokenize", photo.toString(), "--model", VQGAN, "--out", "p.codes", "-q").done().out();
        XpProcess.in(dir, "detokenize", "p.codes", "--model", VQGAN, "--out", "back", "-q").done();
        Picture seen = CentreCrop.square(PictureReader.read(photo), 32);
        Path back = dir.resolve("back").resolve(photo.getFileName().toString().replace(".jpg", ".png"));
        try (Backend backend = Backends.open("cpu"); MemoryScope scope = backend.openScope("test")) {
            PictureTokenizer tokenizer = new PictureTokenizer(backend, VqganCheckpoint.load(backend, scope, Path.of(VQGAN)));
            Picture expected = tokenizer.reconstruct(List.of(seen)).getFirst();
            assertThat(PictureReader.read(back).rgb()).isEqualTo(expected.rgb());
            assertThat(printed).contains("32 x 32 pixels, 64 codes", String.format(Locale.ROOT, "%.2f dB", Psnr.of(seen, expected)));
        }
        assertThat(XpProcess.in(dir, "info", "p.codes").done().out()).contains("picture codes", "codebook = 64", "8 x 8 codes");
        XpProcess.in(dir, "detokenize", "p.codes", "--model", GOLDEN.resolve("vqgan-tiny-attn").toString(), "--out", "no", "-q")
                .refusedWith("p.codes", "the codes were made by tokenizer");
        assertThat(dir.resolve("no")).doesNotExist();
    }

    @Test
    void wrongInputIsRefusedInOneLine() throws IOException {
        Files.writeString(dir.resolve("no.png"), "no picture");
        Files.writeString(dir.resolve("no.codes"), "no codes");
        XpProcess.in(dir, "tokenize", "no.png", "--model", VQGAN, "--out", "x.codes", "-q").refusedWith("no.png");
        XpProcess.in(dir, "tokenize", photo().toString(), "--model", VQGAN, "--size", "33", "--out", "x.codes", "-q")
                .refusedWith("--size must be 0 or a multiple of 4");
        XpProcess.in(dir, "tokenize", photo().toString(), "--model", "nowhere", "--out", "x.codes", "-q").refusedWith("nowhere", "config.json");
        XpProcess.in(dir, "detokenize", "no.codes", "--model", VQGAN, "--out", "x", "-q").refusedWith("no.codes: is no file of picture codes");
        String chameleon = GOLDEN.resolve("chameleon-tiny").toString(); // as Hugging Face's: no decoder
        XpProcess.in(dir, "tokenize", photo().toString(), "--model", chameleon, "--size", "32", "--out", "c.codes", "-q").done();
        XpProcess.in(dir, "detokenize", "c.codes", "--model", chameleon, "--out", "x", "-q")
                .refusedWith("holds no image decoder");
    }

    @Test
    void trainingInPiecesIsTrainingAtOnce() throws IOException {
        recipe("r.json", 7);
        XpProcess.in(dir, "train-tokenizer", "r.json", "--out", "whole", "-q").done();
        String stopped = XpProcess.in(dir, "train-tokenizer", "r.json", "--out", "pieces", "--stop-after", "0.00001", "-q").done().out();
        assertThat(stopped).contains("stopped after 1 of 7 steps");
        assertThat(XpProcess.in(dir, "train-tokenizer", "r.json", "--out", "pieces", "-q").done().out()).contains("complete after 7 of 7 steps");
        String state = "state-00000007/tokenizer.safetensors";
        assertThat(Files.mismatch(dir.resolve("whole").resolve(state), dir.resolve("pieces").resolve(state)))
                .as("first byte that differs").isEqualTo(-1);
        assertThat(Files.readString(dir.resolve("pieces/log.csv"))).isEqualTo(Files.readString(dir.resolve("whole/log.csv")));
        assertThat(Files.readString(dir.resolve("whole/held-out.csv")).lines()).hasSize(4);
        assertThat(dir.resolve("whole/curve.png")).exists();
        XpProcess.in(dir, "tokenize", photo().toString(), "--model", "whole/model", "--out", "p.codes", "-q").done();
    }

    @Test
    void badRecipesAndBusyFoldersAreRefused() throws IOException {
        recipe("r.json", 7);
        Files.writeString(dir.resolve("bad.json"), Files.readString(dir.resolve("r.json")).replace("\"clip\": 1", "\"clip\": -1"));
        XpProcess.in(dir, "train-tokenizer", "bad.json", "--out", "run", "-q").refusedWith("bad.json", "optimiser.clip");
        Files.writeString(dir.resolve("task.json"), Files.readString(dir.resolve("r.json")).replace("\"gamma\"", "\"night\""));
        XpProcess.in(dir, "train-tokenizer", "task.json", "--out", "run", "-q").refusedWith("tasks.night");
        Files.createDirectory(dir.resolve("run"));
        try (FileChannel lock = FileChannel.open(dir.resolve("run/lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = lock.lock()) {
            assertThat(held.isValid()).isTrue();
            XpProcess.in(dir, "train-tokenizer", "r.json", "--out", "run", "-q").refusedWith("run: another process is training");
        }
    }

    @Test
    void beingEndedSavesTheState() throws IOException, InterruptedException {
        recipe("long.json", 100_000);
        Path log = dir.resolve("run/log.csv");
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--add-modules", "jdk.incubator.vector",
                "-cp", System.getProperty("java.class.path"), "org.xprompt4j.xprompt.cli.Main", "train-tokenizer", "long.json", "--out", "run", "-q")
                .directory(dir.toFile()).redirectErrorStream(true).redirectOutput(dir.resolve("out.txt").toFile()).start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(100);
        while (!(Files.exists(log) && Files.readString(log).lines().count() > 2)) {
            assertThat(process.isAlive() && System.nanoTime() < deadline).as("training; it said: %s", Files.readString(dir.resolve("out.txt"))).isTrue();
            Thread.sleep(50);
        }
        process.destroy(); // as Ctrl-C: the system asks, the program ends itself
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
        List<String> rows = Files.readString(log).lines().toList();
        int last = Integer.parseInt(rows.getLast().substring(0, rows.getLast().indexOf(',')));
        assertThat(dir.resolve(String.format("run/state-%08d/tokenizer.safetensors", last))).exists();
    }
}
