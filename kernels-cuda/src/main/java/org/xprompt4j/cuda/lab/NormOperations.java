package org.xprompt4j.cuda.lab;

import java.util.List;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Activation;
import org.xprompt4j.tensor.op.GroupNormSpec;
import org.xprompt4j.tensor.op.QkNormRopeSpec;

/** Norms, and the rotary embedding that comes with the one of heads. */
final class NormOperations {
    private static final float EPS = 1e-5f;
    private static final QkNormRopeSpec ROPE = new QkNormRopeSpec(EPS, 10_000);

    private NormOperations() {
    }

    static List<ProfiledOperation> all() {
        return List.of(
                ProfiledOperation.of("rms_norm", "rms_norm", "rows=64 dim=160", "weight * x / rms(x) over the last axis", bench -> {
                    int rows = bench.size("rows");
                    int dim = bench.size("dim");
                    Tensor x = bench.normal(rows, dim);
                    Tensor weight = bench.weight(dim);
                    Tensor out = bench.empty(rows, dim);
                    Tensor inverseRms = bench.empty(rows);
                    bench.measure(() -> bench.backend.rmsNorm(EPS, x, weight, out, inverseRms));
                }),
                ProfiledOperation.of("rms_norm_backward", "rms_norm", "rows=64 dim=160", "its gradients for x and weight", bench -> {
                    int rows = bench.size("rows");
                    int dim = bench.size("dim");
                    Tensor x = bench.normal(rows, dim);
                    Tensor weight = bench.normal(dim);
                    Tensor inverseRms = bench.empty(rows);
                    bench.backend.rmsNorm(EPS, x, weight, bench.empty(rows, dim), inverseRms);
                    Tensor dOut = bench.normal(rows, dim);
                    Tensor dX = bench.zeros(rows, dim);
                    Tensor dWeight = bench.zeros(dim);
                    bench.measure(() -> bench.backend.rmsNormBackward(x, weight, inverseRms, dOut, dX, dWeight));
                }),
                ProfiledOperation.of("layer_norm", "layer_norm", "rows=64 dim=160", "weight * (x - mean) / deviation + bias over the last axis", bench -> {
                    int rows = bench.size("rows");
                    int dim = bench.size("dim");
                    Tensor x = bench.normal(rows, dim);
                    Tensor weight = bench.weight(dim);
                    Tensor bias = bench.weight(dim);
                    Tensor out = bench.empty(rows, dim);
                    bench.measure(() -> bench.backend.layerNorm(EPS, x, weight, bias, out));
                }),
                ProfiledOperation.of("layer_norm_backward", "layer_norm", "rows=64 dim=160", "its gradients for x, weight and bias", bench -> {
                    int rows = bench.size("rows");
                    int dim = bench.size("dim");
                    Tensor x = bench.normal(rows, dim);
                    Tensor weight = bench.normal(dim);
                    Tensor dOut = bench.normal(rows, dim);
                    Tensor dX = bench.zeros(rows, dim);
                    Tensor dWeight = bench.zeros(dim);
                    Tensor dBias = bench.zeros(dim);
                    bench.measure(() -> bench.backend.layerNormBackward(EPS, x, weight, dOut, dX, dWeight, dBias));
                }),
                ProfiledOperation.of("group_norm", "group_norm", "batch=1 height=16 width=16 channels=64 groups=32",
                        "norm of channel groups of a picture, then SiLU", bench -> groupNorm(bench, false)),
                ProfiledOperation.of("group_norm_backward", "group_norm", "batch=1 height=16 width=16 channels=64 groups=32",
                        "its gradients for x, weight and bias", bench -> groupNorm(bench, true)),
                ProfiledOperation.of("qk_norm_rope", "qk_norm_rope", "batch=1 seq=64 heads=4 headDim=64", "LayerNorm of each head, then rotation by position",
                        bench -> heads(bench, false)),
                ProfiledOperation.of("qk_norm_rope_backward", "qk_norm_rope", "batch=1 seq=64 heads=4 headDim=64", "its gradients for x, weight and bias",
                        bench -> heads(bench, true)));
    }

    private static void groupNorm(Workbench bench, boolean backward) {
        int batch = bench.size("batch");
        int channels = bench.size("channels");
        int groups = bench.size("groups");
        bench.require(channels % groups == 0, "groups must divide channels");
        long[] dims = {batch, bench.size("height"), bench.size("width"), channels};
        GroupNormSpec spec = new GroupNormSpec(groups, EPS, Activation.SILU);
        Tensor x = bench.normal(dims);
        Tensor weight = backward ? bench.normal(channels) : bench.weight(channels);
        Tensor bias = backward ? bench.normal(channels) : bench.weight(channels);
        Tensor out = bench.empty(dims);
        Tensor mean = bench.empty(batch, groups);
        Tensor inverseStd = bench.empty(batch, groups);
        if (!backward) {
            bench.measure(() -> bench.backend.groupNorm(spec, x, weight, bias, out, mean, inverseStd));
            return;
        }
        bench.backend.groupNorm(spec, x, weight, bias, out, mean, inverseStd);
        Tensor dOut = bench.normal(dims);
        Tensor dX = bench.zeros(dims);
        Tensor dWeight = bench.zeros(channels);
        Tensor dBias = bench.zeros(channels);
        bench.measure(() -> bench.backend.groupNormBackward(spec, x, weight, bias, mean, inverseStd, dOut, dX, dWeight, dBias));
    }

    private static void heads(Workbench bench, boolean backward) {
        int batch = bench.size("batch");
        int seq = bench.size("seq");
        int headDim = bench.size("headDim");
        bench.require(headDim % 2 == 0, "headDim must be even");
        long[] dims = {batch, seq, bench.size("heads"), headDim};
        Tensor x = bench.normal(dims);
        Tensor weight = backward ? bench.normal(1, headDim) : bench.weight(1, headDim);
        Tensor positions = bench.ids(seq, batch, seq);
        if (!backward) {
            Tensor bias = bench.weight(1, headDim);
            Tensor out = bench.empty(dims);
            bench.measure(() -> bench.backend.qkNormRope(ROPE, x, weight, bias, positions, out));
            return;
        }
        Tensor dOut = bench.normal(dims);
        Tensor dX = bench.zeros(dims);
        Tensor dWeight = bench.zeros(1, headDim);
        Tensor dBias = bench.zeros(1, headDim);
        bench.measure(() -> bench.backend.qkNormRopeBackward(ROPE, x, weight, positions, dOut, dX, dWeight, dBias));
    }
}
