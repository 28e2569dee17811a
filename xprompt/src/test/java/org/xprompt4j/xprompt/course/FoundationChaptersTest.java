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
        materials = new Materials("cpu", Path.of("models/demo"), Path.of("models/words"), Path.of("photos"), true);
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

    /** A chapter's run in which one rate is more than twice another: the first, or a later one where compilers wait for a busy machine. */
    private static Chapter.Lesson onceCompiled(Chapter chapter, String fast, String slow) {
        Chapter.Lesson lesson = chapter.run(materials);
        for (int again = 0; again < 9 && lesson.figure(fast) <= 2 * lesson.figure(slow); again++) {
            lesson = chapter.run(materials);
        }
        return lesson;
    }

    @Test
    void vectorsBeatThePlainLoopAndLoadsHoldThemBack() {
        Chapter.Lesson lesson = onceCompiled(new VectorsAndLoads(), "gflops_small_vectors_four_sums", "gflops_small_plain_loop");
        assertThat(lesson.figure("largest_error")).as("of sums of 1024 products").isLessThan(1e-4);
        assertThat(lesson.figure("gflops_small_vectors_four_sums")).isGreaterThan(2 * lesson.figure("gflops_small_plain_loop"));
    }

    @Test
    void everyRungGivesTheSameProductAndTilesAreFastest() {
        Chapter.Lesson lesson = onceCompiled(new MatmulLadder(), "gflops_packed", "gflops_naive");
        assertThat(lesson.figure("largest_error")).as("of the largest element").isLessThan(1e-5);
        assertThat(lesson.figure("gflops_packed")).isGreaterThan(2 * lesson.figure("gflops_naive"));
    }

    @Test
    void handTapeAndDifferencesAgree() {
        Chapter.Lesson lesson = new AutogradByHand().run(materials);
        assertThat(lesson.figure("tape_against_hand")).isBetween(1e-12, 2e-6);
        assertThat(lesson.figure("best_difference_float64_against_hand")).isLessThan(1e-9);
        assertThat(lesson.figure("best_difference_float32_against_hand")).isBetween(1e-7, 1e-4);
        assertThat(lesson.figure("best_step_float32")).isBetween(1e-3, 1e-1);
    }

    @Test
    void theJobIsBlindToTheExample() {
        Chapter.Lesson lesson = new AttentionAndMask().run(materials);
        assertThat(lesson.figure("engine_against_plain_code")).isBetween(1e-12, 5e-6);
        assertThat(lesson.figure("online_softmax_against_two_passes")).isLessThan(1e-12);
        assertThat(lesson.figure("pairs_causal")).isEqualTo(18 * 19 / 2);
        assertThat(lesson.figure("pairs_xprompt")).isEqualTo(18 * 19 / 2 - 8 * 7);
        assertThat(lesson.figure("job_rows_moved_by_another_example")).isZero();
        assertThat(lesson.figure("saved_in_a_demo_prompt")).isBetween(0.48, 0.49);
    }

    @Test
    void scoresKnowDistancesAlone() {
        Chapter.Lesson lesson = new RopeAndNorms().run(materials);
        assertThat(lesson.figure("largest_change_of_a_score_when_both_move_by_1000")).isLessThan(1e-10);
        assertThat(lesson.figure("length_changed_by_turning")).isLessThan(1e-12);
        assertThat(lesson.figure("mean_score_beyond_48")).isLessThan(lesson.figure("score_at_distance_0") / 2);
        assertThat(lesson.figure("engine_against_plain_rope")).isBetween(1e-12, 1e-5);
        assertThat(lesson.figure("engine_against_plain_rmsnorm")).isBetween(1e-12, 1e-6);
        assertThat(lesson.figure("largest_score_at_100_times_without_norm")).isGreaterThan(1e4);
        assertThat(lesson.figure("largest_score_at_100_times_with_norm")).isLessThan(Math.sqrt(32) + 1e-6);
    }

    @Test
    void theBlockWrittenOutIsTheEnginesBlock() {
        Chapter.Lesson lesson = new ChameleonBlock().run(materials);
        assertThat(lesson.figure("by_hand_against_the_engine")).isLessThan(1e-6);
        assertThat(lesson.figure("tokens")).isEqualTo(1 + 2 * 258 + 16);
        assertThat(lesson.figure("parameters")).isEqualTo(1_888_800);
        assertThat((List<?>) lesson.figures().get("size_of_the_stream")).hasSize(6).allSatisfy(size -> assertThat((Double) size).isPositive());
    }
}
