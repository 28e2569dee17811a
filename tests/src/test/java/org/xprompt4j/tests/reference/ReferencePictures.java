package org.xprompt4j.tests.reference;

import org.xprompt4j.tensor.op.Conv2dSpec;

/** Convolution and resampling of channels-last pictures. */
public final class ReferencePictures {
    private ReferencePictures() {
    }

    /** Sizes of a picture batch. */
    public record Sizes(int batch, int height, int width, int channels) {
        public int at(int b, int y, int x, int c) {
            return ((b * height + y) * width + x) * channels + c;
        }

        public boolean holds(int y, int x) {
            return y >= 0 && y < height && x >= 0 && x < width;
        }

        public int numel() {
            return batch * height * width * channels;
        }
    }

    /** x sized as in, weight [out, in, kh, kw], bias [out] or null; result sized as out. */
    public static double[] conv2d(Conv2dSpec spec, Sizes in, double[] x, int kh, int kw, double[] weight, double[] bias, Sizes out) {
        double[] result = new double[out.numel()];
        for (int b = 0; b < out.batch; b++) {
            for (int y = 0; y < out.height; y++) {
                for (int column = 0; column < out.width; column++) {
                    for (int o = 0; o < out.channels; o++) {
                        double sum = bias == null ? 0 : bias[o];
                        for (int i = 0; i < in.channels; i++) {
                            for (int r = 0; r < kh; r++) {
                                for (int s = 0; s < kw; s++) {
                                    int inY = y * spec.stride() + r - spec.top();
                                    int inX = column * spec.stride() + s - spec.left();
                                    sum += in.holds(inY, inX) ? x[in.at(b, inY, inX, i)] * weight[((o * in.channels + i) * kh + r) * kw + s] : 0;
                                }
                            }
                        }
                        result[out.at(b, y, column, o)] = sum;
                    }
                }
            }
        }
        return result;
    }

    /** Every pixel four times. */
    public static double[] upsample(Sizes in, double[] x) {
        Sizes out = new Sizes(in.batch, 2 * in.height, 2 * in.width, in.channels);
        double[] result = new double[out.numel()];
        for (int b = 0; b < out.batch; b++) {
            for (int y = 0; y < out.height; y++) {
                for (int column = 0; column < out.width; column++) {
                    for (int c = 0; c < out.channels; c++) {
                        result[out.at(b, y, column, c)] = x[in.at(b, y / 2, column / 2, c)];
                    }
                }
            }
        }
        return result;
    }

    /** Mean of 2x2 pixels. */
    public static double[] averagePool(Sizes in, double[] x) {
        Sizes out = new Sizes(in.batch, in.height / 2, in.width / 2, in.channels);
        double[] result = new double[out.numel()];
        for (int b = 0; b < in.batch; b++) {
            for (int y = 0; y < in.height; y++) {
                for (int column = 0; column < in.width; column++) {
                    for (int c = 0; c < in.channels; c++) {
                        result[out.at(b, y / 2, column / 2, c)] += x[in.at(b, y, column, c)] / 4;
                    }
                }
            }
        }
        return result;
    }
}
