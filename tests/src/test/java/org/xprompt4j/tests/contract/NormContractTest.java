package org.xprompt4j.tests.contract;

import static org.xprompt4j.tests.contract.Workbench.sum;
import static org.xprompt4j.tests.contract.Workbench.wide;

import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Activation;
import org.xprompt4j.tensor.op.GroupNormSpec;
import org.xprompt4j.tensor.op.QkNormRopeSpec;
import org.xprompt4j.tests.Closeness;
import org.xprompt4j.tests.reference.Differences;
import org.xprompt4j.tests.reference.ReferenceNorms;

/** RMSNorm, LayerNorm, GroupNorm, QK-norm with rotary embedding: forward and backward. */
class NormContractTest extends BackendContract {
    private static final float EPS = 1e-5f;

    private void close(String what, double[] expected, Tensor actual) {
        Closeness.of(bench.describe(what), expected, actual.toFloatArray()).within(1e-5, 2e-6);
    }

    private void closeGradient(String what, double[] before, double[] gradient, Tensor actual) {
        Closeness.of(bench.describe(what), sum(before, 1, gradient), actual.toFloatArray()).scaledByLargest().within(1e-5, 2e-6);
    }

    @Test
    void rmsNorm() {
        for (int trial = 0; trial < 24; trial++) {
            int rows = bench.awkward();
            int dim = bench.awkward();
            Tensor x = bench.input(rows, dim);
            Tensor weight = bench.input(trial % 2 == 0 ? DType.F32 : DType.BF16, dim);
            Tensor out = bench.output(rows, dim);
            Tensor inverseRms = trial % 3 == 0 ? null : bench.output(rows);
            backend.rmsNorm(EPS, x, weight, out, inverseRms);
            close("rmsNorm " + rows + "x" + dim, ReferenceNorms.rmsNorm(wide(x), wide(weight), EPS), out);
            if (inverseRms != null) {
                double[] expected = new double[rows];
                double[] ones = new double[dim];
                Arrays.fill(ones, 1);
                for (int r = 0; r < rows; r++) {
                    double[] row = Arrays.copyOfRange(wide(x), r * dim, (r + 1) * dim);
                    expected[r] = 1 / Math.sqrt(Arrays.stream(row).map(v -> v * v).average().orElseThrow() + EPS);
                }
                close("rmsNorm inverseRms " + rows + "x" + dim, expected, inverseRms);
            }
        }
    }

    @Test
    void rmsNormBackward() {
        for (int trial = 0; trial < 8; trial++) {
            int rows = bench.between(1, 9);
            int dim = bench.awkward();
            Tensor x = bench.input(rows, dim);
            Tensor weight = bench.input(dim);
            Tensor inverseRms = bench.output(rows);
            backend.rmsNorm(EPS, x, weight, bench.output(rows, dim), inverseRms);
            Tensor dOut = bench.input(rows, dim);
            Tensor dX = trial == 1 ? null : bench.input(rows, dim);
            Tensor dWeight = trial == 2 ? null : bench.input(dim);
            double[] beforeX = dX == null ? null : wide(dX);
            double[] beforeWeight = dWeight == null ? null : wide(dWeight);
            backend.rmsNormBackward(x, weight, inverseRms, dOut, dX, dWeight);
            if (dX != null) {
                closeGradient("rmsNorm dX " + rows + "x" + dim, beforeX,
                        Differences.gradient(v -> ReferenceNorms.rmsNorm(v, wide(weight), EPS), wide(x), wide(dOut)), dX);
            }
            if (dWeight != null) {
                closeGradient("rmsNorm dWeight " + rows + "x" + dim, beforeWeight,
                        Differences.gradient(v -> ReferenceNorms.rmsNorm(wide(x), v, EPS), wide(weight), wide(dOut)), dWeight);
            }
        }
    }

    @Test
    void layerNorm() {
        for (int trial = 0; trial < 24; trial++) {
            int rows = bench.awkward();
            int dim = bench.awkward();
            DType type = trial % 2 == 0 ? DType.F32 : DType.BF16;
            Tensor x = bench.input(rows, dim);
            Tensor weight = bench.input(type, dim);
            Tensor bias = bench.input(type, dim);
            Tensor out = bench.output(rows, dim);
            backend.layerNorm(EPS, x, weight, bias, out);
            close("layerNorm " + rows + "x" + dim, ReferenceNorms.layerNorm(wide(x), wide(weight), wide(bias), EPS), out);
        }
    }

