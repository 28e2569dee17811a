package org.xprompt4j.xprompt.picture;

/**
 * Separable resampling as Pillow does it: the kernel is stretched by the shrink factor, weights are 22-bit integers that sum to
 * one, the horizontal pass comes first and its result is rounded to 8 bits. Byte for byte Pillow's {@code Image.resize}.
 * Only the wanted window of the result is computed, so a strip of 20000 x 10 costs no more than its centre.
 */
public final class Resample {
    /** The kernels of Pillow that are needed here. */
    public enum Kernel {
        /** sinc(x) sinc(x / 3), {@code |x| < 3}. */
        LANCZOS(3) {
            @Override
            double weight(double x) {
                return -3 <= x && x < 3 ? sinc(x) * sinc(x / 3) : 0;
            }
        },
        /** Keys' cubic with a = -0.5. */
        BICUBIC(2) {
            @Override
            double weight(double x) {
                double a = -0.5;
                double d = Math.abs(x);
                if (d < 1) {
                    return ((a + 2) * d - (a + 3)) * d * d + 1;
                }
                return d < 2 ? (((d - 5) * d + 8) * d - 4) * a : 0;
            }
        };

        final double support;

        Kernel(double support) {
            this.support = support;
        }

        abstract double weight(double x);

        private static double sinc(double x) {
            return x == 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
        }
    }

    /** 32 bits less 8 of the sample and 2 of overshoot. */
    private static final int PRECISION = 22;

    private Resample() {}

    /** The whole picture at another size. */
    public static Picture resize(Picture picture, int width, int height, Kernel kernel) {
        return resize(picture, width, height, kernel, 0, 0, width, height);
    }

    /**
     * A window of the picture at another size.
     *
     * @param width  of the whole resized picture
     * @param height of the whole resized picture
     * @param x      left edge of the window in the resized picture
     * @param y      top edge of the window in the resized picture
     * @param w      width of the window
     * @param h      height of the window
     */
    public static Picture resize(Picture picture, int width, int height, Kernel kernel, int x, int y, int w, int h) {
        if (width < 1 || height < 1 || x < 0 || y < 0 || w < 1 || h < 1 || (long) x + w > width || (long) y + h > height) {
            throw new IllegalArgumentException("window " + w + " x " + h + " at " + x + "," + y + " of a picture resized to " + width + " x " + height);
        }
        Taps vertical = Taps.of(picture.height(), height, kernel, y, h);
        int firstRow = vertical.first();
        int rows = vertical.last() - firstRow;
        byte[] between = horizontal(picture, Taps.of(picture.width(), width, kernel, x, w), firstRow, rows);
        return new Picture(w, h, vertical(between, w, vertical, firstRow));
    }

    /** @return [rows, taps.count, 3] */
    private static byte[] horizontal(Picture picture, Taps taps, int firstRow, int rows) {
        byte[] in = picture.rgb();
        int w = taps.count();
        byte[] out = new byte[3 * w * rows];
        for (int row = 0; row < rows; row++) {
            int line = 3 * (firstRow + row) * picture.width();
            for (int x = 0; x < w; x++) {
                int from = line + 3 * taps.start[x];
                int[] weights = taps.weights[x];
                for (int c = 0; c < 3; c++) {
                    int sum = 1 << PRECISION - 1;
                    for (int k = 0; k < weights.length; k++) {
                        sum += (in[from + 3 * k + c] & 0xFF) * weights[k];
                    }
                    out[3 * (row * w + x) + c] = clip(sum);
                }
            }
        }
        return out;
    }

    /** @return [taps.count, width, 3] */
    private static byte[] vertical(byte[] in, int width, Taps taps, int firstRow) {
        int stride = 3 * width;
        byte[] out = new byte[stride * taps.count()];
        for (int y = 0; y < taps.count(); y++) {
            int from = stride * (taps.start[y] - firstRow);
            int[] weights = taps.weights[y];
            for (int i = 0; i < stride; i++) {
                int sum = 1 << PRECISION - 1;
                for (int k = 0; k < weights.length; k++) {
                    sum += (in[from + k * stride + i] & 0xFF) * weights[k];
                }
                out[y * stride + i] = clip(sum);
            }
        }
        return out;
    }

    private static byte clip(int sum) {
        return (byte) Math.clamp(sum >> PRECISION, 0, 255);
    }

    /** For each wanted result sample, where its source samples begin and how they are weighed. */
    private record Taps(int[] start, int[][] weights) {

        static Taps of(int inSize, int outSize, Kernel kernel, int from, int count) {
            int[] start = new int[count];
            int[][] weights = new int[count][];
            if (inSize == outSize) {   // Pillow leaves an unchanged axis alone
                for (int i = 0; i < count; i++) {
                    start[i] = from + i;
                    weights[i] = new int[] {1 << PRECISION};
                }
                return new Taps(start, weights);
            }
            double scale = (double) inSize / outSize;
            double stretch = Math.max(scale, 1);
            double support = kernel.support * stretch;
            for (int i = 0; i < count; i++) {
                double centre = (from + i + 0.5) * scale;
                int low = Math.max((int) (centre - support + 0.5), 0);
                int high = Math.min((int) (centre + support + 0.5), inSize);
                double[] w = new double[high - low];
                double sum = 0;
                for (int k = 0; k < w.length; k++) {
                    w[k] = kernel.weight((k + low - centre + 0.5) * (1 / stretch));
                    sum += w[k];
                }
                start[i] = low;
                weights[i] = new int[w.length];
                for (int k = 0; k < w.length; k++) {
                    double scaled = w[k] / sum * (1 << PRECISION);
                    weights[i][k] = (int) (scaled < 0 ? scaled - 0.5 : scaled + 0.5);
                }
            }
            return new Taps(start, weights);
        }

        int count() {
            return start.length;
        }

        int first() {
            return start[0];
        }

        int last() {
            return start[start.length - 1] + weights[start.length - 1].length;
        }
    }
}
