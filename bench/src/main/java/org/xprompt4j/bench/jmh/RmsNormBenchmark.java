package org.xprompt4j.bench.jmh;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Tensor;

/** RMSNorm of the residual stream: bound by memory. */
public class RmsNormBenchmark extends OperationBenchmark {
    private static final float EPS = 1e-5f;

    /** Rows and width. */
    @Param({"1067x384", "8192x1024"})
    public String shape;

    private Tensor x; // [rows, dim]
    private Tensor weight; // [dim]
    private Tensor dOut; // [rows, dim]
    private Output out; // [rows, dim]
    private Output inverseRms; // [rows]
    private Output dX; // [rows, dim]
    private Output dWeight; // [dim]

    @Override
    void prepare() {
        int[] s = sizes(shape, 2);
        x = random(s[0], s[1]);
        weight = random(s[1]);
        dOut = random(s[0], s[1]);
        out = output("output", s[0], s[1]);
        inverseRms = output("inverse rms", s[0]);
        dX = output("dX", s[0], s[1]);
        dWeight = output("dWeight", s[1]);
    }

    @Override
    void check() {
        compare(1e-5, this::norm, out, inverseRms);
        compare(5e-5, this::gradients, dX, dWeight);
    }

    private void norm(Backend device) {
        device.rmsNorm(EPS, x, weight, out.of(device), inverseRms.of(device));
    }

    private void gradients(Backend device) {
        device.rmsNormBackward(x, weight, inverseRms.of(device), dOut, dX.of(device), dWeight.of(device));
    }

    @Override
    public Work work(String method) {
        int[] s = sizes(shape, 2);
        double numbers = (double) s[0] * s[1];
        return method.equals("forward") ? Work.of(4 * numbers, 2 * numbers) : Work.of(10 * numbers, 4 * numbers);
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