    @Test
    void layerNormBackward() {
        for (int trial = 0; trial < 8; trial++) {
            int rows = bench.between(1, 9);
            int dim = Math.max(2, bench.awkward());
            Tensor x = bench.input(rows, dim);
            Tensor weight = bench.input(dim);
            Tensor dOut = bench.input(rows, dim);
            Tensor dX = bench.input(rows, dim);
            Tensor dWeight = bench.input(dim);
            Tensor dBias = bench.input(dim);
            double[] beforeX = wide(dX);
            double[] beforeWeight = wide(dWeight);
            double[] beforeBias = wide(dBias);
            backend.layerNormBackward(EPS, x, weight, dOut, dX, dWeight, dBias);
            double[] zero = new double[dim];
            String size = rows + "x" + dim;
            closeGradient("layerNorm dX " + size, beforeX,
                    Differences.gradient(v -> ReferenceNorms.layerNorm(v, wide(weight), zero, EPS), wide(x), wide(dOut)), dX);
            closeGradient("layerNorm dWeight " + size, beforeWeight,
                    Differences.gradient(v -> ReferenceNorms.layerNorm(wide(x), v, zero, EPS), wide(weight), wide(dOut)), dWeight);
            closeGradient("layerNorm dBias " + size, beforeBias,
                    Differences.gradient(v -> ReferenceNorms.layerNorm(wide(x), wide(weight), v, EPS), zero, wide(dOut)), dBias);
        }
    }

    @Test
    void groupNorm() {
        for (int trial = 0; trial < 12; trial++) {
            GroupNormSpec spec = new GroupNormSpec(bench.between(1, 5), 1e-6f, trial % 2 == 0 ? Activation.SILU : Activation.NONE);
            int batch = bench.between(1, 3);
            int height = bench.between(1, 7);
            int width = bench.between(2, 5);
            int channels = spec.groups() * bench.between(1, 9);
            DType type = trial % 3 == 0 ? DType.BF16 : DType.F32;
            Tensor x = bench.input(batch, height, width, channels);
            Tensor weight = bench.input(type, channels);
            Tensor bias = bench.input(type, channels);
            Tensor out = bench.output(batch, height, width, channels);
            backend.groupNorm(spec, x, weight, bias, out, bench.output(batch, spec.groups()), bench.output(batch, spec.groups()));
            close("groupNorm " + spec + " " + x.shape(), ReferenceNorms.groupNorm(wide(x), wide(weight), wide(bias), batch, spec.groups(),
                    spec.eps(), spec.activation() == Activation.SILU), out);
        }
    }

    @Test
    void groupNormOfAPictureFarFromZero() {
        GroupNormSpec spec = new GroupNormSpec(2, 1e-6f, Activation.NONE);
        float[] values = bench.normal(1 * 16 * 16 * 8);
        for (int i = 0; i < values.length; i++) {
            values[i] = 1000 + values[i]; // mean(x²) - mean² would lose all digits here
        }
        Tensor x = bench.of(values, 1, 16, 16, 8);
        Tensor weight = bench.input(8);
        Tensor bias = bench.input(8);
        Tensor out = bench.output(1, 16, 16, 8);
        backend.groupNorm(spec, x, weight, bias, out, bench.output(1, 2), bench.output(1, 2));
        Closeness.of(bench.describe("groupNorm around 1000"), ReferenceNorms.groupNorm(wide(x), wide(weight), wide(bias), 1, 2, spec.eps(), false),
                out.toFloatArray()).scaledByLargest().within(2e-4, 0);
    }

