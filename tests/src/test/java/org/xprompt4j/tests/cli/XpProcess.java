package org.xprompt4j.tests.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.xprompt4j.tensor.file.Json;

/** Runs {@code xp} in a process of its own, with the java line of the launcher over the class path of the tests. */
public final class XpProcess {
    /** What the JVM says before the program begins; the launcher keeps it from the user. */
    private static final String GREETING = "WARNING: Using incubator modules: jdk.incubator.vector";
    private static final int SECONDS = 300;

    /** How a process ended. */
    public record Result(int exit, String out, String err) {
        /** Asserts exit code 2, nothing on standard output and one line on standard error with all these words. */
        public Result refusedWith(String... words) {
            assertThat(exit).as("exit code; standard error: %s", err).isEqualTo(2);
            assertThat(out).isEmpty();
            assertThat(err.lines().toList()).as("lines on standard error").hasSize(1);
            assertThat(err).contains(words);
            return this;
        }

        Result done() {
            assertThat(exit).as("exit code; standard error: %s", err).isZero();
            return this;
        }

        /** Asserts that standard output is one line and that this is a JSON object, which it returns. */
        Json json() {
            assertThat(out.lines().toList()).as("lines on standard output").hasSize(1);
            Json json = Json.parse(out.getBytes(StandardCharsets.UTF_8), "standard output");
            assertThat(json.isObject()).as("an object: %s", out).isTrue();
            return json;
        }
    }

    private XpProcess() {
    }

    /** Runs a command line in a folder. */
    static Result in(Path folder, String... args) {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC", "-Xmx1g", "--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED",
                "-Djava.awt.headless=true", "-cp", System.getProperty("java.class.path"), "org.xprompt4j.xprompt.cli.Main"));
        Collections.addAll(command, args);
        Result raw = run(folder, command);
        String err = String.join("\n", raw.err().lines().filter(line -> !line.equals(GREETING)).toList());
        return new Result(raw.exit(), raw.out(), err);
    }

    /** Runs any command with its output in files, so that no pipe fills. */
    static Result run(Path folder, List<String> command) {
        return run(folder, command, Map.of());
    }

    /** Runs any command with some variables of the environment set. */
    public static Result run(Path folder, List<String> command, Map<String, String> environment) {
        try {
            Path out = Files.createTempFile("xp", ".out");
            Path err = Files.createTempFile("xp", ".err");
            ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile())
                    .redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().put("XP_BUILD", "never");
            builder.environment().putAll(environment);
            Process process = builder.start();
            process.getOutputStream().close();
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("still running after " + SECONDS + " s: " + command);
            }
            Result result = new Result(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8), Files.readString(err, StandardCharsets.UTF_8));
            Files.delete(out);
            Files.delete(err);
            return result;
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("cannot run " + command, e);
        }
    }
}
