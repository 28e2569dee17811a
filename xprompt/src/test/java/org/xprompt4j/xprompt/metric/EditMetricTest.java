package org.xprompt4j.xprompt.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.xprompt4j.xprompt.picture.Picture;

/** Measures of edits on vectors and pictures made by hand. */
class EditMetricTest {
    @Test
    void directionsAreCosinesOfDifferences() {
        float[] input = {1, 0, 0};
        float[] truth = {0, 1, 0};
        assertThat(FeatureCosines.direction(input, truth, truth)).isCloseTo(1, within(1e-12));
        assertThat(FeatureCosines.direction(input, input, truth)).as("a copy goes nowhere").isZero();
        assertThat(FeatureCosines.direction(input, truth, input)).as("nothing was to be done").isZero();
        assertThat(FeatureCosines.direction(input, new float[] {2, -1, 0}, truth)).as("the other way").isCloseTo(-1, within(1e-12));
        assertThat(FeatureCosines.direction(input, new float[] {0, 0, 1}, truth)).as("(-1,0,1) and (-1,1,0)").isCloseTo(0.5, within(1e-12));
        assertThat(FeatureCosines.similarity(truth, truth)).isCloseTo(1, within(1e-12));
        assertThat(FeatureCosines.similarity(input, truth)).isZero();
        assertThat(FeatureCosines.similarity(new float[] {3, 4, 0}, truth)).isCloseTo(0.8, within(1e-12));
    }

    /** Four pixels, of which the first is changed by so much in one channel. */
    private static Picture first(int red) {
        byte[] rgb = Picture.filled(2, 2, 0x646464).rgb().clone();
        rgb[0] = (byte) red;
        return new Picture(2, 2, rgb);
    }

    @Test
    void onlyChangedPixelsCount() {
        Picture input = first(100);
        assertThat(new ChangedPixels(input, first(125)).count()).as("25 of 255 are less than a tenth").isZero();
        assertThat(new ChangedPixels(input, first(126)).count()).isEqualTo(1);
        assertThat(new ChangedPixels(first(126), input).count()).isEqualTo(1);

        ChangedPixels changed = new ChangedPixels(input, first(200));
        byte[] elsewhere = first(190).rgb().clone();
        elsewhere[11] = 0; // the last pixel is none of the changed ones
        Picture answer = new Picture(2, 2, elsewhere);
        assertThat(changed.psnr(answer)).isCloseTo(10 * Math.log10(255.0 * 255 / (10.0 * 10 / 3)), within(1e-9));
        assertThat(changed.psnr(first(200))).isEqualTo(Psnr.CEILING);
        assertThat(changed.hit(answer)).isEqualTo(1);
        assertThat(changed.hit(first(200))).isEqualTo(1);
        assertThat(changed.hit(first(151))).isEqualTo(1);
        assertThat(changed.hit(first(150))).as("as far from one as from the other").isZero();
        assertThat(changed.hit(input)).as("a copy").isZero();

        ChangedPixels none = new ChangedPixels(input, input);
        assertThat(none.psnr(answer)).isNaN();
        assertThat(none.hit(answer)).isNaN();
    }
}
