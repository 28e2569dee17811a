package org.xprompt4j.cuda.kernel;

import org.xprompt4j.cuda.driver.LaunchShape;
import org.xprompt4j.tensor.DType;
import org.xprompt4j.tensor.MemoryScope;
import org.xprompt4j.tensor.Tensor;
import org.xprompt4j.tensor.op.AttentionSpec;

/**
 * Masked attention and its gradients of bf16 operands on the tensor cores: {@code attention_bf16.cu} and {@code attention_bf16_backward.cu}.
 * Operands that are not bf16 rows of 32, 64, 128 or 256 elements are packed first.
 */
final class TensorCoreAttention {
    private static final String FORWARD = "attention_bf16";
    private static final String BACKWARD = "attention_bf16_backward";
    private static final int QUERIES = 64; // of a tile
    private static final int HALF = 32; // queries that the gradient of keys takes at a time
    private static final int THREADS = 128;
    private static final int CHUNK = 8; // elements of 16 bytes
    private static final int WARPS = 8; // of a block of row_products

    private final Kernels kernels;
    private final AttentionTiles.Cache wideKeys; // tiles of 64 keys
    private final AttentionTiles.Cache narrowKeys; // tiles of 32 keys, for the largest heads

    /**
     * An operand as the kernels read it.
     *
     * @param tensor bf16
     * @param batch elements from one batch to the next
     * @param step elements from one row to the next
     * @param head elements from one head to the next
     */
    private record Rows(Tensor tensor, long batch, long step, long head) {
    }

    TensorCoreAttention(Kernels kernels) {
        this.kernels = kernels;
        this.wideKeys = new AttentionTiles.Cache(kernels.tables(), new AttentionTiles.Size(QUERIES, keys(128)));
        this.narrowKeys = new AttentionTiles.Cache(kernels.tables(), new AttentionTiles.Size(QUERIES, keys(256)));
    }

    /** True when the blocks of this device have the shared memory for heads of this size. */
    boolean fits(long dim) {
        return backwardBytes(wide(dim)) <= kernels.driver().properties().sharedBytesPerBlock();
    }

    /** The row length that a head of {@code dim} elements takes. */
    static int wide(long dim) {
        return dim <= 32 ? 32 : dim <= 64 ? 64 : dim <= 128 ? 128 : 256;
    }

    /** Keys of a tile: fewer for rows so long that two stages of 64 would not fit. */
    private static int keys(int wide) {
        return wide > 128 ? 32 : 64;
    }

    private static int bytes(int rows, int wide) {
        return rows * wide * Short.BYTES;
    }

    private static int forwardBytes(int wide) {
        return bytes(QUERIES + 4 * keys(wide), wide); // Q; two stages of K and V
    }

    private static int backwardBytes(int wide) {
        return bytes(2 * QUERIES + 4 * keys(wide), wide); // Q and dOut; two stages of K and V
    }

    private static int keyGradientBytes(int wide) {
        return bytes(2 * keys(wide) + 4 * HALF, wide); // K and V; two stages of Q and dOut
    }

    private AttentionTiles tiles(AttentionSpec spec, int wide) {
        return (keys(wide) == 64 ? wideKeys : narrowKeys).of(spec.mask());
    }

    private static long tiles(long rows, int tile) {
        return (rows + tile - 1) / tile;
    }

    /** x [batch, rows, heads, dim], F32 or BF16, as it is if it can be read so, or as a copy [batch, heads, rows, wide]. */
    private Rows rows(MemoryScope scratch, Tensor x, int wide) {
        long rows = x.dim(1);
        long heads = x.dim(2);
        long dim = x.dim(3);
        if (x.dtype() == DType.BF16 && dim == wide && x.offset() % CHUNK == 0) {
            return new Rows(x, rows * heads * dim, heads * dim, dim);
        }
        Tensor packed = scratch.allocate(DType.BF16, x.dim(0), heads, rows, wide);
        long count = packed.numel() / CHUNK;
        kernels.launch(FORWARD, "pack").in(x).i32(Norms.flag(x)).i64(rows).i32(heads).i32(dim).i32(wide).i64(count).out(packed).run(Elementwise.shape(count));
        return new Rows(packed, heads * rows * wide, wide, rows * wide);
    }

