package org.xprompt4j.tests.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tests.endurance.SmallTrainings;

/** Ctrl-C and SIGTERM: trainings save and say how to go on, the others leave no half file; the exit code tells the signal. */
class InterruptionTest {
    private static final int SIGINT = 130;
    private static final int SIGTERM = 143;
    private static final int SECONDS = 120;

    @TempDir
    private Path folder;

    @BeforeEach
    void needsSignals() {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/env")) && Files.exists(Path.of("/proc/self/status")), "signals are sent as Linux does");
    }

    /** Starts {@code xp} with Ctrl-C acting even where this process ignores it. */
    private Process start(String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of("/usr/bin/env", "--default-signal=INT", Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC", "--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-Djava.awt.headless=true",
                "-cp", System.getProperty("java.class.path"), "org.xprompt4j.xprompt.cli.Main"));
        command.addAll(List.of(args));
        return new ProcessBuilder(command).directory(folder.toFile()).redirectOutput(folder.resolve("out.txt").toFile())
                .redirectError(folder.resolve("err.txt").toFile()).start();
    }

    private String said(String name) {
        try {
            return Files.readString(folder.resolve(name));
        } catch (IOException e) {
            throw new AssertionError(name, e);
        }
    }

    /** Waits for a sign of life, sends the signal and returns the exit code. */
    private int end(Process process, String signal, BooleanSupplier when) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!when.getAsBoolean()) {
            assertThat(process.isAlive() && System.nanoTime() < deadline).as("working; it said: %s", said("err.txt")).isTrue();
            Thread.sleep(10);
        }
        assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor()).isZero();
        assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).as("ended").isTrue();
        return process.exitValue();
    }

    private boolean hasRows(Path log) {
        try {
            return Files.exists(log) && Files.readString(log).lines().count() > 1;
        } catch (IOException e) {
            throw new AssertionError(log.toString(), e);
        }
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).map(p -> folder.relativize(p).toString()).filter(n -> !n.matches("(out|err)\\.txt")).sorted().toList();
        }
    }

    @Test
    void trainingSavesAndSaysHowToGoOn() throws IOException, InterruptedException {
        Path recipe = SmallTrainings.write(folder, SmallTrainings.Kind.TRANSFORMER, 1_000_000, 100_000);
        Files.writeString(recipe, Files.readString(recipe).replace("\"log\": 100001", "\"log\": 1"));
        Process process = start("train", recipe.toString(), "--out", "run", "-q");
        assertThat(end(process, "INT", () -> hasRows(folder.resolve("run/log.csv")))).as("exit code").isEqualTo(SIGINT);
        assertThat(said("out.txt").lines().toList()).hasSize(1).first().asString().contains("stopped after step", "start the same command to go on");
        assertThat(files()).anyMatch(name -> name.matches("run/state-\\d+/training.safetensors")).noneMatch(name -> name.contains(".part"));
        assertThat(folder.resolve("run/lock")).isEmptyFile();
    }

    @Test
    void trainingTheTokenizerAnswersSigterm() throws IOException, InterruptedException {
        Path recipe = SmallTrainings.write(folder, SmallTrainings.Kind.TOKENIZER, 1_000_000, 100_000);
        Process process = start("train-tokenizer", recipe.toString(), "--out", "run", "-q");
        assertThat(end(process, "TERM", () -> hasRows(folder.resolve("run/log.csv")))).as("exit code").isEqualTo(SIGTERM);
        assertThat(said("out.txt").lines().toList()).hasSize(1).first().asString().contains("stopped after", "the same command goes on");
        assertThat(files()).anyMatch(name -> name.matches("run/state-\\d+/tokenizer.safetensors")).noneMatch(name -> name.contains(".part"));
    }

    /** Long enough to be hit: the progress lines tell that it draws. */
    @Test
    void generatingLeavesNothingHalf() throws IOException, InterruptedException {
        Path model = TinyModel.write(folder.resolve("model"), 1);
        PaintedPhotos.write(folder.resolve("a.png"), 1);
        List<String> before = files();
        Process process = start("generate", "--model", model.toString(), "--example", "a.png", "a.png", "--input", "a.png", "--samples", "256",
                "--temperature", "1", "--out", "answer.png");
        int exit = end(process, "INT", () -> said("err.txt").contains("drawing") || Files.exists(folder.resolve("answer-3.png")));
        assertThat(exit).as("exit code; it said: %s", said("err.txt")).isEqualTo(SIGINT);
        List<String> made = new ArrayList<>(files());
        made.removeAll(before);
        assertThat(made).as("whole answers at most").allMatch(name -> name.matches("answer-\\d+\\.png"));
    }

    @Test
    void measuringLeavesNothingHalf() throws IOException, InterruptedException {
        Path model = TinyModel.write(folder.resolve("model"), 1);
        PaintedPhotos.folder(folder.resolve("photos"));
        List<String> before = files();
        Process process = start("eval", "--model", model.toString(), "--photos", "photos", "--out", "eval");
        assertThat(end(process, "INT", () -> process.info().totalCpuDuration().orElseThrow().toMillis() > 700)).as("exit code").isEqualTo(SIGINT);
        assertThat(files()).isEqualTo(before);
    }
}
