package org.xprompt4j.cuda.kernel;

import org.xprompt4j.cuda.driver.LaunchShape;
import org.xprompt4j.cuda.kernel.TensorCoreMatmul.Operand;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.CrossEntropySpec;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.MatmulSpec;

/** Linear layer with cross entropy on the tensor cores: {@code linear_cross_entropy_bf16.cu}. Forward no logit reaches memory, backward a block of them as bf16. */
final class TensorCoreCrossEntropy {
    private static final String MODULE = "linear_cross_entropy_bf16";
    private static final long MOST_ELEMENTS = 1 << 25; // of a block's gradient, and of its weight when that has to be packed: 64 MB each
    private static final int STEP = 128; // columns; blocks are whole tiles
    private static final int FEW_ROWS = 64;
    private static final int WARP = 32;
    private static final int THREADS = 256;
    private static final int FOUR = 4; // elements a thread packs at once

    private TensorCoreCrossEntropy() {
    }

    /** What all launches of one call share. */
    private record Call(Kernels kernels, Operand hidden, Tensor weight, Tensor labels, int rows, TensorTiling.Tile tile) {
        static Call of(Kernels kernels, MemoryScope scratch, Tensor hidden, Tensor weight, Tensor labels) {
            int rows = hidden.size(0);
            return new Call(kernels, counted(kernels, scratch, hidden, labels), weight, labels, rows,
                    rows <= FEW_ROWS ? TensorTiling.Tile.SMALL : TensorTiling.Tile.WIDE.orSmall(kernels, rows, weight.dim(0)));
        }

        private static Operand counted(Kernels kernels, MemoryScope scratch, Tensor hidden, Tensor labels) {
            long pitch = TensorCoreMatmul.pitch(hidden.dim(1));
            Tensor counted = scratch.allocate(DType.BF16, hidden.dim(0), pitch);
            kernels.launch(MODULE, "pack_counted").in(hidden).i32(Norms.flag(hidden)).in(labels).i64(hidden.dim(1)).i64(pitch).out(counted)
                    .run(LaunchShape.of(hidden.dim(0), Norms.threads((pitch + FOUR - 1) / FOUR)));
            return new Operand(counted, pitch);
        }

        /** Begins a launch over the logits of some tokens; `part` is their weight. */
        Launch launch(String entry, Operand part, int first, int width) {
            return kernels.launch(MODULE, entry + "_" + Norms.lower(tile)).in(hidden.tensor()).i64(hidden.pitch()).in(part.tensor()).i64(part.pitch())
                    .i64(rows).i64(first).i64(width);
        }

        Operand part(MemoryScope scratch, int first, int width) {
            return TensorCoreMatmul.packed(kernels, scratch, weight.slice(0, first, first + width));
        }

        /** Tokens of one block of the vocabulary, of which each has this many elements. */
        int block(long elements) {
            return (int) Math.min(weight.dim(0), Math.max(STEP, MOST_ELEMENTS / elements / STEP * STEP));
        }
    }

    /** hidden [rows, dim], weight [vocab, dim], labels, rowLoss, logSumExp [rows]. */
    static void forward(Kernels kernels, CrossEntropySpec spec, Tensor hidden, Tensor weight, Tensor labels, Tensor rowLoss, Tensor logSumExp) {
        String fault = LinearCrossEntropy.requireLabels(labels, weight.size(0));
        int vocab = weight.size(0);
        try (MemoryScope scratch = kernels.scratch("linearCrossEntropy")) {
            Call call = Call.of(kernels, scratch, hidden, weight, labels);
            long slabs = call.tile().slabs(vocab);
            Tensor states = scratch.allocate(DType.F32, call.rows(), slabs, 2);
            Tensor labelLogit = scratch.allocate(DType.F32, call.rows());
            int block = weight.dtype() == DType.BF16 ? vocab : call.block(weight.dim(1));
            for (int first = 0; first < vocab; first += block) {
                int width = Math.min(block, vocab - first);
                try (MemoryScope own = kernels.scratch("linearCrossEntropy")) {
                    call.launch("absorb", call.part(own, first, width), first, width).i64(vocab).i64(weight.dim(1)).in(labels).out(states).out(labelLogit)
                            .fault(fault).run(call.tile().shape(call.rows(), width, 1));
                }
            }
            int warps = THREADS / WARP; // one a row
            kernels.launch(MODULE, "finish").in(states).i64(slabs).in(labelLogit).in(labels).f32(spec.zLoss()).i64(call.rows()).out(rowLoss).out(logSumExp)
                    .run(LaunchShape.of((call.rows() + warps - 1) / warps, THREADS));
        }
    }

    /** dLoss [1] or null; dHidden [rows, dim] and dWeight [vocab, dim] are added to; either may be null. */
    static void backward(Kernels kernels, CrossEntropySpec spec, Tensor hidden, Tensor weight, Tensor labels, Tensor logSumExp, float scale,
            Tensor dLoss, Tensor dHidden, Tensor dWeight) {
        LinearCrossEntropy.requireLabels(labels, weight.size(0));
        int vocab = weight.size(0);
        try (FloatCopies floats = new FloatCopies(kernels, "linearCrossEntropyBackward");
                MemoryScope scratch = kernels.scratch("linearCrossEntropyBackward")) {
            Tensor sum = floats.sum(dHidden);
            Call call = Call.of(kernels, scratch, hidden, weight, labels);
            int block = Math.min(call.block(call.rows()), weight.dtype() == DType.BF16 ? vocab : call.block(weight.dim(1)));
            for (int first = 0; first < vocab; first += block) {
                int width = Math.min(block, vocab - first);
                try (MemoryScope own = kernels.scratch("linearCrossEntropyBackward")) {
                    Operand part = call.part(own, first, width);
                    long pitch = TensorCoreMatmul.pitch(width);
                    Operand dLogits = new Operand(own.allocate(DType.BF16, call.rows(), pitch), pitch);
                    call.launch("gradient", part, first, width).i64(weight.dim(1)).in(labels).in(logSumExp).f32(spec.zLoss()).f32(scale).in(dLoss)
                            .out(dLogits.tensor()).i64(pitch).run(call.tile().shape(call.rows(), width, 1));
                    if (sum != null) {
                        TensorCoreMatmul.product(kernels, MatmulSpec.NN.accumulating(), dLogits, part, width, Epilogue.NONE, sum);
                    }
                    if (dWeight != null) {
                        TensorCoreMatmul.product(kernels, MatmulSpec.TN.accumulating(), dLogits, call.hidden(), call.rows(), Epilogue.NONE,
                                dWeight.slice(0, first, first + width));
                    }
                }
            }
            floats.round(); // once, after the last block
        }
    }
}
