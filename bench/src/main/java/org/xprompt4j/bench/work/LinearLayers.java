package org.xprompt4j.bench.work;

import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.MatmulSpec;

/**
 * The matrix products of one block of a training step and nothing else: the rate that the whole step is held against. Four
 * projections, gate and up, down; each forward, for the gradient of the input and for that of the weights.
 */
public final class LinearLayers implements AutoCloseable {
    private final Backend backend;
    private final MemoryScope scope;
    private final TrainStep.Size size;
    private final Tensor[] activations; // [tokens, hidden], [tokens, ffn], [tokens, hidden], [tokens, ffn]
    private final Tensor[] weights; // [hidden, hidden], [ffn, hidden], [hidden, ffn]

    /** Operands of zeros: the time of a product does not depend on its numbers. */
    public LinearLayers(Backend backend, TrainStep.Size size) {
        this.backend = backend;
        this.size = size;
        this.scope = backend.openScope("linear layers");
        int hidden = size.hidden();
        int ffn = size.ffn();
        activations = new Tensor[] {zeros(size.tokens(), hidden), zeros(size.tokens(), ffn), zeros(size.tokens(), hidden), zeros(size.tokens(), ffn)};
        weights = new Tensor[] {zeros(hidden, hidden), zeros(ffn, hidden), zeros(hidden, ffn)};
    }

    private Tensor zeros(long... dims) {
        Tensor tensor = scope.allocate(DType.F32, dims);
        backend.fill(tensor, 0);
        return tensor;
    }

    public double flops() {
        return 6.0 * size.tokens() * (4.0 * size.hidden() * size.hidden() + 3.0 * size.hidden() * size.ffn());
    }

    /** All products once. */
    public void run() {
        for (int i = 0; i < 4; i++) {
            products(activations[0], weights[0], activations[2]);
        }
        products(activations[0], weights[1], activations[1]);
        products(activations[0], weights[1], activations[1]);
        products(activations[3], weights[2], activations[2]);
    }

    /** y = x · weightᵀ, dX += dY · weight, dWeight += dYᵀ · x; results go where they do no harm. */
    private void products(Tensor x, Tensor weight, Tensor y) {
        backend.matmul(MatmulSpec.NT, x, weight, Epilogue.NONE, y);
        backend.matmul(MatmulSpec.NN.accumulating(), y, weight, Epilogue.NONE, x);
        backend.matmul(MatmulSpec.TN.accumulating(), y, x, Epilogue.NONE, weight);
    }

    @Override
    public void close() {
        scope.close();
    }
}