    @Test
    void groupNormBackward() {
        for (int trial = 0; trial < 6; trial++) {
            GroupNormSpec spec = new GroupNormSpec(bench.between(1, 3), 1e-6f, trial % 2 == 0 ? Activation.SILU : Activation.NONE);
            boolean silu = spec.activation() == Activation.SILU;
            int batch = bench.between(1, 2);
            int channels = spec.groups() * bench.between(1, 6);
            Tensor x = bench.input(batch, 3, 4, channels);
            Tensor weight = bench.input(channels);
            Tensor bias = bench.input(channels);
            Tensor mean = bench.output(batch, spec.groups());
            Tensor inverseStd = bench.output(batch, spec.groups());
            backend.groupNorm(spec, x, weight, bias, bench.output(batch, 3, 4, channels), mean, inverseStd);
            Tensor dOut = bench.input(batch, 3, 4, channels);
            Tensor dX = bench.input(batch, 3, 4, channels);
            Tensor dWeight = bench.input(channels);
            Tensor dBias = bench.input(channels);
            double[] beforeX = wide(dX);
            double[] beforeWeight = wide(dWeight);
            double[] beforeBias = wide(dBias);
            backend.groupNormBackward(spec, x, weight, bias, mean, inverseStd, dOut, dX, dWeight, dBias);
            int groups = spec.groups();
            closeGradient("groupNorm dX " + spec, beforeX, Differences.gradient(
                    v -> ReferenceNorms.groupNorm(v, wide(weight), wide(bias), batch, groups, 1e-6f, silu), wide(x), wide(dOut)), dX);
            closeGradient("groupNorm dWeight " + spec, beforeWeight, Differences.gradient(
                    v -> ReferenceNorms.groupNorm(wide(x), v, wide(bias), batch, groups, 1e-6f, silu), wide(weight), wide(dOut)), dWeight);
            closeGradient("groupNorm dBias " + spec, beforeBias, Differences.gradient(
                    v -> ReferenceNorms.groupNorm(wide(x), wide(weight), v, batch, groups, 1e-6f, silu), wide(bias), wide(dOut)), dBias);
        }
    }

    @Test
    void qkNormRopeForwardAndBackward() {
        QkNormRopeSpec spec = new QkNormRopeSpec(EPS, 10_000);
        for (int trial = 0; trial < 8; trial++) {
            int batch = bench.between(1, 3);
            int seq = bench.between(1, 5);
            int groups = bench.between(1, 3);
            int heads = groups * bench.between(1, 3);
            int dim = 2 * bench.between(2, 10);
            DType type = trial % 2 == 0 ? DType.F32 : DType.BF16;
            Tensor x = bench.input(batch, seq, heads, dim);
            Tensor weight = bench.input(type, groups, dim);
            Tensor bias = bench.input(type, groups, dim);
            Tensor positions = bench.ids(batch * seq, 300).reshape(batch, seq);
            int[] at = positions.toIntArray();
            Tensor out = bench.output(batch, seq, heads, dim);
            backend.qkNormRope(spec, x, weight, bias, positions, out);
            String what = "qkNormRope " + x.shape() + " groups " + groups;
            Closeness.of(bench.describe(what), ReferenceNorms.qkNormRope(wide(x), wide(weight), wide(bias), at, heads, dim, EPS, 10_000),
                    out.toFloatArray()).scaledByLargest().within(2e-5, 0); // the angle of position 300 has its own rounding
            if (type == DType.BF16) {
                continue;
            }
            Tensor dOut = bench.input(batch, seq, heads, dim);
            Tensor dX = bench.input(batch, seq, heads, dim);
            Tensor dWeight = bench.input(groups, dim);
            Tensor dBias = bench.input(groups, dim);
            double[] beforeX = wide(dX);
            double[] beforeWeight = wide(dWeight);
            double[] beforeBias = wide(dBias);
            backend.qkNormRopeBackward(spec, x, weight, positions, dOut, dX, dWeight, dBias);
            double[][] expected = {
                sum(beforeX, 1, Differences.gradient(
                        v -> ReferenceNorms.qkNormRope(v, wide(weight), wide(bias), at, heads, dim, EPS, 10_000), wide(x), wide(dOut))),
                sum(beforeWeight, 1, Differences.gradient(
                        v -> ReferenceNorms.qkNormRope(wide(x), v, wide(bias), at, heads, dim, EPS, 10_000), wide(weight), wide(dOut))),
                sum(beforeBias, 1, Differences.gradient(
                        v -> ReferenceNorms.qkNormRope(wide(x), wide(weight), v, at, heads, dim, EPS, 10_000), wide(bias), wide(dOut)))};
            Closeness.of(bench.describe(what + " dX"), expected[0], dX.toFloatArray()).scaledByLargest().within(4e-5, 0);
            Closeness.of(bench.describe(what + " dWeight"), expected[1], dWeight.toFloatArray()).scaledByLargest().within(4e-5, 0);
            Closeness.of(bench.describe(what + " dBias"), expected[2], dBias.toFloatArray()).scaledByLargest().within(4e-5, 0);
        }
    }
}
