package org.xprompt4j.xprompt.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tensor.InvalidInput;

class TrainingLogTest {
    @TempDir
    private Path folder;

    @Test
    void rowsOfStepsToBeDoneAgainAreDropped() throws IOException {
        Path file = folder.resolve("log.csv");
        TrainingLog log = TrainingLog.open(file, 0, "loss", "rate");
        log.add(10, 1.0 / 3, 1e-9);
        log.add(20, 12345678.9, Double.NaN);
        log.add(30, 2, 3);
        assertThat(log.column("loss")).as("what a resumed run reads, so that both draw the same curve").containsExactly(0.333333, 1.23457e7, 2);
        String before = Files.readString(file);
        assertThat(before).startsWith("step,loss,rate\n10,0.333333,1.00000e-09\n20,");
        TrainingLog again = TrainingLog.open(file, 25, "loss", "rate");
        assertThat(again.steps()).containsExactly(10, 20);
        assertThat(again.column("loss")).containsExactly(0.333333, 1.23457e7);
        again.add(30, 2, 3);
        assertThat(Files.readString(file)).isEqualTo(before);
    }

    @Test
    void aRowTornByAKillIsDroppedEvenWhereItLooksWhole() throws IOException {
        Path file = folder.resolve("log.csv");
        for (String torn : new String[] {"20", "20,5", "20,5,1", "20,5,12.", "20,5,x\n", "20,5,1,7\n", "\n"}) {
            Files.writeString(file, "step,loss,rate\n10,4,0.5\n" + torn);
            assertThat(TrainingLog.open(file, 100, "loss", "rate").steps()).as("with '%s'", torn).containsExactly(10);
            assertThat(TrainingLog.read(file).column("rate")).containsExactly(0.5);
        }
    }

    @Test
    void otherFilesAreNoLog() throws IOException {
        Path file = Files.writeString(folder.resolve("log.csv"), "a,b\n1,2\n");
        assertThatThrownBy(() -> TrainingLog.read(file)).isInstanceOf(InvalidInput.class).hasMessageContaining("log.csv");
        assertThatThrownBy(() -> TrainingLog.read(folder.resolve("none.csv"))).isInstanceOf(InvalidInput.class).hasMessageContaining("none.csv");
    }
}
