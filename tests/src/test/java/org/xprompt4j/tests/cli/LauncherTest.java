package org.xprompt4j.tests.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher {@code xp} over what {@code mvn verify} has packaged just before. */
class LauncherTest {
    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    Path dir;

    @BeforeAll
    static void isPackaged() throws IOException {
        Path jar = HOME.resolve("xprompt/target/xprompt4j-xprompt-0.1.0.jar");
        assumeTrue(Files.isRegularFile(jar) && Files.isDirectory(HOME.resolve("xprompt/target/lib")), "not packaged; mvn verify runs this");
        try (Stream<Path> classes = Files.walk(HOME.resolve("xprompt/target/classes"))) {
            FileTime newest = classes.filter(Files::isRegularFile).map(LauncherTest::modified).max(Comparator.naturalOrder()).orElseThrow();
            assumeTrue(modified(jar).compareTo(newest) >= 0, "the jar is older than the classes; mvn verify runs this");
        }
    }

    private static FileTime modified(Path path) {
        try {
            return Files.getLastModifiedTime(path);
        } catch (IOException e) {
            throw new AssertionError(path.toString(), e);
        }
    }

    private XpProcess.Result xp(String... args) {
        List<String> command = new ArrayList<>(List.of(HOME.resolve("xp").toString()));
        Collections.addAll(command, args);
        return XpProcess.run(dir, command);
    }

    @Test
    void runsFromAnyFolderAndKeepsTheStreamsClean() {
        XpProcess.Result result = xp("mask", "--segments", "IE:9,XP:2,TD:9", "--tile", "4", "--out", "m.png").done();
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).contains("20 tokens");
        assertThat(dir.resolve("m.png")).exists();
    }

    @Test
    void errorsAreOneLine() {
        for (int i = 0; i < 3; i++) {
            xp("info", "none.safetensors").refusedWith("none.safetensors: no such file or folder");
        }
    }

    @Test
    void showsTheCommandInsteadOfRunningIt() {
        String line = xp("--show-command", "info", "a b").done().out();
        assertThat(line).contains("--add-modules jdk.incubator.vector", "org.xprompt4j.xprompt.cli.Main info a\\ b");
    }

    @Test
    void aLinkToItWorks() throws IOException {
        Path link = Files.createSymbolicLink(dir.resolve("linked"), HOME.resolve("xp"));
        assertThat(XpProcess.run(dir, List.of(link.toString(), "--version")).done().out()).startsWith("xprompt4j");
    }
}
