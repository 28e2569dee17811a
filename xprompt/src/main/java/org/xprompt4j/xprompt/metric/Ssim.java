package org.xprompt4j.xprompt.metric;

import java.util.Arrays;
import org.xprompt4j.xprompt.picture.Picture;

/**
 * Structural similarity (Wang, Bovik, Sheikh, Simoncelli, IEEE TIP 2004), range 255, K1 = 0.01, K2 = 0.03, in float64:
 * the mean over the three channels and over all windows that lie wholly inside the pictures. Two windows are usual:
 * 11 Gaussian taps of sigma 1.5 with population covariance (the paper's), and 7 x 7 uniform with sample covariance
 * (scikit-image's default).
 */
public final class Ssim {
    private static final double C1 = 0.01 * 255 * 0.01 * 255;
    private static final double C2 = 0.03 * 255 * 0.03 * 255;
    private static final Ssim GAUSSIAN = new Ssim(gaussianTaps(), 1);
    private static final Ssim UNIFORM7 = new Ssim(uniformTaps(), 49.0 / 48.0);

    private final double[] taps;          // [window], sum 1, for each axis
    private final double covarianceNorm;  // 1 for population, n / (n - 1) for sample covariance

    private Ssim(double[] taps, double covarianceNorm) {
        this.taps = taps;
        this.covarianceNorm = covarianceNorm;
    }

    /** With 11 Gaussian taps, sigma 1.5; pictures at least 11 x 11. */
    public static double gaussian(Picture a, Picture b) {
        return GAUSSIAN.of(a, b);
    }

    /** With uniform 7 x 7 windows and sample covariance; pictures at least 7 x 7. */
    public static double uniform7(Picture a, Picture b) {
        return UNIFORM7.of(a, b);
    }

    private double of(Picture a, Picture b) {
        Mse.requireSameSize(a, b);
        int window = taps.length;
        if (a.width() < window || a.height() < window) {
            throw new IllegalArgumentException(a + " is smaller than the SSIM window of " + window + " x " + window);
        }
        double sum = 0;
        for (int c = 0; c < 3; c++) {
            sum += channel(plane(a, c), plane(b, c), a.width(), a.height());
        }
        return sum / 3;
    }

    /** @param x [height, width]; @param y [height, width] */
    private double channel(double[] x, double[] y, int width, int height) {
        double[] meanX = filter(x, width, height);
        double[] meanY = filter(y, width, height);
        double[] meanXx = filter(product(x, x), width, height);
        double[] meanYy = filter(product(y, y), width, height);
        double[] meanXy = filter(product(x, y), width, height);
        double sum = 0;
        for (int i = 0; i < meanX.length; i++) {
            double ux = meanX[i];
            double uy = meanY[i];
            double vx = covarianceNorm * (meanXx[i] - ux * ux);
            double vy = covarianceNorm * (meanYy[i] - uy * uy);
            double vxy = covarianceNorm * (meanXy[i] - ux * uy);
            sum += (2 * ux * uy + C1) * (2 * vxy + C2) / ((ux * ux + uy * uy + C1) * (vx + vy + C2));
        }
        return sum / meanX.length;
    }

    /** Weighted means over the windows inside. @return [height - window + 1, width - window + 1] */
    private double[] filter(double[] in, int width, int height) {
        int w = width - taps.length + 1;
        int h = height - taps.length + 1;
        double[] rows = new double[height * w];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < w; x++) {
                double sum = 0;
                for (int k = 0; k < taps.length; k++) {
                    sum += taps[k] * in[y * width + x + k];
                }
                rows[y * w + x] = sum;
            }
        }
        double[] out = new double[h * w];
        for (int y = 0; y < h; y++) {
            for (int k = 0; k < taps.length; k++) {
                for (int x = 0; x < w; x++) {
                    out[y * w + x] += taps[k] * rows[(y + k) * w + x];
                }
            }
        }
        return out;
    }

    private static double[] plane(Picture picture, int channel) {
        byte[] rgb = picture.rgb();
        double[] plane = new double[rgb.length / 3];
        for (int i = 0; i < plane.length; i++) {
            plane[i] = rgb[3 * i + channel] & 0xFF;
        }
        return plane;
    }

    private static double[] product(double[] x, double[] y) {
        double[] out = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            out[i] = x[i] * y[i];
        }
        return out;
    }

    private static double[] gaussianTaps() {
        double[] taps = new double[11];
        for (int i = 0; i < taps.length; i++) {
            double d = i - 5;
            taps[i] = Math.exp(-0.5 * d * d / (1.5 * 1.5));
        }
        double sum = Arrays.stream(taps).sum();
        return Arrays.stream(taps).map(t -> t / sum).toArray();
    }

    private static double[] uniformTaps() {
        double[] taps = new double[7];
        Arrays.fill(taps, 1 / 7.0);
        return taps;
    }
}
