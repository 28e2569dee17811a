package org.xprompt4j.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Known answers of Random123 1.14 (kat_vectors, philox4x32 with 10 rounds), and what is built on them. */
class PhiloxTest {
    private static int[] block(long seed, long stream, long position) {
        int[] words = new int[4];
        for (int i = 0; i < 4; i++) {
            words[i] = Philox.word(seed, stream, position, i);
        }
        return words;
    }

    @Test
    void knownAnswers() {
        assertThat(block(0, 0, 0)).containsExactly(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
        assertThat(block(-1, -1, -1)).containsExactly(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
        assertThat(block(0x299f31d0a4093822L, 0x0370734413198a2eL, 0x85a308d3243f6a88L))
                .containsExactly(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1);
    }

    @Test
    void theCursorDrawsWhatThePositionsHold() {
        Philox cursor = new Philox(12, 34);
        for (int i = 0; i < 40; i++) {
            assertThat(cursor.nextFloat()).isEqualTo(Philox.uniform(12, 34, i));
        }
        Philox normals = new Philox(12, 34);
        float[] drawn = new float[10];
        for (int i = 0; i < 10; i++) {
            drawn[i] = normals.nextGaussian();
            assertThat(drawn[i]).isEqualTo(Philox.normal(12, 34, i));
        }
        assertThat(new Philox(12, 34).gaussians(10)).containsExactly(drawn);
    }

    @Test
    void manyDrawsAtOnceAreTheSingleOnes() {
        float[] draws = new float[23];
        for (long first : new long[] {0, 1, 2, 3, 1L << 34}) {
            Philox.uniforms(56, -78, first, draws.length, draws);
            for (int i = 0; i < draws.length; i++) {
                assertThat(draws[i]).as("draw %d from %d", i, first).isEqualTo(Philox.uniform(56, -78, first + i));
            }
        }
    }

    @Test
    void uniformNumbersStayInsideTheOpenInterval() {
        assertThat(Philox.toUniform(0)).isPositive();
        assertThat(Philox.toUniform(-1)).isLessThan(1);
        assertThat(Philox.toUniform(0x1ff)).as("the low nine bits are not used").isEqualTo(Philox.toUniform(0));
        double mean = 0;
        for (int i = 0; i < 10_000; i++) {
            mean += Philox.uniform(1, 2, i) / 10_000;
        }
        assertThat(mean).isBetween(0.49, 0.51);
    }

    @Test
    void gumbelNoiseHasItsMeanAndIsFinite() {
        double mean = 0;
        for (int i = 0; i < 10_000; i++) {
            float noise = Philox.gumbel(1, 2, i);
            assertThat(noise).isFinite();
            mean += noise / 10_000;
        }
        assertThat(mean).as("Euler's constant").isBetween(0.54, 0.62);
    }

    @Test
    void boundedIntegersCoverTheirRange() {
        Philox random = new Philox(3, 4);
        int[] counts = new int[7];
        for (int i = 0; i < 7000; i++) {
            counts[random.nextInt(7)]++;
        }
        for (int count : counts) {
            assertThat(count).isBetween(880, 1120);
        }
        assertThatThrownBy(() -> random.nextInt(0)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("0");
    }
}
