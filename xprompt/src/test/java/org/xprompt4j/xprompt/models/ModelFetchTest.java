package org.xprompt4j.xprompt.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tensor.InvalidInput;

/** A shell script stands for Maven: it copies a jar to where it is told, or fails as Maven does. */
class ModelFetchTest {
    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    private static final String EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static final PublicModel MODEL = new PublicModel("toy", "a toy", "g.r:toy-model:1.2", "none",
            List.of(new PublicModel.Part("inside/w.bin", "weights.bin", 3, ABC), new PublicModel.Part("e", "empty", 0, EMPTY)));

    @TempDir
    Path dir;

    private final List<String> notes = new ArrayList<>();
    private Path store;

    @BeforeEach
    void places() {
        store = dir.resolve("models/toy");
    }

    private Path jar(String name, String weights) throws IOException {
        Path file = dir.resolve(name);
        try (OutputStream out = Files.newOutputStream(file); ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("inside/w.bin"));
            zip.write(weights.getBytes(StandardCharsets.UTF_8));
            zip.putNextEntry(new ZipEntry("e"));
        }
        return file;
    }

    private ModelFetch maven(String script) throws IOException {
        Path program = Files.writeString(dir.resolve("mvn"), "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new ModelFetch(program.toString(), notes::add);
    }

    private ModelFetch copying(Path jar) throws IOException {
        return maven("echo \"$@\" >>" + dir.resolve("calls") + "\ncp " + jar + " \"${5#-DoutputDirectory=}\"/toy-model-1.2.jar\n");
    }

    private List<String> stored() throws IOException {
        try (var files = Files.list(store)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void takesThePartsAndLeavesNothingElse() throws IOException {
        ModelFetch fetch = copying(jar("right.jar", "abc"));
        fetch.fetch(MODEL, store);
        assertThat(Files.readString(store.resolve("weights.bin"))).isEqualTo("abc");
        assertThat(stored()).containsExactly("empty", "weights.bin");
        assertThat(Files.readString(dir.resolve("calls"))).isEqualTo("-q -B dependency:copy -Dartifact=g.r:toy-model:1.2 -DoutputDirectory=" + store + "\n");
        assertThat(new ModelStore(dir.resolve("models")).require(MODEL)).isEqualTo(store);
        fetch.fetch(MODEL, store);
        assertThat(notes.getLast()).contains("there already");
        Files.writeString(store.resolve("weights.bin"), "abd"); // damaged in its size
        fetch.fetch(MODEL, store);
        assertThat(Files.readString(store.resolve("weights.bin"))).isEqualTo("abc");
        assertThat(Files.readAllLines(dir.resolve("calls"))).hasSize(2);
    }

    @Test
    void goesOnWithAJarThatWasLeftAndReplacesABrokenOne() throws IOException {
        Files.createDirectories(store);
        Files.copy(jar("right.jar", "abc"), store.resolve("toy-model-1.2.jar"));
        maven("exit 9").fetch(MODEL, store);
        assertThat(stored()).containsExactly("empty", "weights.bin");
        Files.delete(store.resolve("weights.bin"));
        Files.writeString(store.resolve("toy-model-1.2.jar"), "half a jar");
        copying(dir.resolve("right.jar")).fetch(MODEL, store);
        assertThat(stored()).containsExactly("empty", "weights.bin");
    }

    @Test
    void otherContentIsRefused() throws IOException {
        for (String weights : List.of("abd", "ab", "abcd".repeat(100_000))) {
            ModelFetch fetch = copying(jar("wrong.jar", weights));
            Files.deleteIfExists(store.resolve("toy-model-1.2.jar"));
            assertThatThrownBy(() -> fetch.fetch(MODEL, store)).isInstanceOf(InvalidInput.class).hasMessageContaining("not the file with the recorded SHA-256");
            assertThat(store.resolve("weights.bin")).doesNotExist();
        }
    }

    @Test
    void whatMavenDoesWrongIsToldInOneLine() throws IOException {
        ModelFetch failing = maven("echo '[ERROR] Failed to execute goal: artifact not found'\necho '[ERROR] more'\nexit 1\n");
        assertThatThrownBy(() -> failing.fetch(MODEL, store)).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("(Failed to execute goal: artifact not found)").hasMessageNotContaining("\n");
        ModelFetch idle = maven("exit 0");
        assertThatThrownBy(() -> idle.fetch(MODEL, store)).isInstanceOf(InvalidInput.class).hasMessageContaining("left no toy-model-1.2.jar");
        ModelFetch none = new ModelFetch("no-such-maven", notes::add);
        assertThatThrownBy(() -> none.fetch(MODEL, store)).isInstanceOf(InvalidInput.class).hasMessageContaining("no-such-maven is not on this machine; install Maven");
        assertThat(stored()).isEmpty();
    }

    @Test
    void aMissingModelIsToldWithItsCommand() {
        assertThatThrownBy(() -> new ModelStore(dir).require(PublicModel.MINILM)).isInstanceOf(InvalidInput.class)
                .hasMessageContaining("fetch it with: xp models get minilm").hasMessageNotContaining("\n");
        assertThatThrownBy(() -> PublicModel.named("bert")).isInstanceOf(InvalidInput.class).hasMessageContaining("no model 'bert'; known are minilm");
    }
}
