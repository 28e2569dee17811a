package org.xprompt4j.xprompt.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tensor.InvalidInput;

class TrainingFolderTest {
    @TempDir
    private Path folder;

    private static void write(Path state) {
        try {
            Files.writeString(state.resolve("weights"), state.getFileName().toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void keepsTheLastTwoStates() {
        try (TrainingFolder training = TrainingFolder.open(folder, "config")) {
            assertThat(training.latest()).isEmpty();
            for (int step : new int[] {5, 10, 100}) {
                training.save(step, TrainingFolderTest::write);
            }
            assertThat(training.latest()).contains(folder.resolve("state-00000100"));
            assertThat(TrainingFolder.stepOf(training.latest().orElseThrow())).isEqualTo(100);
            assertThat(folder.resolve("state-00000005")).doesNotExist();
            assertThat(folder.resolve("state-00000010/weights")).exists();
        }
    }

    @Test
    void statesAreFoundWhateverTheLanguageOfTheMachine() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
        try (TrainingFolder training = TrainingFolder.open(folder, "config")) {
            training.save(5, TrainingFolderTest::write);
            assertThat(training.latest()).contains(folder.resolve("state-00000005"));
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void aFailedSaveLeavesTheLastState() {
        try (TrainingFolder training = TrainingFolder.open(folder, "config")) {
            training.save(5, TrainingFolderTest::write);
            assertThatThrownBy(() -> training.save(10, state -> {
                write(state);
                throw new IllegalStateException("killed");
            })).hasMessage("killed");
            assertThat(training.latest()).contains(folder.resolve("state-00000005"));
        }
        try (TrainingFolder again = TrainingFolder.open(folder, "config")) {
            assertThat(folder.resolve("state-00000010.part")).doesNotExist();
            again.save(10, TrainingFolderTest::write);
            assertThat(again.latest()).contains(folder.resolve("state-00000010"));
        }
    }

    @Test
    void oneRunAtATimeAndOfOneConfiguration() {
        try (TrainingFolder first = TrainingFolder.open(folder, "config")) {
            assertThat(first.path()).isEqualTo(folder);
            assertThatThrownBy(() -> TrainingFolder.open(folder, "config")).isInstanceOf(InvalidInput.class)
                    .hasMessageContainingAll("another process", "(process " + ProcessHandle.current().pid() + ")");
        }
        try (TrainingFolder mended = TrainingFolder.open(folder, "mended config")) { // nothing was trained yet
            mended.save(1, TrainingFolderTest::write);
        }
        assertThatThrownBy(() -> TrainingFolder.open(folder, "other")).isInstanceOf(InvalidInput.class).hasMessageContaining("another configuration");
        TrainingFolder.open(folder, "mended config").close(); // the refusal kept no lock
    }

    @Test
    void theLockOfADeadProcessHoldsNobodyUp() throws IOException {
        Files.writeString(folder.resolve("lock"), "999999999\n");
        try (TrainingFolder training = TrainingFolder.open(folder, "config")) {
            assertThat(Files.readString(folder.resolve("lock"))).isEqualTo(ProcessHandle.current().pid() + "\n");
            assertThat(training.latest()).isEmpty();
        }
        assertThat(folder.resolve("lock")).as("given free").isEmptyFile();
    }

    @Test
    void aFileIsNoFolder() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> TrainingFolder.open(file, "config")).isInstanceOf(InvalidInput.class).hasMessageContaining("file");
    }
}
