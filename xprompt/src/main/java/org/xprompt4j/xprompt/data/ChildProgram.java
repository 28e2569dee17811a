package org.xprompt4j.xprompt.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.xprompt4j.tensor.InvalidInput;

/** Runs the system's own clients, such as {@code apt-get} and {@code mvn}, to their end; Ctrl-C leaves none behind. */
public final class ChildProgram {
    /**
     * What to say when it does not work.
     *
     * @param missing what to do when the program is not on this machine
     * @param reason of a line of output what went wrong, or null; the last is told
     * @param failed what to do when it ended with a fault
     */
    public record Advice(String missing, UnaryOperator<String> reason, String failed) {
    }

    private ChildProgram() {
    }

    /**
     * Runs a program in a folder and waits for its end; its output is kept from the terminal.
     *
     * @param minutes the longest that it may take
     * @throws InvalidInput when it is missing, fails, or takes longer
     */
    public static void run(Path folder, long minutes, Advice advice, String... command) throws IOException {
        Process process;
        Path log = Files.createTempFile(folder, Path.of(command[0]).getFileName().toString(), ".log");
        try {
            ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).redirectOutput(log.toFile());
            builder.environment().put("LC_ALL", "C");
            process = builder.start();
        } catch (IOException e) {
            Files.delete(log);
            throw new InvalidInput(command[0] + " is not on this machine; " + advice.missing(), e);
        }
        Thread endedToo = new Thread(() -> abandon(process, log), "end of " + command[0]); // Ctrl-C leaves no child behind
        Runtime.getRuntime().addShutdownHook(endedToo);
        try {
            boolean ended = process.waitFor(minutes, TimeUnit.MINUTES);
            List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
            if (!ended || process.exitValue() != 0) {
                String reason = lines.stream().map(advice.reason()).filter(Objects::nonNull).reduce((a, b) -> b)
                        .orElse(ended ? "exit code " + process.exitValue() : "no end after " + minutes + " minutes");
                throw new InvalidInput(String.join(" ", command) + " failed (" + reason + "); " + advice.failed());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InvalidInput(command[0] + " was interrupted; start again, what was fetched is kept", e);
        } finally {
            abandon(process, log);
            forget(endedToo);
        }
    }

    private static void abandon(Process process, Path log) {
        process.destroy();
        try {
            Files.deleteIfExists(log);
        } catch (IOException e) {
            System.getLogger(ChildProgram.class.getName()).log(System.Logger.Level.WARNING, "left behind: " + log, e);
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            System.getLogger(ChildProgram.class.getName()).log(System.Logger.Level.DEBUG, "the process is ending", e);
        }
    }
}
