package org.xprompt4j.cuda.kernel;

import org.xprompt4j.cuda.driver.LaunchShape;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.Activation;
import org.xprompt4j.tensor.op.Epilogue;
import org.xprompt4j.tensor.op.MatmulSpec;

/**
 * Matrix products: exact in float ({@code matmul.cu}) or on the tensor cores, as {@link Precision} says. Up to 64 rows take the entries in which a row does not depend on its company; a product
 * with few tiles and a long sum is split along it.
 */
public final class Matmul {
    private static final String MODULE = "matmul";
    private static final int THREADS = 256;
    private static final int WARPS = 8;
    private static final int FEW_ROWS = 64;
    private static final int ROWS = 4; // of a warp in the few-rows entries
    private static final int LARGE = 128;
    private static final int SMALL = 64;
    private static final int SHORTEST_SPLIT = 512; // of k
    private static final int MOST_SPLITS = 32;

    private Matmul() {
    }

    /** a [m, k] or [k, m], b [k, n] or [n, k], out [m, n]. */
    public static void forward(Kernels kernels, MatmulSpec spec, Tensor a, Tensor b, Epilogue epilogue, Tensor out) {
        long m = out.dim(0);
        long n = out.dim(1);
        long k = a.dim(spec.transposeA() ? 0 : 1);
        if (m <= FEW_ROWS && !spec.transposeA()) {
            fewRows(kernels, spec, a, b, epilogue, out, m, n, k);
            return;
        }
        if (kernels.precision() == Precision.BF16) {
            TensorCoreMatmul.forward(kernels, spec, a, b, epilogue, out);
            return;
        }
        int multiprocessors = kernels.driver().properties().multiprocessors();
        boolean large = tiles(m, n, LARGE) >= multiprocessors && b.dtype() == DType.F32 && !(spec.transposeA() && spec.transposeB());
        int tile = large ? LARGE : SMALL;
        int splits = splits(tiles(m, n, tile), k, multiprocessors);
        long perSplit = (k + splits - 1) / splits;
        String entry = (large ? "large_" : "small_") + order(spec) + "_" + Norms.suffix(b.dtype());
        LaunchShape shape = LaunchShape.of((n + tile - 1) / tile, (m + tile - 1) / tile, splits, THREADS);
        if (splits == 1) {
            epilogue(kernels.launch(MODULE, entry).in(a).in(b).out(out).i64(m).i64(n).i64(k).i64(perSplit), spec, epilogue).run(shape);
            return;
        }
        try (MemoryScope scratch = kernels.scratch("matmul")) {
            Tensor parts = scratch.allocate(DType.F32, splits, m, n);
            epilogue(kernels.launch(MODULE, entry).in(a).in(b).out(parts).i64(m).i64(n).i64(k).i64(perSplit), spec, epilogue).run(shape);
            join(kernels, parts, splits, spec, epilogue, out);
        }
    }

    /** a [m, k], weight [n, k] in eight bits, scales [n], out [m, n]; always exact. */
    public static void int8(Kernels kernels, Tensor a, Tensor weight, Tensor scales, Epilogue epilogue, Tensor out) {
        long m = out.dim(0);
        long n = out.dim(1);
        long k = a.dim(1);
        boolean few = m <= FEW_ROWS;
        Launch launch = kernels.launch(MODULE, few ? "rows_nt_i8" : "small_nt_i8").in(a).in(weight).out(out).i64(m).i64(n).i64(k);
        epilogue(few ? launch : launch.i64(k), MatmulSpec.NT, scales, epilogue).run(few
                ? LaunchShape.of((n + WARPS - 1) / WARPS, (m + ROWS - 1) / ROWS, THREADS)
                : LaunchShape.of((n + SMALL - 1) / SMALL, (m + SMALL - 1) / SMALL, THREADS));
    }

    /** Adds parts [splits, m, n] in order and finishes. */
    static void join(Kernels kernels, Tensor parts, int splits, MatmulSpec spec, Epilogue epilogue, Tensor out) {
        epilogue(kernels.launch(MODULE, "join").in(parts).i32(splits).out(out).i64(out.dim(0)).i64(out.dim(1)), spec, epilogue)
                .run(Elementwise.shape(out.numel()));
    }

    /** How often to split a sum of {@code k} terms so that {@code tiles} tiles keep the device busy; depends on the shape and the device alone. */
    static int splits(long tiles, long k, int multiprocessors) {
        long wanted = Math.max(1, multiprocessors / tiles);
        return (int) Math.max(1, Math.min(Math.min(wanted, MOST_SPLITS), k / SHORTEST_SPLIT));
    }

    private static long tiles(long m, long n, int tile) {
        return ((m + tile - 1) / tile) * ((n + tile - 1) / tile);
    }

    /** Entry part for the order of a product: nn, nt, tn, tt. */
    static String order(MatmulSpec spec) {
        return (spec.transposeA() ? "t" : "n") + (spec.transposeB() ? "t" : "n");
    }

    private static void fewRows(Kernels kernels, MatmulSpec spec, Tensor a, Tensor b, Epilogue epilogue, Tensor out, long m, long n, long k) {
        Launch launch = kernels.launch(MODULE, "rows_" + order(spec) + "_" + Norms.suffix(b.dtype())).in(a).in(b).out(out).i64(m).i64(n).i64(k);
        int columns = spec.transposeB() ? WARPS : THREADS; // of a block
        epilogue(launch, spec, epilogue).run(LaunchShape.of((n + columns - 1) / columns, (m + ROWS - 1) / ROWS, THREADS));
    }

    static Launch epilogue(Launch launch, MatmulSpec spec, Epilogue epilogue) {
        return epilogue(launch, spec, null, epilogue);
    }

    private static Launch epilogue(Launch launch, MatmulSpec spec, Tensor scales, Epilogue epilogue) {
        return launch.in(scales).in(epilogue.bias()).i32(epilogue.bias() != null && epilogue.bias().dtype() == DType.BF16 ? 1 : 0)
                .i32(epilogue.activation() == Activation.SILU ? 1 : 0).in(epilogue.multiplier()).in(epilogue.residual()).i32(spec.accumulate() ? 1 : 0);
    }
}
