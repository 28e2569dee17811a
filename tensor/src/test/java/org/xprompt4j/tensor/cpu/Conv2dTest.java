package org.xprompt4j.tensor.cpu;

import org.junit.jupiter.api.Test;
import org.xprompt4j.tensor.Philox;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Conv2dSpec;

class Conv2dTest {
    private static final int[] CHANNELS = {1, 2, 3, 5, Lanes.COUNT - 1, Lanes.COUNT, Lanes.COUNT + 1, 33};

    @Test
    void anyKernelStrideAndPadding() {
        long seed = 1203;
        Philox sizes = new Philox(seed, 0);
        try (Agreement agreement = new Agreement(seed)) {
            for (int round = 0; round < 60; round++) {
                int kernelHeight = 1 + sizes.nextInt(4);
                int kernelWidth = 1 + sizes.nextInt(4);
                Conv2dSpec spec = new Conv2dSpec(1 + sizes.nextInt(3), sizes.nextInt(3), sizes.nextInt(3), sizes.nextInt(3), sizes.nextInt(3));
                check(agreement, spec, 1 + sizes.nextInt(3), kernelHeight + sizes.nextInt(8), kernelWidth + sizes.nextInt(8),
                        CHANNELS[sizes.nextInt(CHANNELS.length)], CHANNELS[sizes.nextInt(CHANNELS.length)], kernelHeight, kernelWidth, round);
            }
        }
    }

    @Test
    void theShapesOfTheTokenizer() {
        try (Agreement agreement = new Agreement(7)) {
            check(agreement, Conv2dSpec.padded(1), 2, 16, 16, 32, 32, 3, 3, 0);
            check(agreement, Conv2dSpec.downsample(), 2, 16, 16, 32, 48, 3, 3, 1);
            check(agreement, Conv2dSpec.padded(0), 2, 9, 11, 40, 24, 1, 1, 2);
            check(agreement, Conv2dSpec.padded(1), 1, 33, 17, 3, 64, 3, 3, 3);
            check(agreement, Conv2dSpec.padded(1), 1, 17, 33, 64, 3, 3, 3, 4);
        }
    }

    private static void check(Agreement agreement, Conv2dSpec spec, int batch, int height, int width, int in, int out, int kernelHeight,
            int kernelWidth, int round) {
        Tensor x = agreement.normal(batch, height, width, in);
        Tensor weight = agreement.normal(out, in, kernelHeight, kernelWidth);
        long outHeight = spec.outHeight(height, kernelHeight);
        long outWidth = spec.outWidth(width, kernelWidth);
        Tensor dOut = agreement.normal(batch, outHeight, outWidth, out);
        Tensor bias = (round & 1) == 0 ? agreement.normal(out) : null;
        Tensor residual = (round & 2) == 0 ? agreement.normal(batch, outHeight, outWidth, out) : null;
        String what = "round " + round + " " + spec + " x " + x.shape() + " weight " + weight.shape();
        agreement.check("conv2d " + what, 1e-4, run -> run.backend().conv2d(spec, x, weight, bias, residual, run.out(0)),
                agreement.poison(batch, outHeight, outWidth, out));
        agreement.check("conv2dBackward " + what, 2e-4,
                run -> run.backend().conv2dBackward(spec, x, weight, dOut, run.out(0), run.out(1), run.out(2)),
                agreement.normal(batch, height, width, in), agreement.normal(out, in, kernelHeight, kernelWidth), agreement.normal(out));
    }
}
