package org.xprompt4j.cuda.lab;

import java.util.List;

import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Conv2dSpec;

/** What the tokenizer of pictures is made of. */
final class PictureOperations {
    private static final String CONVOLUTION = "batch=1 height=16 width=16 in=16 out=32 kernel=3";
    private static final String PICTURE = "batch=1 height=16 width=16 channels=32";

    private PictureOperations() {
    }

    static List<ProfiledOperation> all() {
        return List.of(
                ProfiledOperation.of("conv2d", "conv2d", CONVOLUTION, "convolution of stride 1 that keeps the size", bench -> convolution(bench, false)),
                ProfiledOperation.of("conv2d_backward", "conv2d", CONVOLUTION, "its gradients for x, weight and bias", bench -> convolution(bench, true)),
                ProfiledOperation.of("upsample_nearest", "resample", PICTURE, "every pixel four times", bench -> {
                    Tensor small = bench.normal(dims(bench, 1));
                    Tensor large = bench.empty(dims(bench, 2));
                    bench.measure(() -> bench.backend.upsampleNearest(small, large));
                }),
                ProfiledOperation.of("upsample_nearest_backward", "resample", PICTURE, "its gradient", bench -> {
                    Tensor dSmall = bench.zeros(dims(bench, 1));
                    Tensor dLarge = bench.normal(dims(bench, 2));
                    bench.measure(() -> bench.backend.upsampleNearestBackward(dLarge, dSmall));
                }),
                ProfiledOperation.of("average_pool", "resample", PICTURE, "mean of 2 x 2 pixels; height and width are those of the result", bench -> {
                    Tensor large = bench.normal(dims(bench, 2));
                    Tensor small = bench.empty(dims(bench, 1));
                    bench.measure(() -> bench.backend.averagePool(large, small));
                }),
                ProfiledOperation.of("average_pool_backward", "resample", PICTURE, "its gradient", bench -> {
                    Tensor dSmall = bench.normal(dims(bench, 1));
                    Tensor dLarge = bench.zeros(dims(bench, 2));
                    bench.measure(() -> bench.backend.averagePoolBackward(dSmall, dLarge));
                }));
    }

    /** [batch, height, width, channels], the pixels times a factor each way. */
    private static long[] dims(Workbench bench, long factor) {
        return new long[] {bench.size("batch"), factor * bench.size("height"), factor * bench.size("width"), bench.size("channels")};
    }

    private static void convolution(Workbench bench, boolean backward) {
        int batch = bench.size("batch");
        int height = bench.size("height");
        int width = bench.size("width");
        int in = bench.size("in");
        int out = bench.size("out");
        int kernel = bench.size("kernel");
        bench.require(kernel % 2 == 1, "kernel must be odd");
        Conv2dSpec spec = Conv2dSpec.padded(kernel / 2);
        Tensor x = bench.normal(batch, height, width, in);
        Tensor weight = backward ? bench.normal(out, in, kernel, kernel) : bench.weight(out, in, kernel, kernel);
        if (!backward) {
            Tensor bias = bench.normal(out);
            Tensor y = bench.empty(batch, height, width, out);
            bench.measure(() -> bench.backend.conv2d(spec, x, weight, bias, null, y));
            return;
        }
        Tensor dOut = bench.normal(batch, height, width, out);
        Tensor dX = bench.zeros(batch, height, width, in);
        Tensor dWeight = bench.zeros(out, in, kernel, kernel);
        Tensor dBias = bench.zeros(out);
        bench.measure(() -> bench.backend.conv2dBackward(spec, x, weight, dOut, dX, dWeight, dBias));
    }
}
