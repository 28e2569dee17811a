package org.xprompt4j.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.xprompt4j.tensor.InvalidInput;
import org.xprompt4j.tensor.file.Json;

/**
 * A measurement in a virtual machine of its own. The compiler makes fast or slow code of the same loop from one start to the
 * next, so every instrument starts several and reports all of them.
 *
 * <p>The child has this machine's class path and flags, further ones behind them. It prints its results as lines of JSON; its
 * other lines go to standard error.
 */
public final class ForkedJvm {
    private static final String GREETING = "WARNING: Using incubator modules: jdk.incubator.vector";

    private ForkedJvm() {
    }

    /** The property that sets the number of threads of the engine, as a flag. */
    public static String threads(int count) {
        return "-Dxprompt4j.threads=" + count;
    }

    /** Flags that this virtual machine was started with. */
    public static List<String> ownFlags() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream().filter(flag -> !flag.startsWith("-agentlib")).toList();
    }

    /** Runs a main class to its end in the environment of this process. */
    public static List<Json> run(Class<?> main, List<String> flags, List<String> arguments) {
        return run(main, flags, arguments, Map.of());
    }

    /**
     * Runs a main class to its end.
     *
     * @param flags for the child, behind those of this machine
     * @param environment further variables for the child
     * @return its lines of JSON
     * @throws InvalidInput when it ended with exit code 2; its own line said why
     */
    public static List<Json> run(Class<?> main, List<String> flags, List<String> arguments, Map<String, String> environment) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ownFlags());
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        List<Json> results = new ArrayList<>();
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().putAll(environment);
            Process child = builder.start();
            try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.startsWith("{")) {
                        results.add(Json.parse(line.getBytes(StandardCharsets.UTF_8), main.getSimpleName()));
                    } else if (!line.equals(GREETING)) {
                        System.err.println(line);
                    }
                }
            } finally {
                child.destroy(); // when reading failed
            }
            int code = child.waitFor();
            if (code != 0) {
                throw code == 2 ? new InvalidInput("a fork of " + main.getSimpleName() + " refused")
                        : new IllegalStateException("a fork of " + main.getSimpleName() + " ended with code " + code);
            }
            return results;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command.getFirst(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a fork of " + main.getSimpleName() + " ran", e);
        }
    }
}
