package org.xprompt4j.xprompt.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Text of the lines that a profile names, where the source can be found: beside the program, or where the compiler saw it. */
final class KernelSource {
    private static final long MOST_BYTES = 4 << 20;

    private final Map<String, List<String>> files = new HashMap<>();

    /** File name without folders. */
    static String name(String file) {
        return file.substring(file.lastIndexOf('/') + 1);
    }

    /** The text of a line, from 1, without indentation; empty where it is not known. */
    String line(String file, int number) {
        List<String> lines = files.computeIfAbsent(file, KernelSource::read);
        return number >= 1 && number <= lines.size() ? lines.get(number - 1).strip() : "";
    }

    private static List<String> read(String file) {
        String home = System.getProperty("xprompt4j.home");
        try {
            for (Path path : home == null ? List.of(Path.of(file)) : List.of(Path.of(home, "kernels-cuda/src/main/cuda", name(file)), Path.of(file))) {
                if (Files.isRegularFile(path) && Files.size(path) <= MOST_BYTES) {
                    return new String(Files.readAllBytes(path), StandardCharsets.UTF_8).lines().toList();
                }
            }
            return List.of();
        } catch (IOException | InvalidPathException e) {
            return List.of(); // the numbers are the result, the text is an extra
        }
    }
}