    private static Launch add(Launch launch, Rows... operands) {
        for (Rows rows : operands) {
            launch.in(rows.tensor()).i64(rows.batch()).i64(rows.step()).i64(rows.head());
        }
        return launch;
    }

    private static Launch sizes(Launch launch, Tensor q, Tensor k, AttentionTiles.Lists lists) {
        return launch.i32(q.dim(1)).i32(k.dim(1)).i32(q.dim(2)).i32(k.dim(2)).i32(q.dim(3)).in(lists.order()).in(lists.starts()).in(lists.list())
                .in(lists.words());
    }

    /** As {@link Attention#forward}; each tensor F32 or BF16, logSumExp F32. */
    void forward(AttentionSpec spec, Tensor q, Tensor k, Tensor v, Tensor out, Tensor logSumExp) {
        int wide = wide(q.dim(3));
        AttentionTiles mask = tiles(spec, wide);
        try (MemoryScope scratch = kernels.scratch("attention")) {
            Rows[] operands = {rows(scratch, q, wide), rows(scratch, k, wide), rows(scratch, v, wide)};
            Launch launch = add(kernels.launch(FORWARD, "forward_" + wide).f32(spec.scale()), operands).out(out).i32(Norms.flag(out)).out(logSumExp);
            sizes(launch, q, k, mask.byQuery()).run(LaunchShape.of(tiles(q.dim(1), QUERIES), q.dim(2), q.dim(0), THREADS).shared(forwardBytes(wide)));
        }
    }

    /** As {@link Attention#backward}; each tensor F32 or BF16, logSumExp F32, the gradients of one type. */
    void backward(AttentionSpec spec, Tensor q, Tensor k, Tensor v, Tensor out, Tensor logSumExp, Tensor dOut, Tensor dQ, Tensor dK, Tensor dV) {
        int wide = wide(q.dim(3));
        AttentionTiles mask = tiles(spec, wide);
        long count = q.numel() / q.dim(3);
        try (MemoryScope scratch = kernels.scratch("attentionBackward")) {
            Rows[] operands = {rows(scratch, q, wide), rows(scratch, k, wide), rows(scratch, v, wide), rows(scratch, dOut, wide)};
            Tensor products = scratch.allocate(DType.F32, logSumExp.shape()); // [batch, heads, queries], rowsum(dOut out)
            kernels.launch(BACKWARD, "row_products").in(out).i32(Norms.flag(out)).in(dOut).i32(Norms.flag(dOut)).out(products).i64(count).i32(q.dim(1)).i32(q.dim(2))
                    .i32(q.dim(3)).run(LaunchShape.of((count + WARPS - 1) / WARPS, WARPS * 32));
            if (dQ != null) {
                Launch launch = add(kernels.launch(BACKWARD, "backward_q_" + wide).f32(spec.scale()), operands).in(logSumExp).in(products).out(dQ).i32(Norms.flag(dQ));
                sizes(launch, q, k, mask.byQuery()).run(LaunchShape.of(tiles(q.dim(1), QUERIES), q.dim(2), q.dim(0), THREADS).shared(backwardBytes(wide)));
            }
            if (dK != null || dV != null) {
                Launch launch = add(kernels.launch(BACKWARD, "backward_kv_" + wide).f32(spec.scale()), operands).in(logSumExp).in(products).out(dK).out(dV)
                        .i32(Norms.flag(dK == null ? dV : dK));
                sizes(launch, q, k, mask.byKey()).run(LaunchShape.of(tiles(k.dim(1), keys(wide)), k.dim(2), q.dim(0), THREADS).shared(keyGradientBytes(wide)));
            }
        }
    }
}
