package org.xprompt4j.bench.jmh;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.QkNormRopeSpec;

/** LayerNorm of every head and the rotary embedding, as queries and keys get it. */
public class QkNormRopeBenchmark extends OperationBenchmark {
    private static final QkNormRopeSpec SPEC = new QkNormRopeSpec(1e-5f, 10_000);

    /** Tokens, heads, numbers in a head. */
    @Param("1067x6x64")
    public String shape;

    private Tensor x; // [1, tokens, heads, headDim]
    private Tensor weight; // [heads, headDim]
    private Tensor bias; // [heads, headDim]
    private Tensor positions; // [1, tokens] I32
    private Tensor dOut; // as x
    private Output out; // as x
    private Output dX; // as x
    private Output dWeight; // [heads, headDim]
    private Output dBias; // [heads, headDim]

    @Override
    void prepare() {
        int[] s = sizes(shape, 3);
        x = random(1, s[0], s[1], s[2]);
        weight = random(s[1], s[2]);
        bias = random(s[1], s[2]);
        positions = ascending(s[0]).reshape(1, s[0]);
        dOut = random(1, s[0], s[1], s[2]);
        out = output("output", 1, s[0], s[1], s[2]);
        dX = output("dX", 1, s[0], s[1], s[2]);
        dWeight = output("dWeight", s[1], s[2]);
        dBias = output("dBias", s[1], s[2]);
    }

    @Override
    void check() {
        compare(1e-5, this::norm, out);
        compare(5e-5, this::gradients, dX, dWeight, dBias);
    }

    private void norm(Backend device) {
        device.qkNormRope(SPEC, x, weight, bias, positions, out.of(device));
    }

    private void gradients(Backend device) {
        device.qkNormRopeBackward(SPEC, x, weight, positions, dOut, dX.of(device), dWeight.of(device), dBias.of(device));
    }

    @Override
    public Work work(String method) {
        int[] s = sizes(shape, 3);
        double numbers = (double) s[0] * s[1] * s[2];
        return method.equals("forward") ? Work.of(10 * numbers, 2 * numbers) : Work.of(20 * numbers, 4 * numbers);
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
