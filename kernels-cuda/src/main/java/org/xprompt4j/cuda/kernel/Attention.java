package org.xprompt4j.cuda.kernel;

import org.xprompt4j.cuda.driver.LaunchShape;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionSpec;

/**
 * Masked attention and its gradients over the tiles that {@link AttentionTiles} lists: exact in float ({@code attention.cu}), or on the
 * tensor cores where the device multiplies in bf16 ({@link TensorCoreAttention}).
 */
public final class Attention {
    private static final String MODULE = "attention";
    private static final int TILE = 32; // queries and keys
    private static final int THREADS = 256;
    private static final int WARPS = 8;
    private static final int MOST_DIM = 256;

    private final Kernels kernels;
    private final AttentionTiles.Cache tiles;
    private final TensorCoreAttention tensorCores;

    public Attention(Kernels kernels) {
        this.kernels = kernels;
        this.tiles = new AttentionTiles.Cache(kernels.tables(), new AttentionTiles.Size(TILE, TILE));
        this.tensorCores = new TensorCoreAttention(kernels);
    }

    /** True when BF16 tensors of any head size are taken: on the tensor cores. The float kernels read floats alone. */
    public boolean computesBf16() {
        return tensorCores.fits(MOST_DIM);
    }

    static void requireHeadDim(String operation, long dim, int most) {
        if (dim > most) {
            throw new IllegalArgumentException(operation + ": headDim " + dim + " is more than the " + most + " that the kernels of this device take");
        }
    }

    /** Shared memory for tiles of 32 rows with one column of padding, and for score tiles. */
    private static int sharedBytes(long dim, int rowTiles, int scoreTiles) {
        return Math.toIntExact(Float.BYTES * (rowTiles * TILE * (dim + 1) + scoreTiles * (long) TILE * (TILE + 1)));
    }

    private static Launch sizes(Launch launch, Tensor q, Tensor k, AttentionTiles.Lists lists) {
        return launch.i32(q.dim(1)).i32(k.dim(1)).i32(q.dim(2)).i32(k.dim(2)).i32(q.dim(3)).in(lists.starts()).in(lists.list()).in(lists.words());
    }

    private static long rowTiles(long rows) {
        return (rows + TILE - 1) / TILE;
    }

    /** q, out [batch, queries, heads, headDim]; k, v [batch, keys, kvHeads, headDim]; logSumExp [batch, heads, queries] or null. */
    public void forward(AttentionSpec spec, Tensor q, Tensor k, Tensor v, Tensor out, Tensor logSumExp) {
        long dim = q.dim(3);
        requireHeadDim("attention", dim, MOST_DIM);
        if (kernels.onTensorCores(q) && tensorCores.fits(dim)) {
            tensorCores.forward(spec, q, k, v, out, logSumExp);
            return;
        }
        AttentionTiles mask = tiles.of(spec.mask());
        Launch launch = kernels.launch(MODULE, "forward").f32(spec.scale()).in(q).in(k).in(v).out(out).out(logSumExp);
        sizes(launch, q, k, mask.byQuery()).run(LaunchShape.of(rowTiles(q.dim(1)), q.dim(2), q.dim(0), THREADS).shared(sharedBytes(dim, 3, 1)));
    }

    /** dQ, dK, dV as q, k, v are added to; each may be null. */
    public void backward(AttentionSpec spec, Tensor q, Tensor k, Tensor v, Tensor out, Tensor logSumExp, Tensor dOut, Tensor dQ, Tensor dK, Tensor dV) {
        long dim = q.dim(3);
        requireHeadDim("attentionBackward", dim, MOST_DIM);
        if (kernels.onTensorCores(q) && tensorCores.fits(dim)) {
            tensorCores.backward(spec, q, k, v, out, logSumExp, dOut, dQ, dK, dV);
            return;
        }
        AttentionTiles mask = tiles.of(spec.mask());
        long rows = q.numel() / dim;
        try (MemoryScope scratch = kernels.scratch("attentionBackward")) {
            Tensor products = scratch.allocate(DType.F32, logSumExp.shape()); // [batch, heads, queries], rowsum(dOut out)
            kernels.launch(MODULE, "row_products").in(out).in(dOut).out(products).i64(rows).i32(q.dim(1)).i32(q.dim(2)).i32(dim)
                    .run(LaunchShape.of((rows + WARPS - 1) / WARPS, THREADS));
            if (dQ != null) {
                Launch launch = kernels.launch(MODULE, "backward_q").f32(spec.scale()).in(q).in(k).in(v).in(logSumExp).in(products).in(dOut).out(dQ);
                sizes(launch, q, k, mask.byQuery()).run(LaunchShape.of(rowTiles(q.dim(1)), q.dim(2), q.dim(0), THREADS).shared(sharedBytes(dim, 4, 1)));
            }
            if (dK != null || dV != null) {
                Launch launch = kernels.launch(MODULE, "backward_kv").f32(spec.scale()).in(q).in(k).in(v).in(logSumExp).in(products).in(dOut).out(dK)
                        .out(dV);
                sizes(launch, q, k, mask.byKey()).run(LaunchShape.of(rowTiles(k.dim(1)), k.dim(2), q.dim(0), THREADS).shared(sharedBytes(dim, 4, 2)));
            }
        }
    }
}
