package org.xprompt4j.bench.jmh;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.CrossEntropySpec;

/** The head and its loss without whole logits. Work counts what must be computed, not what the backward pass computes again. */
public class LinearCrossEntropyBenchmark extends OperationBenchmark {
    private static final CrossEntropySpec SPEC = new CrossEntropySpec(1e-5f);

    /** Rows, vocabulary, width. */
    @Param("259x5128x384")
    public String shape;

    private Tensor hidden; // [rows, dim]
    private Tensor weight; // [vocab, dim]
    private Tensor labels; // [rows] I32
    private float scale;
    private Output rowLoss; // [rows]
    private Output logSumExp; // [rows]
    private Output dHidden; // [rows, dim]
    private Output dWeight; // [vocab, dim]

    @Override
    void prepare() {
        int[] s = sizes(shape, 3);
        hidden = random(s[0], s[2]);
        weight = random(s[1], s[2]);
        labels = indices(s[1], s[0]);
        scale = 1f / s[0];
        rowLoss = output("loss", s[0]);
        logSumExp = output("log-sum-exp", s[0]);
        dHidden = output("dHidden", s[0], s[2]);
        dWeight = output("dWeight", s[1], s[2]);
    }

    @Override
    void check() {
        compare(2e-5, this::loss, rowLoss, logSumExp);
        compare(1e-4, this::gradients, dHidden, dWeight);
    }

    private void loss(Backend device) {
        device.linearCrossEntropy(SPEC, hidden, weight, labels, rowLoss.of(device), logSumExp.of(device));
    }

    private void gradients(Backend device) {
        device.linearCrossEntropyBackward(SPEC, hidden, weight, labels, logSumExp.of(device), scale, null, dHidden.of(device), dWeight.of(device));
    }

    @Override
    public Work work(String method) {
        int[] s = sizes(shape, 3);
        double product = 2.0 * s[0] * s[1] * s[2];
        double operands = (double) s[0] * s[2] + (double) s[1] * s[2];
        return method.equals("forward") ? Work.of(product, operands) : Work.of(2 * product, 3 * operands);
    }

    @Benchmark
    public void forward() {
        loss(backend);
    }

    @Benchmark
    public void backward() {
        gradients(backend);
    }
}
