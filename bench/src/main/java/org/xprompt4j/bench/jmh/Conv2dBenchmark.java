package org.xprompt4j.bench.jmh;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Conv2dSpec;

/** 3x3 convolutions with one pixel of padding, at the widths of the VQGAN. */
public class Conv2dBenchmark extends OperationBenchmark {
    private static final Conv2dSpec SPEC = Conv2dSpec.padded(1);

    /** Pictures, side, channels in, channels out. */
    @Param({"1x128x48x48", "1x64x96x96", "4x16x192x192", "1x128x3x48"})
    public String shape;

    private Tensor x; // [batch, side, side, in]
    private Tensor weight; // [out, in, 3, 3]
    private Tensor bias; // [out]
    private Tensor dOut; // [batch, side, side, out]
    private Output out; // [batch, side, side, out]
    private Output dX; // as x
    private Output dWeight; // as weight
    private Output dBias; // [out]

    @Override
    void prepare() {
        int[] s = sizes(shape, 4);
        x = random(s[0], s[1], s[1], s[2]);
        weight = random(s[3], s[2], 3, 3);
        bias = random(s[3]);
        dOut = random(s[0], s[1], s[1], s[3]);
        out = output("output", s[0], s[1], s[1], s[3]);
        dX = output("dX", s[0], s[1], s[1], s[2]);
        dWeight = output("dWeight", s[3], s[2], 3, 3);
        dBias = output("dBias", s[3]);
    }

    @Override
    void check() {
        compare(1e-5, this::convolution, out);
        compare(1e-4, this::gradients, dX, dWeight, dBias);
    }

    private void convolution(Backend device) {
        device.conv2d(SPEC, x, weight, bias, null, out.of(device));
    }

    private void gradients(Backend device) {
        device.conv2dBackward(SPEC, x, weight, dOut, dX.of(device), dWeight.of(device), dBias.of(device));
    }

    @Override
    public Work work(String method) {
        int[] s = sizes(shape, 4);
        double pixels = (double) s[0] * s[1] * s[1];
        double weights = 9.0 * s[2] * s[3];
        return method.equals("forward") ? Work.of(2 * pixels * weights, pixels * (s[2] + s[3]) + weights)
                : Work.of(4 * pixels * weights, pixels * (3 * s[2] + s[3]) + 3 * weights);
    }

    @Benchmark
    public void forward() {
        convolution(backend);
    }

    @Benchmark
    public void backward() {
        gradients(backend);
    }
}
