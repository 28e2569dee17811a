package org.xprompt4j.cuda.kernel;

import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.MatmulSpec;

/** Products of bf16 operands on the tensor cores: {@code matmul_bf16.cu}. Operands that are not bf16 in rows of whole 16 bytes are packed first. */
final class TensorCoreMatmul {
    private static final String MODULE = "matmul_bf16";
    private static final int ALIGNMENT = 8; // elements

    /**
     * An operand in memory.
     *
     * @param tensor [rows, columns or pitch], BF16
     * @param pitch elements of a row, a multiple of 8, the padding 0
     */
    record Operand(Tensor tensor, long pitch) {
    }

    private TensorCoreMatmul() {
    }

    /** a [m, k] or [k, m], b [k, n] or [n, k], out [m, n]. */
    static void forward(Kernels kernels, MatmulSpec spec, Tensor a, Tensor b, Epilogue epilogue, Tensor out) {
        try (MemoryScope scratch = kernels.scratch("matmul")) {
            product(kernels, spec, packed(kernels, scratch, a), packed(kernels, scratch, b), a.dim(spec.transposeA() ? 0 : 1), epilogue, out);
        }
    }

    /** The same of packed operands; k is the length of the sums. */
    static void product(Kernels kernels, MatmulSpec spec, Operand a, Operand b, long k, Epilogue epilogue, Tensor out) {
        product(kernels, spec, a, b, k, epilogue, out,
                TensorTiling.of(out.dim(0), out.dim(1), k, spec.transposeA() && spec.transposeB(), kernels.driver().properties().multiprocessors()));
    }

    /** The same cut in a given way. */
    static void product(Kernels kernels, MatmulSpec spec, Operand a, Operand b, long k, Epilogue epilogue, Tensor out, TensorTiling tiling) {
        long m = out.dim(0);
        long n = out.dim(1);
        int splits = tiling.splits();
        try (MemoryScope scratch = kernels.scratch("matmul")) {
            Tensor target = splits == 1 ? out : scratch.allocate(DType.F32, splits, m, n);
            Launch launch = kernels.launch(MODULE, Norms.lower(tiling.tile()) + "_" + Matmul.order(spec)).in(a.tensor()).i64(a.pitch()).in(b.tensor())
                    .i64(b.pitch()).out(target).i64(m).i64(n).i64(k).i64(tiling.perSplit());
            Matmul.epilogue(launch, spec, epilogue, target).run(tiling.tile().shape(m, n, splits));
            if (splits > 1) {
                Matmul.join(kernels, target, splits, spec, epilogue, out);
            }
        }
    }

    /** Elements of a row of such an operand. */
    static long pitch(long columns) {
        return (columns + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** x [rows, columns] as it is, if it can be read so, or as a copy. */
    static Operand packed(Kernels kernels, MemoryScope scratch, Tensor x) {
        long rows = x.dim(0);
        long columns = x.dim(1);
        if (x.dtype() == DType.BF16 && columns % ALIGNMENT == 0 && x.offset() % ALIGNMENT == 0) {
            return new Operand(x, columns);
        }
        long pitch = pitch(columns);
        Tensor packed = scratch.allocate(DType.BF16, rows, pitch);
        kernels.launch(MODULE, "pack_" + Norms.suffix(x.dtype())).in(x).i64(rows).i64(columns).i64(pitch).out(packed)
                .run(Elementwise.shape(rows * pitch / ALIGNMENT));
        return new Operand(packed, pitch);
    }
}
