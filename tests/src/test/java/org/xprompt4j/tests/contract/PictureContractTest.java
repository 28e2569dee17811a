package org.xprompt4j.tests.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.xprompt4j.tests.contract.Workbench.sum;
import static org.xprompt4j.tests.contract.Workbench.wide;

import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Conv2dSpec;
import org.xprompt4j.tests.Closeness;
import org.xprompt4j.tests.reference.Differences;
import org.xprompt4j.tests.reference.ReferenceMatrix;
import org.xprompt4j.tests.reference.ReferencePictures;
import org.xprompt4j.tests.reference.ReferencePictures.Sizes;

/** Convolution, resampling and the nearest code. */
class PictureContractTest extends BackendContract {
    private record Convolution(Conv2dSpec spec, int kernelHeight, int kernelWidth, Sizes in, Sizes out) {
    }

    private Convolution convolution(int trial, int largest) {
        Conv2dSpec spec = switch (trial % 4) {
            case 0 -> Conv2dSpec.padded(1);
            case 1 -> Conv2dSpec.downsample();
            case 2 -> Conv2dSpec.padded(0);
            default -> new Conv2dSpec(bench.between(1, 3), bench.between(0, 2), bench.between(0, 2), bench.between(0, 2), bench.between(0, 2));
        };
        int kernelHeight = trial % 4 == 2 ? 1 : 3;
        int kernelWidth = trial % 4 == 3 ? bench.between(1, 3) : kernelHeight;
        Sizes in = new Sizes(bench.between(1, 2), bench.between(3, largest), bench.between(3, largest), Math.min(largest * 2, bench.awkward()));
        Sizes out = new Sizes(in.batch(), (int) spec.outHeight(in.height(), kernelHeight), (int) spec.outWidth(in.width(), kernelWidth),
                Math.min(largest * 2, bench.awkward()));
        return new Convolution(spec, kernelHeight, kernelWidth, in, out);
    }

    private Tensor input(Sizes s) {
        return bench.input(s.batch(), s.height(), s.width(), s.channels());
    }

    private Tensor output(Sizes s) {
        return bench.output(s.batch(), s.height(), s.width(), s.channels());
    }

    @Test
    void conv2d() {
        for (int trial = 0; trial < 32; trial++) {
            Convolution c = convolution(trial, 9);
            Tensor x = input(c.in());
            Tensor weight = bench.input(trial % 3 == 0 ? DType.BF16 : DType.F32, c.out().channels(), c.in().channels(), c.kernelHeight(), c.kernelWidth());
            Tensor bias = trial % 5 == 0 ? null : bench.input(c.out().channels());
            Tensor residual = trial % 2 == 0 ? null : input(c.out());
            Tensor out = output(c.out());
            backend.conv2d(c.spec(), x, weight, bias, residual, out);
            double[] expected = ReferencePictures.conv2d(c.spec(), c.in(), wide(x), c.kernelHeight(), c.kernelWidth(), wide(weight),
                    bias == null ? null : wide(bias), c.out());
            Closeness.of(bench.describe("conv2d " + c), residual == null ? expected : sum(expected, 1, wide(residual)), out.toFloatArray())
                    .scaledByLargest().within(3e-6, 1e-6);
        }
    }

    @Test
    void conv2dBackward() {
        for (int trial = 0; trial < 12; trial++) {
            Convolution c = convolution(trial, 4);
            Tensor x = input(c.in());
            Tensor weight = bench.input(c.out().channels(), c.in().channels(), c.kernelHeight(), c.kernelWidth());
            Tensor dOut = input(c.out());
            Tensor dX = trial == 1 ? null : input(c.in());
            Tensor dWeight = trial == 2 ? null : bench.input(weight.shape().toArray());
            Tensor dBias = trial == 3 ? null : bench.input(c.out().channels());
            double[] beforeX = dX == null ? null : wide(dX);
            double[] beforeWeight = dWeight == null ? null : wide(dWeight);
            double[] beforeBias = dBias == null ? null : wide(dBias);
            backend.conv2dBackward(c.spec(), x, weight, dOut, dX, dWeight, dBias);
            if (dX != null) {
                close("conv2d dX " + c, beforeX, Differences.gradient(v -> ReferencePictures.conv2d(c.spec(), c.in(), v, c.kernelHeight(),
                        c.kernelWidth(), wide(weight), null, c.out()), wide(x), wide(dOut)), dX);
            }
            if (dWeight != null) {
                close("conv2d dWeight " + c, beforeWeight, Differences.gradient(v -> ReferencePictures.conv2d(c.spec(), c.in(), wide(x),
                        c.kernelHeight(), c.kernelWidth(), v, null, c.out()), wide(weight), wide(dOut)), dWeight);
            }
            if (dBias != null) {
                double[] g = new double[c.out().channels()];
                for (int i = 0; i < c.out().numel(); i++) {
                    g[i % g.length] += wide(dOut)[i];
                }
                close("conv2d dBias " + c, beforeBias, g, dBias);
            }
        }
    }

