package org.xprompt4j.cuda.kernel;

import org.xprompt4j.cuda.driver.LaunchShape;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;

/** The nearest codebook entry of every row: {@code nearest_code.cu}. */
public final class NearestCode {
    private static final String MODULE = "nearest_code";
    private static final int TILE = 64;
    private static final int THREADS = 256;

    private NearestCode() {
    }

    /** z [rows, dim], codebook [codes, dim], codes [rows]. */
    public static void forward(Kernels kernels, Tensor z, Tensor codebook, Tensor codes) {
        long rows = z.dim(0);
        long entries = codebook.dim(0);
        long tiles = (entries + TILE - 1) / TILE;
        try (MemoryScope scratch = kernels.scratch("nearestCode")) {
            Tensor squares = scratch.allocate(DType.F32, entries);
            Tensor candidates = scratch.allocate(DType.F32, rows, tiles, 2);
            kernels.launch(MODULE, "squares").in(codebook).i64(entries).i64(z.dim(1)).out(squares).run(Elementwise.shape(entries));
            kernels.launch(MODULE, "tiles").in(z).in(codebook).in(squares).i64(rows).i64(entries).i64(z.dim(1)).out(candidates)
                    .run(LaunchShape.of((rows + TILE - 1) / TILE, tiles, THREADS));
            kernels.launch(MODULE, "best").in(candidates).i64(rows).i32(tiles).out(codes).run(Elementwise.shape(rows));
        }
    }
}
