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
    private static final int WARP = 32;
    private static final int FEW_ROWS = 64;
    private static final int ROWS = 8; // of a block in the few-rows entries
    private static final int COLUMNS = 4; // of a warp along k, of a thread along n
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
        boolean few = m <= FEW_ROWS && !spec.transposeA();
        if (!few && kernels.onTensorCores(a, b)) {
            TensorCoreMatmul.forward(kernels, spec, a, b, epilogue, out);
        } else if (a.dtype() == DType.BF16) {
            try (FloatCopies floats = new FloatCopies(kernels, "matmul")) {
                forward(kernels, spec, floats.in(a), b, epilogue, out);
            }
        } else if (few) {
            fewRows(kernels, spec, a, b, epilogue, out, m, n, k);
        } else {
            tiles(kernels, spec, a, b, epilogue, out, m, n, k);
        }
    }

    private static void tiles(Kernels kernels, MatmulSpec spec, Tensor a, Tensor b, Epilogue epilogue, Tensor out, long m, long n, long k) {
        int multiprocessors = kernels.driver().properties().multiprocessors();
        boolean large = tiles(m, n, LARGE) >= multiprocessors && b.dtype() == DType.F32 && !(spec.transposeA() && spec.transposeB());
        int tile = large ? LARGE : SMALL;
        int splits = splits(tiles(m, n, tile), k, multiprocessors);
        long perSplit = (k + splits - 1) / splits;
        String entry = (large ? "large_" : "small_") + order(spec) + "_" + Norms.suffix(b.dtype());
        LaunchShape shape = LaunchShape.of((n + tile - 1) / tile, (m + tile - 1) / tile, splits, THREADS);
        if (splits == 1) {
            epilogue(kernels.launch(MODULE, entry).in(a).in(b).out(out).i64(m).i64(n).i64(k).i64(perSplit), spec, epilogue, out).run(shape);
            return;
        }
        try (MemoryScope scratch = kernels.scratch("matmul")) {
            Tensor parts = scratch.allocate(DType.F32, splits, m, n);
            epilogue(kernels.launch(MODULE, entry).in(a).in(b).out(parts).i64(m).i64(n).i64(k).i64(perSplit), spec, epilogue, parts).run(shape);
            join(kernels, parts, splits, spec, epilogue, out);
        }
    }

    /** a [m, k], weight [n, k] in eight bits, scales [n], out [m, n]; always exact. */
    public static void int8(Kernels kernels, Tensor a, Tensor weight, Tensor scales, Epilogue epilogue, Tensor out) {
        if (a.dtype() == DType.BF16) {
            try (FloatCopies floats = new FloatCopies(kernels, "int8Matmul")) {
                int8(kernels, floats.in(a), weight, scales, epilogue, out);
            }
            return;
        }
        long m = out.dim(0);
        long n = out.dim(1);
        long k = a.dim(1);
        boolean few = m <= FEW_ROWS;
        Launch launch = kernels.launch(MODULE, few ? "rows_nt_i8" : "small_nt_i8").in(a).in(weight).out(out).i64(m).i64(n).i64(k);
        epilogue(few ? launch : launch.i64(k), MatmulSpec.NT, scales, epilogue, out).run(few ? rowsAlongK(kernels, m, n)
                : LaunchShape.of((n + SMALL - 1) / SMALL, (m + SMALL - 1) / SMALL, THREADS));
    }

    /** Adds parts [splits, m, n] in order and finishes. */
    static void join(Kernels kernels, Tensor parts, int splits, MatmulSpec spec, Epilogue epilogue, Tensor out) {
        epilogue(kernels.launch(MODULE, "join").in(parts).i32(splits).out(out).i64(out.dim(0)).i64(out.dim(1)), spec, epilogue, out)
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
        int columns = COLUMNS * WARP; // of a block along n
        epilogue(launch, spec, epilogue, out).run(spec.transposeB() ? rowsAlongK(kernels, m, n)
                : LaunchShape.of((m + ROWS - 1) / ROWS, (n + columns - 1) / columns, THREADS));
    }

    /** Four columns a warp; smaller blocks where those of eight warps would leave multiprocessors idle. */
    private static LaunchShape rowsAlongK(Kernels kernels, long m, long n) {
        int warps = THREADS / WARP;
        while (warps > 1 && (n + warps * COLUMNS - 1) / (warps * COLUMNS) < kernels.driver().properties().multiprocessors()) {
            warps /= 2;
        }
        return LaunchShape.of((m + ROWS - 1) / ROWS, (n + warps * COLUMNS - 1) / (warps * COLUMNS), warps * WARP);
    }

    /** The arguments of epilogue.cuh. */
    static Launch epilogue(Launch launch, MatmulSpec spec, Epilogue epilogue, Tensor out) {
        return epilogue(launch, spec, null, epilogue, out);
    }

    private static Launch epilogue(Launch launch, MatmulSpec spec, Tensor scales, Epilogue epilogue, Tensor out) {
        return launch.in(scales).in(epilogue.bias()).in(epilogue.multiplier()).in(epilogue.residual())
                .i32(narrow(epilogue.bias(), 1) | narrow(epilogue.multiplier(), 2) | narrow(epilogue.residual(), 4) | narrow(out, 8))
                .i32(epilogue.activation() == Activation.SILU ? 1 : 0).i32(spec.accumulate() ? 1 : 0);
    }

    /** The bit if the tensor is there and bf16. */
    private static int narrow(Tensor tensor, int bit) {
        return tensor != null && tensor.dtype() == DType.BF16 ? bit : 0;
    }
}
