package org.xprompt4j.cuda.kernel;

import org.xprompt4j.cuda.driver.LaunchShape;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.CrossEntropySpec;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.MatmulSpec;

/**
 * Linear layer with cross entropy: exact, block of the vocabulary by block, with {@code linear_cross_entropy.cu} and {@code matmul.cu}, or on the tensor cores, as {@link Precision} says.
 */
public final class LinearCrossEntropy {
    private static final String MODULE = "linear_cross_entropy";
    private static final int THREADS = 256;
    private static final long MOST_LOGITS = 1 << 23; // of one block, 32 MB: they stay in the second-level cache
    private static final int STEP = 128; // columns; blocks are whole tiles

    private LinearCrossEntropy() {
    }

    /** Tokens of one block of the vocabulary. */
    private static int block(long rows, long vocab) {
        return (int) Math.min(vocab, Math.max(STEP, MOST_LOGITS / rows / STEP * STEP));
    }

    /** hidden [rows, dim], weight [vocab, dim], labels, rowLoss, logSumExp [rows]. */
    public static void forward(Kernels kernels, CrossEntropySpec spec, Tensor hidden, Tensor weight, Tensor labels, Tensor rowLoss, Tensor logSumExp) {
        if (kernels.onTensorCores(hidden, weight)) {
            TensorCoreCrossEntropy.forward(kernels, spec, hidden, weight, labels, rowLoss, logSumExp);
            return;
        }
        if (hidden.dtype() == DType.BF16) {
            try (FloatCopies floats = new FloatCopies(kernels, "linearCrossEntropy")) {
                forward(kernels, spec, floats.in(hidden), weight, labels, rowLoss, logSumExp);
            }
            return;
        }
        String fault = requireLabels(labels, weight.size(0));
        int rows = hidden.size(0);
        int vocab = weight.size(0);
        int block = block(rows, vocab);
        try (MemoryScope scratch = kernels.scratch("linearCrossEntropy")) {
            Tensor state = scratch.allocate(DType.F32, rows, 3);
            for (int first = 0; first < vocab; first += block) {
                int width = Math.min(block, vocab - first);
                try (MemoryScope blockScratch = kernels.scratch("linearCrossEntropy")) {
                    Tensor logits = logits(kernels, blockScratch, hidden, weight, first, width);
                    kernels.launch(MODULE, "absorb").in(logits).i32(first).i32(width).in(labels).out(state).i32(vocab).fault(fault)
                            .run(LaunchShape.of(rows, THREADS));
                }
            }
            kernels.launch(MODULE, "finish").in(state).in(labels).f32(spec.zLoss()).i32(rows).out(rowLoss).out(logSumExp).run(Elementwise.shape(rows));
        }
    }

    private static Tensor logits(Kernels kernels, MemoryScope scratch, Tensor hidden, Tensor weight, int first, int width) {
        Tensor logits = scratch.allocate(DType.F32, hidden.dim(0), width);
        Matmul.forward(kernels, MatmulSpec.NT, hidden, weight.slice(0, first, first + width), Epilogue.NONE, logits);
        return logits;
    }

    /** dLoss [1] or null; dHidden [rows, dim] and dWeight [vocab, dim] are added to; either may be null. */
    public static void backward(Kernels kernels, CrossEntropySpec spec, Tensor hidden, Tensor weight, Tensor labels, Tensor logSumExp, float scale,
            Tensor dLoss, Tensor dHidden, Tensor dWeight) {
        if (kernels.onTensorCores(hidden, weight)) {
            TensorCoreCrossEntropy.backward(kernels, spec, hidden, weight, labels, logSumExp, scale, dLoss, dHidden, dWeight);
            return;
        }
        if (hidden.dtype() == DType.BF16) {
            try (FloatCopies floats = new FloatCopies(kernels, "linearCrossEntropyBackward")) {
                backward(kernels, spec, floats.in(hidden), weight, labels, logSumExp, scale, dLoss, floats.sum(dHidden), dWeight);
                floats.round();
            }
            return;
        }
        requireLabels(labels, weight.size(0));
        int rows = hidden.size(0);
        int vocab = weight.size(0);
        int block = block(rows, vocab);
        try (MemoryScope counted = kernels.scratch("linearCrossEntropyBackward")) {
            backward(kernels, spec, hidden, weight, labels, logSumExp, scale, dLoss, dHidden, dWeight, countedRows(kernels, counted, hidden, labels, dWeight), block);
        }
    }

    private static Tensor countedRows(Kernels kernels, MemoryScope scope, Tensor hidden, Tensor labels, Tensor dWeight) {
        if (dWeight == null) {
            return null;
        }
        Tensor counted = scope.allocate(DType.F32, hidden.shape());
        kernels.launch(MODULE, "counted_rows").in(hidden).in(labels).i64(hidden.dim(1)).out(counted)
                .run(LaunchShape.of(hidden.dim(0), Norms.threads(hidden.dim(1))));
        return counted;
    }

    private static void backward(Kernels kernels, CrossEntropySpec spec, Tensor hidden, Tensor weight, Tensor labels, Tensor logSumExp, float scale,
            Tensor dLoss, Tensor dHidden, Tensor dWeight, Tensor countedRows, int block) {
        int rows = hidden.size(0);
        int vocab = weight.size(0);
        for (int first = 0; first < vocab; first += block) {
            int width = Math.min(block, vocab - first);
            try (MemoryScope scratch = kernels.scratch("linearCrossEntropyBackward")) {
                Tensor logits = logits(kernels, scratch, hidden, weight, first, width);
                kernels.launch(MODULE, "gradient").out(logits).i32(first).i32(width).in(labels).in(logSumExp).f32(spec.zLoss()).f32(scale).in(dLoss)
                        .run(LaunchShape.of(rows, THREADS));
                if (dHidden != null) {
                    Matmul.forward(kernels, MatmulSpec.NN.accumulating(), logits, weight.slice(0, first, first + width), Epilogue.NONE, dHidden);
                }
                if (dWeight != null) {
                    Matmul.forward(kernels, MatmulSpec.TN.accumulating(), logits, countedRows, Epilogue.NONE, dWeight.slice(0, first, first + width));
                }
            }
        }
    }

    static String requireLabels(Tensor labels, int vocab) {
        int[] known = Addresses.known(labels);
        for (int row = 0; known != null && row < known.length; row++) {
            if (known[row] != CrossEntropySpec.IGNORED && (known[row] < 0 || known[row] >= vocab)) {
                throw new IllegalArgumentException("linearCrossEntropy: label " + known[row] + " of row " + row + " is neither in the vocabulary of "
                        + vocab + " nor " + CrossEntropySpec.IGNORED + " (not counted)");
            }
        }
        return "linearCrossEntropy: a label is neither in the vocabulary of " + vocab + " nor " + CrossEntropySpec.IGNORED + " (not counted)";
    }
}
