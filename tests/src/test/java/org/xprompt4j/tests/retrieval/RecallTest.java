package org.xprompt4j.tests.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The short form of {@code tests/recall.sh}: nearly all true neighbours are found, however the vectors lie. */
class RecallTest {
    @TempDir
    Path dir;

    @ParameterizedTest
    @EnumSource
    void tenNeighboursOfThousands(RecallStudy.Kind kind) {
        RecallStudy.Result result = RecallStudy.run(dir.resolve("index"), kind, 10_000, 384, 40, 1);
        assertThat(result.recall()).isGreaterThanOrEqualTo(0.99);
        assertThat(result.cpuMillis()).isLessThan(10);
    }
}
