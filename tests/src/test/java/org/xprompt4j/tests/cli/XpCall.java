package org.xprompt4j.tests.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.xprompt4j.xprompt.cli.Main;

/**
 * Runs {@code xp} within this JVM, which is quick enough for many small refusals; {@link XpProcess} is the real thing. What the
 * program or a library writes past its own streams counts as well.
 */
final class XpCall {
    private final Path folder;

    /** @param folder that refusals must leave as it was */
    XpCall(Path folder) {
        this.folder = folder;
    }

    XpProcess.Result run(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream outBefore = System.out;
        PrintStream errBefore = System.err;
        try (PrintStream results = new PrintStream(out, true, StandardCharsets.UTF_8);
                PrintStream messages = new PrintStream(err, true, StandardCharsets.UTF_8)) {
            System.setOut(results);
            System.setErr(messages);
            int exit = Main.run(results, messages, args);
            return new XpProcess.Result(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(outBefore);
            System.setErr(errBefore);
        }
    }

    /** Asserts that a command line is refused in one line with all these words, and leaves no file behind. */
    void refuses(List<String> args, String... words) {
        List<String> before = files();
        XpProcess.Result result = run(args.toArray(String[]::new));
        assertThat(result.exit()).as("exit code of %s; standard error: %s", args, result.err()).isEqualTo(2);
        result.refusedWith(words);
        assertThat(files()).as("files after %s", args).isEqualTo(before);
    }

    private List<String> files() {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.filter(Files::isRegularFile).map(Path::toString).sorted().toList();
        } catch (IOException e) {
            throw new AssertionError("cannot list " + folder, e);
        }
    }
}
