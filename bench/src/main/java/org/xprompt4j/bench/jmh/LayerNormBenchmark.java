package org.xprompt4j.bench.jmh;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Tensor;

/** LayerNorm over the last axis: bound by memory. */
public class LayerNormBenchmark extends OperationBenchmark {
    private static final float EPS = 1e-5f;

    /** Rows and width. */
    @Param("1067x384")
    public String shape;

    private Tensor x; // [rows, dim]
    private Tensor weight; // [dim]
    private Tensor bias; // [dim]
    private Tensor dOut; // [rows, dim]
    private Output out; // [rows, dim]
    private Output dX; // [rows, dim]
    private Output dWeight; // [dim]
    private Output dBias; // [dim]

    @Override
    void prepare() {
        int[] s = sizes(shape, 2);
        x = random(s[0], s[1]);
        weight = random(s[1]);
        bias = random(s[1]);
        dOut = random(s[0], s[1]);
        out = output("output", s[0], s[1]);
        dX = output("dX", s[0], s[1]);
        dWeight = output("dWeight", s[1]);
        dBias = output("dBias", s[1]);
    }

    @Override
    void check() {
        compare(1e-5, this::norm, out);
        compare(5e-5, this::gradients, dX, dWeight, dBias);
    }

    private void norm(Backend device) {
        device.layerNorm(EPS, x, weight, bias, out.of(device));
    }

    private void gradients(Backend device) {
        device.layerNormBackward(EPS, x, weight, dOut, dX.of(device), dWeight.of(device), dBias.of(device));
    }

    @Override
    public Work work(String method) {
        int[] s = sizes(shape, 2);
        double numbers = (double) s[0] * s[1];
        return method.equals("forward") ? Work.of(7 * numbers, 2 * numbers) : Work.of(15 * numbers, 4 * numbers);
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
