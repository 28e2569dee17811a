package org.xprompt4j.cuda.kernel;

import org.xprompt4j.cuda.driver.LaunchShape;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.MatmulSpec;

/** Products of bf16 operands on the tensor cores: {@code matmul_bf16.cu}. Operands that are not bf16 in rows of whole 16 bytes are packed first. */
final class TensorCoreMatmul {
    private static final String MODULE = "matmul_bf16";
    private static final int TILE = 128;
    private static final int SLICE = 32; // of k
    private static final int THREADS = 256;
    private static final int SHARED_BYTES = 4 * 2 * TILE * SLICE * 2; // four stages of two operands
    private static final int ALIGNMENT = 8; // elements

    /** An operand in memory: rows of {@code pitch} elements, the padding 0. */
    private record Operand(Tensor tensor, long pitch) {
    }

    private TensorCoreMatmul() {
    }

    /** a [m, k] or [k, m], b [k, n] or [n, k], out [m, n]. */
    static void forward(Kernels kernels, MatmulSpec spec, Tensor a, Tensor b, Epilogue epilogue, Tensor out) {
        long m = out.dim(0);
        long n = out.dim(1);
        long k = a.dim(spec.transposeA() ? 0 : 1);
        try (MemoryScope scratch = kernels.scratch("matmul")) {
            Operand left = packed(kernels, scratch, a);
            Operand right = packed(kernels, scratch, b);
            long tiles = ((m + TILE - 1) / TILE) * ((n + TILE - 1) / TILE);
            int splits = Matmul.splits(tiles, k, kernels.driver().properties().multiprocessors());
            long perSplit = ((k + splits - 1) / splits + SLICE - 1) / SLICE * SLICE;
            splits = (int) ((k + perSplit - 1) / perSplit);
            Tensor target = splits == 1 ? out : scratch.allocate(DType.F32, splits, m, n);
            Launch launch = kernels.launch(MODULE, Matmul.order(spec)).in(left.tensor()).i64(left.pitch()).in(right.tensor()).i64(right.pitch())
                    .out(target).i64(m).i64(n).i64(k).i64(perSplit);
            Matmul.epilogue(launch, spec, epilogue)
                    .run(LaunchShape.of((n + TILE - 1) / TILE, (m + TILE - 1) / TILE, splits, THREADS).shared(SHARED_BYTES));
            if (splits > 1) {
                Matmul.join(kernels, target, splits, spec, epilogue, out);
            }
        }
    }

    private static Operand packed(Kernels kernels, MemoryScope scratch, Tensor x) {
        long rows = x.dim(0);
        long columns = x.dim(1);
        if (x.dtype() == DType.BF16 && columns % ALIGNMENT == 0 && x.offset() % ALIGNMENT == 0) {
            return new Operand(x, columns);
        }
        long pitch = (columns + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        Tensor packed = scratch.allocate(DType.BF16, rows, pitch);
        kernels.launch(MODULE, "pack_" + Norms.suffix(x.dtype())).in(x).i64(rows).i64(columns).i64(pitch).out(packed)
                .run(Elementwise.shape(rows * pitch / 2));
        return new Operand(packed, pitch);
    }
}
