package org.xprompt4j.bench.jmh;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Activation;
import org.xprompt4j.tensor.op.GroupNormSpec;

/** GroupNorm with SiLU over pictures, as every block of the VQGAN begins. */
public class GroupNormBenchmark extends OperationBenchmark {
    private static final GroupNormSpec SPEC = new GroupNormSpec(16, 1e-6f, Activation.SILU);

    /** Pictures, side, channels. */
    @Param("4x64x96")
    public String shape;

    private Tensor x; // [batch, side, side, channels]
    private Tensor weight; // [channels]
    private Tensor bias; // [channels]
    private Tensor dOut; // as x
    private Output out; // as x
    private Output mean; // [batch, groups]
    private Output inverseStd; // [batch, groups]
    private Output dX; // as x
    private Output dWeight; // [channels]
    private Output dBias; // [channels]

    @Override
    void prepare() {
        int[] s = sizes(shape, 3);
        x = random(s[0], s[1], s[1], s[2]);
        weight = random(s[2]);
        bias = random(s[2]);
        dOut = random(s[0], s[1], s[1], s[2]);
        out = output("output", s[0], s[1], s[1], s[2]);
        mean = output("mean", s[0], SPEC.groups());
        inverseStd = output("inverse deviation", s[0], SPEC.groups());
        dX = output("dX", s[0], s[1], s[1], s[2]);
        dWeight = output("dWeight", s[2]);
        dBias = output("dBias", s[2]);
    }

    @Override
    void check() {
        compare(5e-5, this::norm, out, mean, inverseStd);
        compare(1e-4, this::gradients, dX, dWeight, dBias);
    }

    private void norm(Backend device) {
        device.groupNorm(SPEC, x, weight, bias, out.of(device), mean.of(device), inverseStd.of(device));
    }

    private void gradients(Backend device) {
        device.groupNormBackward(SPEC, x, weight, bias, mean.of(device), inverseStd.of(device), dOut, dX.of(device), dWeight.of(device),
                dBias.of(device));
    }

    @Override
    public Work work(String method) {
        int[] s = sizes(shape, 3);
        double numbers = (double) s[0] * s[1] * s[1] * s[2];
        return method.equals("forward") ? Work.of(15 * numbers, 2 * numbers) : Work.of(30 * numbers, 4 * numbers);
    }

    @Benchmark
    public void forward() {
        norm(backend);
    }

    @Benchmark
    public void backward() {
        gradients(backend);
    }
}
