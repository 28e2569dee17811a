package org.xprompt4j.tests.reference;

import java.util.Arrays;

/** RMSNorm, LayerNorm, GroupNorm with its activation, and the norm of heads with rotary embedding. */
public final class ReferenceNorms {
    private ReferenceNorms() {
    }

    /** x [rows, dim], weight [dim]. */
    public static double[] rmsNorm(double[] x, double[] weight, double eps) {
        int dim = weight.length;
        double[] out = new double[x.length];
        for (int from = 0; from < x.length; from += dim) {
            double squares = 0;
            for (int c = 0; c < dim; c++) {
                squares += x[from + c] * x[from + c];
            }
            for (int c = 0; c < dim; c++) {
                out[from + c] = weight[c] * x[from + c] / Math.sqrt(squares / dim + eps);
            }
        }
        return out;
    }

    /** x [rows, dim], weight and bias [dim]. */
    public static double[] layerNorm(double[] x, double[] weight, double[] bias, double eps) {
        int dim = weight.length;
        double[] out = new double[x.length];
        for (int from = 0; from < x.length; from += dim) {
            double mean = 0;
            double squares = 0;
            for (int c = 0; c < dim; c++) {
                mean += x[from + c] / dim;
            }
            for (int c = 0; c < dim; c++) {
                squares += Math.pow(x[from + c] - mean, 2) / dim;
            }
            for (int c = 0; c < dim; c++) {
                out[from + c] = weight[c] * (x[from + c] - mean) / Math.sqrt(squares + eps) + bias[c];
            }
        }
        return out;
    }

    /** x [batch, pixels, channels], weight and bias [channels]. */
    public static double[] groupNorm(double[] x, double[] weight, double[] bias, int batch, int groups, double eps, boolean silu) {
        int channels = weight.length;
        int pixels = x.length / batch / channels;
        int width = channels / groups;
        double[] out = new double[x.length];
        double[] group = new double[pixels * width];
        double[] ones = new double[group.length];
        Arrays.fill(ones, 1);
        for (int b = 0; b < batch; b++) {
            for (int g = 0; g < groups; g++) {
                for (int i = 0; i < group.length; i++) {
                    group[i] = x[(b * pixels + i / width) * channels + g * width + i % width];
                }
                double[] n = layerNorm(group, ones, new double[group.length], eps);
                for (int i = 0; i < group.length; i++) {
                    int c = g * width + i % width;
                    double y = n[i] * weight[c] + bias[c];
                    out[(b * pixels + i / width) * channels + c] = silu ? y / (1 + Math.exp(-y)) : y;
                }
            }
        }
        return out;
    }

    /** x [rows, heads, dim], weight and bias [groups, dim], positions [rows]. */
    public static double[] qkNormRope(double[] x, double[] weight, double[] bias, int[] positions, int heads, int dim, double eps, double theta) {
        int groups = weight.length / dim;
        double[] out = new double[x.length];
        for (int from = 0; from < x.length; from += dim) {
            int head = from / dim % heads;
            int position = positions[from / dim / heads];
            int group = head * groups / heads;
            double[] n = layerNorm(Arrays.copyOfRange(x, from, from + dim), row(weight, group, dim), row(bias, group, dim), eps);
            for (int i = 0; i < dim; i++) {
                int pair = i % (dim / 2);
                double angle = position / Math.pow(theta, 2.0 * pair / dim);
                double partner = i < dim / 2 ? -n[i + dim / 2] : n[i - dim / 2];
                out[from + i] = n[i] * Math.cos(angle) + partner * Math.sin(angle);
            }
        }
        return out;
    }

    private static double[] row(double[] matrix, int row, int dim) {
        return Arrays.copyOfRange(matrix, row * dim, (row + 1) * dim);
    }
}
