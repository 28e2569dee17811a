package org.xprompt4j.tensor.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tensor.InvalidInput;

class AtomicFileTest {
    @TempDir
    Path dir;

    @Test
    void aFailingBodyLeavesTheOldFileAndNoRest() throws IOException {
        Path file = dir.resolve("a.txt");
        AtomicFile.text(file, "old");
        assertThatThrownBy(() -> AtomicFile.stream(file, out -> {
            out.write(new byte[200_000]);
            throw new IOException("disk full");
        })).isInstanceOf(InvalidInput.class).hasMessage(file + ": cannot be written (disk full)");
        assertThatThrownBy(() -> AtomicFile.write(file, out -> {
            throw new IllegalStateException("bug");
        })).isInstanceOf(IllegalStateException.class);
        assertThat(Files.readString(file)).isEqualTo("old");
        try (Stream<Path> left = Files.list(dir)) {
            assertThat(left).containsExactly(file);
        }
        AtomicFile.text(file, "new");
        assertThat(Files.readString(file)).isEqualTo("new");
    }

    @Test
    void placesThatCannotBeWrittenAreNamed() throws IOException {
        assertThatThrownBy(() -> AtomicFile.text(dir, "x")).isInstanceOf(InvalidInput.class).hasMessageContaining("it is a folder");
        assertThatThrownBy(() -> AtomicFile.text(dir.resolve("no/a"), "x")).isInstanceOf(InvalidInput.class).hasMessageContaining("there is no folder");
        assertThatThrownBy(() -> AtomicFile.text(Path.of("/dev/null"), "x")).isInstanceOf(InvalidInput.class).hasMessageContaining("not a regular file");
        assertThatThrownBy(() -> AtomicFile.text(dir.resolve("x".repeat(300)), "x")).isInstanceOf(InvalidInput.class).hasMessageContaining("cannot be written");
        assertThatThrownBy(() -> AtomicFile.text(Path.of("/"), "x")).isInstanceOf(InvalidInput.class);
        Path file = Files.writeString(dir.resolve("f"), "");
        assertThatThrownBy(() -> AtomicFile.folder(file)).isInstanceOf(InvalidInput.class).hasMessageContaining("is a file");
        assertThatThrownBy(() -> AtomicFile.folder(file.resolve("below"))).isInstanceOf(InvalidInput.class).hasMessageContaining("cannot make");
    }

    @Test
    void aLinkKeepsPointing() throws IOException {
        Path real = Files.writeString(dir.resolve("real"), "old");
        Path link = Files.createSymbolicLink(dir.resolve("link"), real);
        AtomicFile.text(link, "new");
        assertThat(Files.isSymbolicLink(link)).isTrue();
        assertThat(Files.readString(real)).isEqualTo("new");
    }
}
