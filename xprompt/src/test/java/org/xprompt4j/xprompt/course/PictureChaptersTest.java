package org.xprompt4j.xprompt.course;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.InvalidInput;

/** What the chapters about pictures, prompts and training claim, run small with the shipped model. */
class PictureChaptersTest {
    private static Materials materials;

    @BeforeAll
    static void open() {
        materials = new Materials("cpu", Path.of("models/demo"), Path.of("models/words"), Path.of("photos"), true);
    }

    @AfterAll
    static void close() {
        materials.close();
    }

    @SuppressWarnings("unchecked")
    private static List<Double> list(Chapter.Lesson lesson, String name) {
        return (List<Double>) lesson.figures().get(name);
    }

    @Test
    void codesAreTheNearestEntriesAndMoreOfThemKeepMore() {
        Chapter.Lesson lesson = new CodesOfAPicture().run(materials);
        assertThat(lesson.figure("disagreements_with_plain_search")).as("codes of 256; ties in rounding aside").isLessThanOrEqualTo(2);
        assertThat(lesson.figure("bits_a_pixel")).isEqualTo(10 / 16.0);
        assertThat(lesson.figure("psnr")).isBetween(20.0, 30.0);
        List<Double> levels = list(lesson, "psnr_by_level");
        assertThat(levels).hasSize(5).isSorted();
        assertThat(levels.getLast() - levels.getFirst()).isGreaterThan(5);
        assertThat(lesson.figure("perplexity_of_5_photos")).isGreaterThan(lesson.figure("perplexity_of_the_photo"));
        assertThat(lesson.figure("coded_again")).isGreaterThan(0.9);
    }

    @Test
    void theTokensCarryTheExampleAndNoneOfThemAlone() {
        Chapter.Lesson lesson = new Compression().run(materials);
        double worth = lesson.figure("nats_no_example") - lesson.figure("nats_all_tokens");
        assertThat(worth).as("nats that the example is worth").isGreaterThan(0.5);
        assertThat(lesson.figure("psnr_to_truth_all_tokens")).isGreaterThan(lesson.figure("psnr_to_truth_no_example") + 3);
        assertThat(list(lesson, "nats_lost_by_dropping_each")).hasSize(16).allSatisfy(lost -> assertThat(lost).isLessThan(worth / 3));
        assertThat(list(lesson, "nats_lost_by_keeping_as_many").getLast()).as("lost with one token kept").isGreaterThan(worth / 4);
        assertThat(lesson.figure("share_of_attention_on_the_example")).isBetween(0.7, 1.0);
        assertThat(lesson.figure("share_of_attention_on_its_output")).isGreaterThan(lesson.figure("share_of_attention_on_the_example") / 2);
        assertThat(lesson.figure("bytes_of_the_tokens")).isEqualTo(16.0 * 2 * 5 * 160 * 4);
    }

    @Test
    void aRunStartsBlindAndLearnsAndTheExampleHelps() {
        Chapter.Lesson lesson = new Training().run(materials);
        assertThat(lesson.figure("loss_of_guessing_blindly")).isEqualTo(Math.log(1047));
        assertThat(lesson.figure("first_loss")).isCloseTo(Math.log(1047), within(0.1));
        assertThat(lesson.figure("last_loss")).isLessThan(lesson.figure("first_loss") - 0.1);
        assertThat(lesson.figure("first_row_nats_compressed")).isLessThan(lesson.figure("first_row_nats_none") - 0.3);
        assertThat(lesson.figure("first_row_nats_full")).isLessThan(lesson.figure("first_row_nats_none") - 0.3);
        assertThat(lesson.figure("perplexity_of_codes")).isBetween(50.0, lesson.figure("codes_in_use"));
    }

    @Test
    void drawsFollowTheChancesThatWereBent() {
        Chapter.Lesson lesson = new Sampling().run(materials);
        assertThat(lesson.figure("likeliest_probability_at_half_temperature")).isGreaterThan(lesson.figure("likeliest_probability"));
        assertThat(lesson.figure("perplexity_at_half_temperature")).isLessThan(lesson.figure("perplexity"));
        assertThat(lesson.figure("perplexity_with_guidance_2")).isLessThan(lesson.figure("perplexity"));
        assertThat(lesson.figure("codes_kept_by_top_k_20")).isEqualTo(20);
        for (String setting : List.of("t1.0_k0_p1.0", "t0.7_k20_p1.0", "t1.0_k0_p0.9")) {
            assertThat(lesson.figure("furthest_from_expected_" + setting)).as("standard deviations, %s", setting).isBetween(0.1, 5.0);
        }
        assertThat(Sampling.probabilities(new double[] {0, Math.log(2), Math.log(5)}, 1, 0, 1)).containsExactly(new double[] {0.125, 0.25, 0.625}, within(1e-12));
        assertThat(Sampling.probabilities(new double[] {0, Math.log(2), Math.log(5)}, 1, 2, 1)).containsExactly(new double[] {0, 2 / 7.0, 5 / 7.0}, within(1e-12));
        assertThat(Sampling.probabilities(new double[] {0, Math.log(2), Math.log(5)}, 1, 0, 0.6)).containsExactly(0, 0, 1);
    }

    @Test
    @SuppressWarnings("unchecked")
    void wordsAreFewPiecesAndThePictureTellsWhichOnes() {
        Chapter.Lesson lesson = new PicturesAndWords().run(materials);
        List<List<String>> pieces = (List<List<String>>) lesson.figures().get("pieces");
        assertThat(String.join("", pieces.getFirst())).isEqualTo("make it black and white");
        assertThat(pieces.getFirst()).as("words of the recipe are whole pieces").hasSizeLessThan(8);
        assertThat(pieces.getLast()).as("a word that was never learnt is several").hasSizeGreaterThan(6);
        assertThat(lesson.figure("nats")).isLessThan(lesson.figure("nats_before_another_picture") - 0.5);
        assertThat((String) lesson.figures().get("said")).isNotEmpty();
        assertThat(lesson.figure("nats_gained_by_the_right_words")).as("over the whole picture").isGreaterThan(3);
        assertThat(lesson.figure("nats_gained_where_they_help")).isGreaterThanOrEqualTo(lesson.figure("nats_gained_by_the_right_words"));
        assertThat(lesson.figure("share_of_it_in_the_first_row")).isBetween(0.02, 1.0);
    }

    @Test
    void chaptersAreFoundByNumber() {
        assertThat(Course.chapter(1).name()).startsWith("01-");
        assertThatThrownBy(() -> Course.chapter(0)).isInstanceOf(InvalidInput.class).hasMessageContaining("1 to " + Course.chapters().size());
    }
}