    private void close(String what, double[] before, double[] gradient, Tensor actual) {
        Closeness.of(bench.describe(what), sum(before, 1, gradient), actual.toFloatArray()).scaledByLargest().within(4e-6, 1e-6);
    }

    @Test
    void resampling() {
        for (int trial = 0; trial < 8; trial++) {
            Sizes coarse = new Sizes(bench.between(1, 2), bench.between(1, 5), bench.between(1, 5), bench.awkward());
            Sizes fine = new Sizes(coarse.batch(), 2 * coarse.height(), 2 * coarse.width(), coarse.channels());
            Tensor small = input(coarse);
            Tensor large = input(fine);
            Tensor smallOut = output(coarse);
            Tensor largeOut = output(fine);
            Tensor dSmall = input(coarse);
            Tensor dLarge = input(fine);
            backend.upsampleNearest(small, largeOut);
            backend.averagePool(large, smallOut);
            close("upsampleNearest " + coarse, new double[fine.numel()], ReferencePictures.upsample(coarse, wide(small)), largeOut);
            close("averagePool " + fine, new double[coarse.numel()], ReferencePictures.averagePool(fine, wide(large)), smallOut);
            double[] beforeSmall = wide(dSmall);
            double[] beforeLarge = wide(dLarge);
            backend.upsampleNearestBackward(large, dSmall);
            backend.averagePoolBackward(small, dLarge);
            close("upsampleNearest dX " + coarse, beforeSmall,
                    Differences.gradient(v -> ReferencePictures.upsample(coarse, v), wide(small), wide(large)), dSmall);
            close("averagePool dX " + fine, beforeLarge,
                    Differences.gradient(v -> ReferencePictures.averagePool(fine, v), wide(large), wide(small)), dLarge);
        }
    }

    @Test
    void nearestCode() {
        for (int trial = 0; trial < 24; trial++) {
            int rows = bench.awkward();
            int codes = trial < 20 ? bench.awkward() : 521;
            int dim = bench.awkward();
            Tensor z = bench.input(rows, dim);
            Tensor codebook = bench.input(codes, dim);
            Tensor out = bench.intOutput(rows);
            backend.nearestCode(z, codebook, out);
            double[] distance = ReferenceMatrix.squaredDistances(wide(z), wide(codebook), dim);
            for (int r = 0; r < rows; r++) {
                int code = out.toIntArray()[r];
                assertThat(code).as(bench.describe("nearestCode")).isBetween(0, codes - 1);
                double least = Double.POSITIVE_INFINITY;
                for (int e = 0; e < codes; e++) {
                    least = Math.min(least, distance[r * codes + e]);
                }
                // Two codes closer to one another than rounding can tell are both right.
                assertThat(distance[r * codes + code]).as(bench.describe("nearestCode row " + r + " dim " + dim)).isLessThanOrEqualTo(least * (1 + 1e-5) + 1e-5);
            }
        }
    }

    @Test
    void tiedCodesGoToTheFirst() {
        float[] row = bench.normal(19);
        float[] codebook = new float[19 * 40];
        for (int code = 0; code < 40; code++) {
            for (int c = 0; c < 19; c++) {
                codebook[code * 19 + c] = code % 13 == 5 ? row[c] : 50; // codes 5, 18, 31 are the row itself
            }
        }
        Tensor out = bench.intOutput(1);
        backend.nearestCode(bench.of(row, 1, 19), bench.of(codebook, 40, 19), out);
        assertThat(out.toIntArray()).as(bench.describe("tied codes")).containsExactly(5);
    }
}
