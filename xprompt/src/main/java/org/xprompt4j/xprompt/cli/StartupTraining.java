package org.xprompt4j.xprompt.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the launcher runs once after a build under {@code -XX:AOTCacheOutput}: a few typical commands in one process, so that the
 * JVM's cache holds the classes and profiles that they need.
 */
final class StartupTraining {
    private StartupTraining() {
    }

    /** Argument: a folder for throw-away results. */
    public static void main(String[] args) throws IOException {
        Path scratch = Path.of(args[0]);
        List<String> photos;
        try (Stream<Path> files = Files.list(Home.path("xprompt/photos"))) {
            photos = files.map(Path::toString).filter(name -> name.endsWith(".jpg")).sorted().limit(3).toList();
        }
        run("--help");
        run("info", Home.path("xprompt/models/demo").toString());
        run("generate", "--example", photos.get(0), photos.get(1), "--input", photos.get(2), "--out", scratch.resolve("answer.png").toString());
    }

    private static void run(String... command) {
        try (PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream())) {
            int code = Main.run(nowhere, nowhere, command);
            if (code != Main.DONE) {
                throw new IllegalStateException(String.join(" ", command) + " ended with code " + code);
            }
        }
    }
}
