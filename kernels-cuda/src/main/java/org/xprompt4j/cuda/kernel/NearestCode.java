package org.xprompt4j.cuda.kernel;

import org.xprompt4j.cuda.driver.LaunchShape;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;

/** The nearest codebook entry of every row, the same in every {@link Precision}: {@code nearest_code.cu}. */
public final class NearestCode {
    private static final String MODULE = "nearest_code";
    private static final int WARP = 32;
    private static final int THREADS = 256;
    private static final int TERMS = 3; // products of the halves of a float
    private static final int MOST_ROWS = 1 << 16; // at once, which bounds the scratch memory

    private NearestCode() {
    }

    /** z [rows, dim], codebook [codes, dim], codes [rows]. */
    public static void forward(Kernels kernels, Tensor z, Tensor codebook, Tensor codes) {
        long dim = z.dim(1);
        long entries = codebook.dim(0);
        try (MemoryScope scratch = kernels.scratch("nearestCode")) {
            Tensor split = scratch.allocate(DType.BF16, entries, TERMS * TensorCoreMatmul.pitch(dim));
            Tensor squares = scratch.allocate(DType.F32, entries);
            Tensor most = scratch.allocate(DType.F32, 1);
            Copy.fill(kernels, most, 0);
            split(kernels, codebook, true, split, squares, most);
            for (long first = 0; first < z.dim(0); first += MOST_ROWS) {
                long to = Math.min(z.dim(0), first + MOST_ROWS);
                part(kernels, z.slice(0, first, to), codebook, split, squares, most, codes.slice(0, first, to));
            }
        }
    }

    private static void part(Kernels kernels, Tensor z, Tensor codebook, Tensor splitCodebook, Tensor squares, Tensor most, Tensor codes) {
        long rows = z.dim(0);
        long entries = codebook.dim(0);
        long length = splitCodebook.dim(1);
        TensorTiling.Tile tile = TensorTiling.Tile.WIDE.orSmall(kernels, rows, entries);
        long slabs = tile.slabs(entries);
        try (MemoryScope scratch = kernels.scratch("nearestCode")) {
            Tensor split = scratch.allocate(DType.BF16, rows, length);
            Tensor norms = scratch.allocate(DType.F32, rows);
            Tensor states = scratch.allocate(DType.F32, rows, slabs, 3);
            split(kernels, z, false, split, norms, null);
            kernels.launch(MODULE, "slabs_" + Norms.lower(tile)).in(split).in(splitCodebook).in(squares).i64(rows).i64(entries).i64(length).out(states)
                    .run(tile.shape(rows, entries, 1));
            kernels.launch(MODULE, "settle").in(states).i64(slabs).i32(tile.warpColumns).in(z).in(codebook).in(norms).in(most).i64(rows).i64(entries)
                    .i64(z.dim(1)).out(codes).run(oneWarpARow(rows));
        }
    }

    private static void split(Kernels kernels, Tensor x, boolean isCodebook, Tensor split, Tensor size, Tensor most) {
        kernels.launch(MODULE, "split").in(x).i64(x.dim(0)).i64(x.dim(1)).i64(split.dim(1) / TERMS).i32(isCodebook ? 1 : 0).out(split).out(size).out(most)
                .run(oneWarpARow(x.dim(0)));
    }

    private static LaunchShape oneWarpARow(long rows) {
        int warps = THREADS / WARP;
        return LaunchShape.of((rows + warps - 1) / warps, THREADS);
    }
}
