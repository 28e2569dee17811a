package org.xprompt4j.xprompt.course;

import static org.assertj.core.api.Assertions.assertThat;


import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the chapters about the engine claim, run small. */
class FoundationChaptersTest {
    private static Materials materials;

    @BeforeAll
    static void open() {
        materials = new Materials("cpu", Path.of("models/demo"), Path.of("photos"), true);
    }

    @AfterAll
    static void close() {
        materials.close();
    }

    @Test
    void viewsShareOneBlockAndScopesGiveItBack() {
        Chapter.Lesson lesson = new TensorsAndMemory().run(materials);
        assertThat(lesson.figures().get("window_strides")).isEqualTo(List.of(6L, 1L));
        assertThat(lesson.figures().get("transposed_strides")).isEqualTo(List.of(1L, 6L));
        assertThat(lesson.figure("window_offset")).isEqualTo(1 * 6 + 2);
        assertThat(lesson.figure("window_sum_after_clearing_the_block")).isZero();
        assertThat(lesson.figure("bytes_of_a_step")).isBetween(3 * 256 * 256 * 4.0, 3 * 256 * 256 * 4.0 + 4096);
        assertThat(lesson.figure("bytes_from_the_system_after_the_last")).isEqualTo(lesson.figure("bytes_from_the_system_after_step_1"));
        assertThat(lesson.figure("bytes_in_use_after_the_last")).isZero();
    }

    @Test
    void vectorsBeatThePlainLoopAndLoadsHoldThemBack() {
        Chapter.Lesson lesson = new VectorsAndLoads().run(materials);
        assertThat(lesson.figure("largest_error")).as("of sums of 1024 products").isLessThan(1e-4);
        assertThat(lesson.figure("gflops_small_vectors_four_sums")).isGreaterThan(2 * lesson.figure("gflops_small_plain_loop"));
        assertThat(lesson.figure("gflops_arithmetic_alone")).isGreaterThan(lesson.figure("gflops_small_vectors_four_sums"));
    }

    @Test
    void everyRungGivesTheSameProductAndTilesAreFastest() {
        Chapter.Lesson lesson = new MatmulLadder().run(materials);
        assertThat(lesson.figure("largest_error")).as("of the largest element").isLessThan(1e-5);
        assertThat(lesson.figure("gflops_packed")).isGreaterThan(2 * lesson.figure("gflops_naive"));
    }
}
