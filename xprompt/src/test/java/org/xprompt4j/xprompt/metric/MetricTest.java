package org.xprompt4j.xprompt.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.xprompt.picture.Picture;

class MetricTest {
    private static Picture noise(int width, int height, long seed) {
        Philox random = new Philox(seed, 1);
        byte[] rgb = new byte[3 * width * height];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) random.nextInt();
        }
        return new Picture(width, height, rgb);
    }

    @Test
    void equalPictures() {
        Picture a = noise(20, 13, 3);
        assertThat(Psnr.of(a, a)).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(Psnr.capped(a, a, Psnr.CEILING)).isEqualTo(54);
        assertThat(Ssim.gaussian(a, a)).isCloseTo(1, within(1e-12));
        assertThat(Ssim.uniform7(a, a)).isCloseTo(1, within(1e-12));
        assertThat(Mse.on01(a, a)).isZero();
    }

    @Test
    void knownErrors() {
        Picture black = Picture.filled(16, 16, 0);
        Picture white = Picture.filled(16, 16, 0xFFFFFF);
        assertThat(Psnr.of(black, white)).isZero();
        assertThat(Mse.rootOn01(black, white)).isEqualTo(1);
        assertThat(Psnr.of(black, Picture.filled(16, 16, 0x010101))).isCloseTo(20 * Math.log10(255), within(1e-12));
    }

    @Test
    void sizesAreChecked() {
        assertThatThrownBy(() -> Psnr.of(noise(5, 5, 1), noise(5, 6, 1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Ssim.gaussian(noise(10, 30, 1), noise(10, 30, 2))).hasMessageContaining("11 x 11");
    }

    @Test
    void theBootstrapIntervalCoversAndRepeats() {
        Philox random = new Philox(5, 2);
        double[] values = new double[40];
        Arrays.setAll(values, i -> 20 + 3 * random.nextGaussian());
        Bootstrap.Interval interval = Bootstrap.mean(values, 7);
        double mean = Arrays.stream(values).average().orElseThrow();
        double deviation = Math.sqrt(Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / values.length);
        double half = 1.96 * deviation / Math.sqrt(values.length);
        assertThat(interval.mean()).isCloseTo(mean, within(1e-9));
        assertThat(interval.low()).isCloseTo(mean - half, within(0.15 * half));
        assertThat(interval.high()).isCloseTo(mean + half, within(0.15 * half));
        assertThat(Bootstrap.mean(values, 7)).isEqualTo(interval);
        assertThat(Bootstrap.mean(new double[] {4}, 1)).isEqualTo(new Bootstrap.Interval(4, 4, 4));
    }
}
