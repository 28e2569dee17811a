package org.xprompt4j.tests.endurance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xprompt4j.tensor.DType;

/** A short soak, and that it would see one small tensor left behind a step; {@code tests/endurance.sh soak} is the long one. */
class SoakTest {
    private static final int STEPS = 100;
    private static final int GENERATIONS = 30;
    /** In the process of other tests: their garbage and compilers breathe. */
    private static final MemoryWatch.Tolerance TOLERANCE = new MemoryWatch.Tolerance(1 << 20, 64 << 20);

    @TempDir
    private Path folder;

    private final MemoryWatch watch = new MemoryWatch(TOLERANCE);

    @Test
    void trainingStaysFlat() throws IOException {
        Soak.train(folder, STEPS, watch, Soak.Round.NOTHING);
        assertThat(watch.samples()).hasSizeGreaterThan(20);
    }

    @Test
    void generatingStaysFlat() {
        Soak.generate(folder, GENERATIONS, watch, Soak.Round.NOTHING);
        assertThat(watch.samples()).hasSizeGreaterThan(20);
    }

    @Test
    void oneSmallTensorAStepIsSeen() {
        Soak.Round leak = (round, backend) -> backend.openScope("left behind").allocate(DType.F32, 4);
        assertThatThrownBy(() -> Soak.generate(folder.resolve("model"), GENERATIONS, new MemoryWatch(TOLERANCE), leak)).hasMessageContaining("memory grows");
        assertThatThrownBy(() -> Soak.train(folder, STEPS / 4, watch, leak)).hasMessageContaining("memory grows");
    }
}
