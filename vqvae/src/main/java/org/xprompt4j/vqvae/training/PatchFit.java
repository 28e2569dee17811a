package org.xprompt4j.vqvae.training;

import java.util.Arrays;

import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Ops;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.vqvae.Vqgan;
import org.xprompt4j.vqvae.VqganConfig;

/**
 * The best linear way out of a patch path for the codes as they are: what decoding leaves over is fitted, by least squares, from
 * each code and its eight neighbours. It smooths the seams between cells and takes seconds; the network learns the rest.
 */
final class PatchFit {
    private static final int REACH = 1; // neighbours to each side
    private static final int TAPS = (2 * REACH + 1) * (2 * REACH + 1);
    private static final double RIDGE = 1e-5; // a row's share, so that directions that no code takes stay at zero

    private final Backend backend;
    private final TokenizerRecipe recipe;
    private final int dim; // numbers of a code
    private final int cell; // numbers of a patch
    private final int side; // pixels of a patch along one side
    private final int features; // numbers that a patch is fitted from: codes in reach, and 1
    private final double[][] normal; // [features][features], lower triangle
    private final double[][] right; // [features][cell]

    PatchFit(Backend backend, TokenizerRecipe recipe) {
        this.backend = backend;
        this.recipe = recipe;
        VqganConfig model = recipe.model();
        dim = model.codeDim();
        side = model.reduction();
        cell = side * side * model.inChannels();
        features = TAPS * dim + 1;
        normal = new double[features][features];
        right = new double[features][cell];
    }

    /** Adds the fit to the model's way out; the patches come from the first steps of the batches. */
    void apply(Vqgan vqgan, PictureBatches batches) {
        float[] entries = vqgan.quantizer().embedding().value().toFloatArray();
        int rows = 0;
        for (int step = 0; rows < recipe.codebook().startPatches(); step++) {
            rows += gather(vqgan, entries, batches.at(step));
        }
        for (int i = 0; i < features; i++) {
            normal[i][i] += RIDGE * rows;
        }
        solve();
        float[] toPixels = new float[cell * dim * TAPS];
        float[] bias = new float[cell];
        for (int p = 0; p < cell; p++) {
            for (int d = 0; d < dim; d++) {
                for (int tap = 0; tap < TAPS; tap++) {
                    toPixels[(p * dim + d) * TAPS + tap] = (float) right[tap * dim + d][p];
                }
            }
            bias[p] = (float) right[features - 1][p];
        }
        vqgan.patchPath().addToWayOut(toPixels, bias);
    }

    /** Adds the cells of a batch to the normal equations and returns their number. */
    private int gather(Vqgan vqgan, float[] entries, PictureBatches.Batch batch) {
        try (MemoryScope memory = backend.openScope("patch fit")) {
            Ops ops = new Ops(backend, memory);
            Tensor pixels = memory.of(batch.pixels(), batch.batch(), batch.height(), batch.width(), recipe.model().inChannels());
            Tensor codes = vqgan.encode(ops, pixels);
            float[] left = ops.subtract(pixels, vqgan.decode(ops, codes)).toFloatArray();
            int[] chosen = codes.toIntArray();
            int height = codes.size(1);
            int width = codes.size(2);
            double[] row = new double[features];
            double[] target = new double[cell];
            for (int at = 0; at < chosen.length; at++) {
                int y = at / width % height;
                int x = at % width;
                features(entries, chosen, at, y, x, height, width, row);
                patch(left, at / width / height, y, x, batch, target);
                add(row, target);
            }
            return chosen.length;
        }
    }

    /** The codes around one cell, zeros outside the picture as the convolution pads, and 1. */
    private void features(float[] entries, int[] chosen, int at, int y, int x, int height, int width, double[] row) {
        Arrays.fill(row, 0);
        int tap = 0;
        for (int dy = -REACH; dy <= REACH; dy++) {
            for (int dx = -REACH; dx <= REACH; dx++, tap++) {
                if (y + dy >= 0 && y + dy < height && x + dx >= 0 && x + dx < width) {
                    int code = chosen[at + dy * width + dx];
                    for (int d = 0; d < dim; d++) {
                        row[tap * dim + d] = entries[code * dim + d];
                    }
                }
            }
        }
        row[features - 1] = 1;
    }

    /** One cell's numbers in the order (y, x, channel). */
    private void patch(float[] left, int picture, int y, int x, PictureBatches.Batch batch, double[] target) {
        int channels = recipe.model().inChannels();
        for (int dy = 0, i = 0; dy < side; dy++) {
            int from = ((picture * batch.height() + y * side + dy) * batch.width() + x * side) * channels;
            for (int j = 0; j < side * channels; j++, i++) {
                target[i] = left[from + j];
            }
        }
    }

    private void add(double[] row, double[] target) {
        for (int i = 0; i < features; i++) {
            double value = row[i];
            if (value != 0) {
                for (int j = 0; j <= i; j++) {
                    normal[i][j] += value * row[j];
                }
                for (int p = 0; p < cell; p++) {
                    right[i][p] += value * target[p];
                }
            }
        }
    }

    /** Cholesky's factor of the normal matrix in place, then both triangles: {@link #right} becomes the solution. */
    private void solve() {
        for (int i = 0; i < features; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = normal[i][j];
                for (int k = 0; k < j; k++) {
                    sum -= normal[i][k] * normal[j][k];
                }
                normal[i][j] = i == j ? Math.sqrt(sum) : sum / normal[j][j];
            }
        }
        for (int i = 0; i < features; i++) {
            for (int p = 0; p < cell; p++) {
                double sum = right[i][p];
                for (int k = 0; k < i; k++) {
                    sum -= normal[i][k] * right[k][p];
                }
                right[i][p] = sum / normal[i][i];
            }
        }
        for (int i = features - 1; i >= 0; i--) {
            for (int p = 0; p < cell; p++) {
                double sum = right[i][p];
                for (int k = i + 1; k < features; k++) {
                    sum -= normal[k][i] * right[k][p];
                }
                right[i][p] = sum / normal[i][i];
            }
        }
    }
}
