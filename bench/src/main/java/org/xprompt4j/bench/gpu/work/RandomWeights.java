package org.xprompt4j.bench.gpu.work;

import org.xprompt4j.bench.gpu.Operands;
import org.xprompt4j.nn.Module;
import org.xprompt4j.tensor.Backend;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;

/** First weights made on the device: normal, as small as keeps activations of size 1; norms begin as the identity. */
final class RandomWeights {
    private RandomWeights() {
    }

    /**
     * Binds every parameter of a model.
     *
     * @param matrices type of matrices and tables; norms and biases are floats
     */
    static void bind(Backend backend, Operands operands, Module model, MemoryScope scope, DType matrices) {
        model.forEachParameter((name, parameter) -> {
            Tensor value = scope.allocate(parameter.decays() ? matrices : DType.F32, parameter.shape());
            if (parameter.decays()) {
                operands.fill(value, (float) (1 / Math.sqrt((double) value.numel() / value.dim(0)))); // of the numbers that one output sums
            } else {
                backend.fill(value, name.endsWith("bias") ? 0 : 1);
            }
            parameter.bind(value);
        });
    }
}
