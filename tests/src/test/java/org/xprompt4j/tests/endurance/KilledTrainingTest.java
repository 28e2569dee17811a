package org.xprompt4j.tests.endurance;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two kills of each kind of training; {@code tests/endurance.sh kills} does fifty. */
class KilledTrainingTest {
    private static final long SEED = 20261123;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(SmallTrainings.Kind.class)
    void killedAndStartedAgainItEndsWithTheSameBytes(SmallTrainings.Kind kind) throws IOException, InterruptedException {
        new KilledTraining(folder, kind, 25, 3, SEED).run(2);
    }
}
